"""Scripts: stages of a login, how they are left, how many exchanges they take (events 19, 20)."""

from reply import ALL, login
from script import GOES_ON, event, script

# Event 20: the next stage is reserved, behind, the present one, or was not asked for.

for _number, _stage, _asked, _next, _what in (
    (1, 0, 1, 0, "the-present-one"),
    (1, 0, 1, 2, "reserved"),
    (1, 0, 1, 3, "further-than-was-asked"),
    (2, 1, 3, 0, "behind"),
    (2, 1, 3, 1, "the-present-one"),
    (2, 1, 3, 2, "reserved"),
):
    script(
        f"next-stage-of-stage-{_stage}-is-{_what}",
        "LOP-009 LOP-011 LOP-013 PDU-004",
        bends=[login(_number, header={"nsg": _next})],
        events=[
            event(20, target_next_stage=_next, current_stage=_stage, next_stage=_asked),
        ],
    )

# The current stage, and T, which only answers T.

for _number, _csg, _nsg in ((1, 1, 3), (1, 2, 1), (1, 3, 3), (2, 0, 1), (2, 2, 3), (2, 3, 3)):
    script(
        f"response-{_number}-tells-current-stage-{_csg}",
        "LOP-009 LOP-012 PDU-004",
        bends=[login(_number, header={"csg": _csg, "nsg": _nsg})],
        events=[event(37)],
    )
script(
    "current-stage-is-wrong-without-transit",
    "LOP-012",
    bends=[login(2, header={"transit": 0, "csg": 0, "nsg": 0})],
    events=[event(37)],
)
for _number, _stage, _next in ((1, "security", 1), (2, "operational", 3)):
    script(
        f"transit-from-the-{_stage}-stage-that-was-not-asked-for",
        "LOP-014",
        bends=[login(_number, split=[8], header={"transit": 1, "nsg": _next, "tsih": 1})],
        events=[event(37)],
    )
    script(
        f"continue-and-transit-in-the-{_stage}-stage",
        "TXT-020 PDU-029",
        bends=[login(_number, header={"more": 1})],
        events=[event(37)],
    )
    script(
        f"continue-and-transit-on-a-part-in-the-{_stage}-stage",
        "TXT-020 PDU-029",
        bends=[login(_number, split=[8], spread={"transit": 1, "nsg": _next})],
        events=[event(37)],
    )
script(
    "next-stage-without-transit",
    "LOP-010",
    bends=[login(1, stay=True, header={"nsg": 2}), login(3, stay=True, header={"nsg": 3})],
    reaction=GOES_ON,
)

# Event 19: exchanges. 16 are allowed in a stage, each stage counts for itself.

for _first, _stage in ((1, "security"), (2, "operational")):
    script(
        f"fifteen-delays-in-the-{_stage}-stage",
        "LOP-015 TXT-036",
        bends=[login(range(_first, _first + 15), stay=True)],
        reaction=GOES_ON,
    )
    script(
        f"the-{_stage}-stage-never-ends",
        "LOP-015 TXT-036",
        bends=[login(range(_first, 1000), stay=True)],
        events=[event(19, max=16)],
        results=lambda run, first=_first: _requests(run, 17 + first - 1),
    )
    script(
        f"the-{_stage}-stage-ends-too-late",
        "LOP-015 TXT-036",
        bends=[login(range(_first, _first + 16), stay=True), login(_first + 16)],
        events=[event(19, max=16)],
    )
    script(
        f"empty-parts-without-end-in-the-{_stage}-stage",
        "TXT-036",
        bends=[login(_first, split=[0] * 100)],
        events=[event(19, max=16)],
    )


def _requests(run, count):
    made = len(run.connection.requests)
    if made != count:
        raise AssertionError(f"{made} requests, not {count}")


script(
    "three-exchanges-where-three-are-allowed",
    "TXT-036",
    options=["--max-login-exchanges", "3"],
    bends=[login((1, 2, 4, 5), stay=True)],
    reaction=GOES_ON,
)
script(
    "four-exchanges-where-three-are-allowed",
    "TXT-036",
    options=["--max-login-exchanges", "3"],
    bends=[login((1, 2, 4, 5, 6), stay=True), login(7)],
    events=[event(19, max=3)],
)
script(
    "one-exchange-where-one-is-allowed",
    "TXT-036",
    options=["--max-login-exchanges", "1"],
    reaction=GOES_ON,
)
script(
    "one-pair-a-response",
    "TXT-036 LOP-015",
    bends=[login(ALL, take=1)],
    reaction=GOES_ON,
)
script(
    "three-pairs-a-response",
    "TXT-036 LOP-015",
    bends=[login(ALL, take=3)],
    reaction=GOES_ON,
)
script(
    "six-empty-responses-in-each-stage",
    "TXT-036 LOP-015",
    bends=[login(list(range(1, 7)) + list(range(8, 14)), stay=True, take=0)],
    reaction=GOES_ON,
)
script(
    "security-stage-empty-but-for-its-answer",
    "LOP-018 LOP-031",
    target={"portal_group": None},
    reaction=GOES_ON,
)
