"""Scripts: whole flows of a target that does nothing wrong; they must raise nothing."""

from reply import ALL, login
from script import GOES_ON, TARGET_ENDS, event, script

script(
    "an-undisturbed-scan",
    "SES-009 SES-011 SES-012 SES-015 SES-019",
    command=["scan", "{url}"],
    reaction=GOES_ON,
)
script(
    "an-undisturbed-discovery",
    "SES-009 SES-011 SES-012 SES-015 SES-019",
    command=["discover", "{portal}"],
    reaction=GOES_ON,
)
script(
    "an-undisturbed-session-with-digests",
    "LOP-070",
    options=["--header-digest", "crc32c", "--data-digest", "crc32c"],
    command=["scan", "{url}"],
    reaction=GOES_ON,
)
script(
    "an-undisturbed-inquiry",
    "SES-009 SES-011 SES-012 SES-015 SES-019",
    scenario="inquiry",
    reaction=GOES_ON,
)

# The same over IPv6, and with a target that listens at two addresses.

script(
    "an-undisturbed-scan-over-ipv6",
    "SES-012",
    command=["scan", "{url}"],
    target={"hosts": ("::1",)},
    reaction=GOES_ON,
)
script(
    "a-refusal-over-ipv6-names-its-portal-in-brackets",
    "LOP-038",
    target={"hosts": ("::1",)},
    bends=[login(1, status=(2, 3))],
    events=[
        event(36, ["2"], status_class=2, status_code=3, target_address="{portal}"),
    ],
)

# A discovery session logs in as any other.

DISCOVER = ["discover", "{portal}"]
script(
    "discovery-is-refused",
    "LOP-044",
    command=DISCOVER,
    bends=[login(1, status=(2, 9))],
    events=[event(36, ["2"], status_class=2, status_code=9, target_address="{portal}")],
)
script(
    "discovery-login-with-a-wrong-task-tag",
    "LOP-006",
    command=DISCOVER,
    bends=[login(2, header={"itt": 0})],
    events=[event(37)],
)
script(
    "discovery-login-goes-back-a-stage",
    "LOP-011",
    command=DISCOVER,
    bends=[login(2, header={"nsg": 0})],
    events=[event(20, target_next_stage=0, current_stage=1, next_stage=3)],
)
script(
    "discovery-login-without-an-answer",
    "TXT-046",
    command=DISCOVER,
    bends=[login(2, omit=["DefaultTime2Retain"])],
    events=[event(17, key="DefaultTime2Retain")],
)
script(
    "discovery-login-closed",
    "LOP-051",
    command=DISCOVER,
    bends=[login(2, close_instead=True)],
    events=[event(35)],
    reaction=TARGET_ENDS,
)
script(
    "discovery-login-with-an-unknown-key",
    "TXT-026",
    command=DISCOVER,
    bends=[login(1, append=[("X-com.example.a", "1")])],
    events=[event(13, key="X-com.example.a")],
    answers={"X-com.example.a": "NotUnderstood"},
    reaction=GOES_ON,
)
script(
    "discovery-login-in-one-pair-a-response",
    "TXT-036",
    command=DISCOVER,
    bends=[login(ALL, take=1)],
    reaction=GOES_ON,
)
