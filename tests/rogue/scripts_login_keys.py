"""Scripts: values that a target answers to list and boolean keys, refusals of keys, silence and
repetition (events 10, 11, 14, 16, 17, 18), and what a target may propose of itself."""

from reply import ALL, login
from script import GOES_ON, event, script

NUMBER_KEYS = ("MaxConnections", "MaxBurstLength", "FirstBurstLength", "DefaultTime2Wait")
NUMBER_KEYS += ("DefaultTime2Retain", "MaxOutstandingR2T", "ErrorRecoveryLevel")
LISTS = ("HeaderDigest", "DataDigest")
BOOLEANS = {
    "InitialR2T": "No",
    "ImmediateData": "Yes",
    "DataPDUInOrder": "Yes",
    "DataSequenceInOrder": "Yes",
}
ALL_KEYS = NUMBER_KEYS + LISTS + tuple(BOOLEANS)


def dashed(key):
    return key.lower()


# Events 10 and 11: NotUnderstood and Reject to keys that every target must know.

for _key in ALL_KEYS:
    script(
        f"{dashed(_key)}-not-understood",
        "TXT-027",
        bends=[login(2, replace={_key: "NotUnderstood"})],
        events=[event(10, key=_key)],
    )
    script(
        f"{dashed(_key)}-rejected",
        "TXT-031 TXT-053",
        bends=[login(2, replace={_key: "Reject"})],
        events=[event(11, key=_key)],
    )
script(
    "authmethod-not-understood",
    "TXT-027 SEC-002",
    bends=[login(1, replace={"AuthMethod": "NotUnderstood"})],
    events=[event(10, key="AuthMethod")],
)
script(
    "authmethod-rejected",
    "SEC-007",
    bends=[login(1, replace={"AuthMethod": "Reject"})],
    events=[event(11, key="AuthMethod")],
)
script(
    "segment-length-declared-not-understood",
    "TXT-027 LOP-057",
    bends=[login(2, replace={"MaxRecvDataSegmentLength": "NotUnderstood"})],
    events=[event(10, key="MaxRecvDataSegmentLength")],
)
script(
    "segment-length-rejected",
    "TXT-053 LOP-057",
    bends=[login(2, replace={"MaxRecvDataSegmentLength": "Reject"})],
    events=[event(11, key="MaxRecvDataSegmentLength")],
)
for _key in ("InitiatorName", "TargetName", "SessionType"):
    script(
        f"{dashed(_key)}-not-understood",
        "TXT-027",
        bends=[login(1, append=[(_key, "NotUnderstood")])],
        events=[event(10, key=_key)],
    )
    script(
        f"{dashed(_key)}-rejected",
        "TXT-053",
        bends=[login(1, append=[(_key, "Reject")])],
        events=[event(11, key=_key)],
    )
for _word in ("NotUnderstood", "Reject"):
    script(
        f"protocol-level-answered-{_word.lower()}",
        "TXT-028",
        bends=[login(2, replace={"iSCSIProtocolLevel": _word})],
        reaction=GOES_ON,
    )
    script(
        f"task-reporting-answered-{_word.lower()}",
        "TXT-028 LOP-071",
        options=["--set", "TaskReporting=ResponseFence"],
        bends=[login(2, replace={"TaskReporting": _word})],
        reaction=GOES_ON,
    )

# Event 14: keys that only the initiator opens, and keys that come again.

for _key, _value in (
    ("InitiatorName", "iqn.2026-11.io.sanscsi:other"),
    ("InitiatorAlias", "me"),
    ("TargetName", "iqn.2026-11.io.sanscsi.test:rogue"),
    ("SessionType", "Normal"),
):
    script(
        f"target-sends-{dashed(_key)}",
        "TXT-025 LOP-007",
        bends=[login(1, append=[(_key, _value)])],
        events=[event(14, key=_key)],
    )
script(
    "target-sends-initiatoralias-in-the-operational-stage",
    "TXT-025",
    bends=[login(2, append=[("InitiatorAlias", "me")])],
    events=[event(14, key="InitiatorAlias")],
)
for _key in ("ImmediateData", "MaxBurstLength", "HeaderDigest", "MaxRecvDataSegmentLength"):
    script(
        f"{dashed(_key)}-twice-in-one-response",
        "TXT-047",
        bends=[login(2, call=lambda reply, key=_key: reply.pairs.append((key, reply.value(key))))],
        events=[event(14, key=_key)],
    )
for _key, _value in (
    ("ImmediateData", "Yes"),
    ("MaxBurstLength", "65536"),
    ("DataDigest", "None"),
    ("MaxRecvDataSegmentLength", "8192"),
):
    script(
        f"{dashed(_key)}-again-in-the-next-response",
        "TXT-047",
        bends=[login(2, stay=True), login(3, append=[(_key, _value)])],
        events=[event(14, key=_key)],
    )
script(
    "authmethod-twice",
    "TXT-047",
    bends=[login(1, append=[("AuthMethod", "None")])],
    events=[event(14, key="AuthMethod")],
)
script(
    "authmethod-again-in-the-next-response",
    "TXT-047",
    bends=[login(1, stay=True), login(2, append=[("AuthMethod", "None")])],
    events=[event(14, key="AuthMethod")],
)
script(
    "portal-group-twice",
    "TXT-047",
    bends=[login(1, append=[("TargetPortalGroupTag", "1")])],
    events=[event(14, key="TargetPortalGroupTag")],
)
script(
    "alias-twice",
    "TXT-047",
    bends=[login(1, append=[("TargetAlias", "a")]), login(2, append=[("TargetAlias", "a")])],
    events=[event(14, key="TargetAlias")],
)
script(
    "target-address-thrice",
    "TXT-047 LOP-073",
    bends=[login(ALL, append=[("TargetAddress", "192.0.2.1:3260,1")] * 3)],
    reaction=GOES_ON,
)
for _word in ("Reject", "Irrelevant", "NotUnderstood"):
    script(
        f"target-opens-a-key-with-{_word.lower()}",
        "TXT-029",
        bends=[login(2, append=[("TaskReporting", _word)], stay=True)],
        events=[event(14, key="TaskReporting")],
    )

# Event 16: list and boolean keys.


def bad_list(key, value, proposed, cause):
    return event(16, [cause], pair=f"{key}={value}", proposed=proposed)


for _key, _proposed in list(BOOLEANS.items()) + [(key, "None") for key in LISTS]:
    script(
        f"{dashed(_key)}-irrelevant",
        "TXT-030",
        bends=[login(2, replace={_key: "Irrelevant"})],
        events=[bad_list(_key, "Irrelevant", _proposed, "1")],
    )
script(
    "authmethod-irrelevant",
    "SEC-002",
    bends=[login(1, replace={"AuthMethod": "Irrelevant"})],
    events=[bad_list("AuthMethod", "Irrelevant", "None", "1")],
)
for _value, _name in (
    ("yes", "in-lower-case"),
    ("YES", "in-upper-case"),
    ("true", "of-true"),
    ("1", "of-1"),
    ("", "of-nothing"),
    ("Yes ", "with-a-space"),
    ("Yes,No", "as-a-list"),
    ("None", "of-none"),
):
    script(
        f"boolean-value-{_name}",
        "TXT-001 TXT-007 LOP-056",
        bends=[login(2, replace={"ImmediateData": _value})],
        events=[bad_list("ImmediateData", _value, "Yes", "2")],
    )
for _key in ("DataPDUInOrder", "DataSequenceInOrder"):
    script(
        f"{dashed(_key)}-turned-off-against-or",
        "TXT-043 LOP-065 LOP-066",
        bends=[login(2, replace={_key: "No"})],
        events=[bad_list(_key, "No", "Yes", "2")],
    )
    script(
        f"{dashed(_key)}-turned-on-as-or-allows",
        "TXT-043 LOP-065 LOP-066",
        options=["--set", f"{_key}=No"],
        bends=[login(2, replace={_key: "Yes"})],
        reaction=GOES_ON,
    )
script(
    "initialr2t-turned-off-against-or",
    "TXT-043 LOP-055",
    options=["--set", "InitialR2T=Yes"],
    bends=[login(2, replace={"InitialR2T": "No"})],
    events=[bad_list("InitialR2T", "No", "Yes", "2")],
)
script(
    "initialr2t-turned-on-as-or-allows",
    "TXT-043 LOP-055",
    bends=[login(2, replace={"InitialR2T": "Yes"})],
    reaction=GOES_ON,
)
script(
    "immediatedata-turned-on-against-and",
    "TXT-043 LOP-056",
    options=["--set", "ImmediateData=No"],
    bends=[login(2, replace={"ImmediateData": "Yes"})],
    events=[bad_list("ImmediateData", "Yes", "No", "2")],
)
script(
    "immediatedata-turned-off-as-and-allows",
    "TXT-043 LOP-056",
    bends=[login(2, replace={"ImmediateData": "No"})],
    reaction=GOES_ON,
)
for _key, _option in (("HeaderDigest", "--header-digest"), ("DataDigest", "--data-digest")):
    for _offer, _proposed, _value, _name in (
        ("none", "None", "CRC32C", "crc32c-though-none-was-offered"),
        ("crc32c", "CRC32C", "None", "none-though-crc32c-was-offered"),
        ("crc32c,none", "CRC32C,None", "CRC64", "one-nobody-offered"),
        ("crc32c,none", "CRC32C,None", "CRC32C,None", "a-list"),
        ("crc32c,none", "CRC32C,None", "crc32c", "in-lower-case"),
        ("crc32c,none", "CRC32C,None", "", "nothing"),
    ):
        script(
            f"{dashed(_key)}-{_name}",
            "TXT-039 TXT-040 LOP-070",
            options=[_option, _offer],
            bends=[login(2, replace={_key: _value})],
            events=[bad_list(_key, _value, _proposed, "3")],
        )
script(
    "headerdigest-of-256-characters",
    "TXT-015 TXT-040",
    bends=[login(2, replace={"HeaderDigest": "C" * 256})],
    events=[
        event(
            16,
            ["3"],
            pair=("HeaderDigest=" + "C" * 256)[: 224 - len("None")],  # what an event keeps
            proposed="None",
            truncated=True,
        )
    ],
)
for _value, _name in (
    ("CHAP", "chap-that-was-not-offered"),
    ("KRB5", "krb5-that-was-not-offered"),
    ("SRP", "srp-that-was-not-offered"),
    ("None,CHAP", "a-list"),
    ("none", "in-lower-case"),
    ("", "nothing"),
    ("Z-com.example", "an-extension"),
):
    script(
        f"authmethod-{_name}",
        "SEC-002 SEC-006 TXT-040",
        bends=[login(1, replace={"AuthMethod": _value})],
        events=[bad_list("AuthMethod", _value, "None", "3")],
    )
script(
    "task-reporting-that-was-not-offered",
    "LOP-071",
    options=["--set", "TaskReporting=ResponseFence"],
    bends=[login(2, replace={"TaskReporting": "FastAbort"})],
    events=[bad_list("TaskReporting", "FastAbort", "ResponseFence,RFC3720", "3")],
)
script(
    "second-value-of-a-list-chosen",
    "TXT-037 LOP-070",
    options=["--header-digest", "crc32c,none", "--data-digest", "none,crc32c"],
    target={"wishes": {"HeaderDigest": ("None",), "DataDigest": ("CRC32C",)}},
    reaction=GOES_ON,
)

# Events 17 and 18: keys without an answer when the stage ends.

for _key in NUMBER_KEYS:
    script(
        f"{dashed(_key)}-unanswered",
        "TXT-046",
        bends=[login(2, omit=[_key])],
        events=[event(17, key=_key)],
    )
for _key in LISTS + ("InitialR2T", "ImmediateData"):
    script(
        f"{dashed(_key)}-unanswered",
        "TXT-045 TXT-046",
        bends=[login(2, omit=[_key])],
        events=[event(18, key=_key)],
    )
script(
    "authmethod-unanswered",
    "SEC-006 TXT-046",
    bends=[login(1, omit=["AuthMethod"])],
    events=[event(18, key="AuthMethod")],
)
script(
    "security-stage-answered-with-nothing",
    "SEC-006",
    bends=[login(1, text=b"")],
    events=[event(18, key="AuthMethod")],
)
script(
    "answer-missing-after-two-rounds",
    "TXT-046 LOP-015",
    bends=[login(2, omit=["MaxBurstLength"], stay=True), login(3, stay=True), login(4)],
    events=[event(17, key="MaxBurstLength")],
)
script(
    "booleans-that-are-decided-are-not-answered",
    "TXT-045",
    bends=[login(2, omit=["DataPDUInOrder", "DataSequenceInOrder"])],
    reaction=GOES_ON,
)
script(
    "immediatedata-no-and-initialr2t-yes-are-not-answered",
    "TXT-045",
    options=["--set", "ImmediateData=No", "--set", "InitialR2T=Yes"],
    bends=[login(2, omit=["ImmediateData", "InitialR2T"])],
    reaction=GOES_ON,
)
script(
    "newer-keys-are-not-answered",
    "TXT-028",
    options=["--set", "TaskReporting=ResponseFence"],
    bends=[login(2, omit=["iSCSIProtocolLevel", "TaskReporting"])],
    reaction=GOES_ON,
)
script(
    "answers-come-one-round-late",
    "LOP-015 TXT-046",
    bends=[login(2, take=0)],
    reaction=GOES_ON,
)

# Keys in a stage where they do not belong.

for _key, _value in (("MaxBurstLength", "262144"), ("HeaderDigest", "None")):
    script(
        f"{dashed(_key)}-in-the-security-stage",
        "TXT-049 SEC-001",
        bends=[login(1, append=[(_key, _value)])],
        events=[event(37)],
    )
for _key, _value in (("AuthMethod", "None"), ("CHAP_A", "5"), ("CHAP_R", "0x00")):
    script(
        f"{dashed(_key)}-in-the-operational-stage",
        "TXT-049",
        bends=[login(2, append=[(_key, _value)])],
        events=[event(37)],
    )
script(
    "chap-keys-without-chap",
    "TXT-049 LOP-052",
    bends=[login(1, append=[("CHAP_A", "5"), ("CHAP_I", "1"), ("CHAP_C", "0x0102")])],
    events=[event(14, key="CHAP_A")],
)

# Keys that the target opens.

script(
    "target-opens-task-reporting",
    "TXT-025 LOP-071",
    bends=[login(2, append=[("TaskReporting", "ResponseFence,RFC3720")], stay=True)],
    answers={"TaskReporting": "RFC3720"},
    reaction=GOES_ON,
)
script(
    "target-opens-a-list-of-unknown-values",
    "TXT-038 TXT-042",
    bends=[login(2, append=[("TaskReporting", "X-com.example,FastAbort")], stay=True)],
    answers={"TaskReporting": "Reject"},
    reaction=GOES_ON,
)
for _key, _value in (
    ("IFMarker", "No"),
    ("OFMarker", "Yes"),
    ("IFMarkInt", "2048~8192"),
    ("OFMarkInt", "2048"),
):
    script(
        f"target-opens-{dashed(_key)}",
        "TXT-050 TXT-051",
        bends=[login(2, append=[(_key, _value)], stay=True)],
        answers={_key: "Reject"},
        reaction=GOES_ON,
    )
script(
    "target-opens-a-key-and-leaves-the-stage",
    "LOP-017",
    bends=[login(2, append=[("IFMarker", "No")])],
    events=[event(37)],
)
script(
    "target-tells-its-architecture",
    "TXT-052",
    bends=[login(1, append=[("X#NodeArchitecture", "rogue 1.0,python")])],
    reaction=GOES_ON,
    answers={"X#NodeArchitecture": None},
)
script(
    "target-opens-keys-of-a-normal-session-in-discovery",
    "LOP-077 LOP-054 TXT-025",
    command=["discover", "{portal}"],
    bends=[
        login(
            2,
            append=[
                ("MaxConnections", "8"),
                ("ErrorRecoveryLevel", "2"),
                ("ImmediateData", "Yes"),
                ("MaxBurstLength", "65536"),
            ],
            stay=True,
        )
    ],
    answers={
        "MaxConnections": "Irrelevant",
        "ErrorRecoveryLevel": "0",
        "ImmediateData": "Irrelevant",
        "MaxBurstLength": "Irrelevant",
    },
    reaction=GOES_ON,
)
