"""Scripts: Login Responses that refuse (event 36), with all that RFC 7143 11.13.5 names."""

from reply import login
from script import event, script


def refusal(status_class, detail):
    return event(
        36,
        [str(status_class)],
        status_class=status_class,
        status_code=detail,
        target_address="{portal}",
    )


CLAUSES = {(2, detail): f"LOP-{35 + detail:03}" for detail in range(12)}
CLAUSES.update({(3, detail): f"LOP-{47 + detail:03}" for detail in range(3)})

for (_class, _detail), _clause in CLAUSES.items():
    script(
        f"refuses-with-{_class:02x}{_detail:02x}",
        f"{_clause} LOP-033",
        bends=[login(1, status=(_class, _detail))],
        events=[refusal(_class, _detail)],
    )
for _class, _detail in ((1, 0), (1, 3), (1, 0xFF), (2, 0x0C), (2, 0xFF), (3, 3), (3, 0xFF)):
    script(
        f"refuses-with-{_class:02x}{_detail:02x}-which-nobody-knows",
        "LOP-050 LOP-033",
        bends=[login(1, status=(_class, _detail))],
        events=[refusal(_class, _detail)],
    )
for _class, _detail in ((2, 1), (2, 3), (3, 1)):
    script(
        f"refuses-the-operational-stage-with-{_class:02x}{_detail:02x}",
        "LOP-033",
        bends=[login(2, status=(_class, _detail))],
        events=[refusal(_class, _detail)],
    )
    script(
        f"refuses-after-delays-with-{_class:02x}{_detail:02x}",
        "LOP-033 LOP-015",
        bends=[login((1, 2), stay=True), login(3, status=(_class, _detail))],
        events=[refusal(_class, _detail)],
    )

# With a Status-Class other than 0 everything but the status is reserved.

script(
    "refuses-and-goes-to-the-next-stage",
    "LOP-033",
    bends=[login(1, header={"status_class": 2, "status_detail": 0})],
    events=[refusal(2, 0)],
)
script(
    "refuses-and-enters-full-feature-phase",
    "LOP-033 LOP-016",
    bends=[login(2, header={"status_class": 3, "status_detail": 1})],
    events=[refusal(3, 1)],
)
script(
    "refuses-with-nonsense-in-every-other-field",
    "LOP-028 LOP-033",
    bends=[
        login(
            2,
            status=(2, 2),
            header={
                "flags": 0xFF,
                "isid": 0x7F7F7F7F7F7F,
                "tsih": 0x7F7F,
                "version_active": 9,
                "version_max": 8,
                "stat_sn": 0x55555555,
                "exp_cmd_sn": 0x66666666,
                "max_cmd_sn": 0x11111111,
                "word40": 0xFFFFFFFF,
            },
        )
    ],
    events=[refusal(2, 2)],
)
script(
    "refuses-and-tells-why",
    "LOP-033",
    bends=[login(1, status=(2, 0), tail=b"X-reason=because\0")],
    events=[refusal(2, 0)],
)
script(
    "refuses-and-tells-what-is-no-text",
    "LOP-033",
    bends=[login(1, status=(2, 0), tail=b"\xff\xfe=\0\0no null")],
    events=[refusal(2, 0)],
)
script(
    "refuses-with-a-part-of-a-text",
    "LOP-033 TXT-018",
    bends=[login(1, split=[8], spread={"status_class": 2, "status_detail": 1, "transit": 0})],
    events=[refusal(2, 1)],
)
script(
    "refuses-and-closes",
    "LOP-033",
    bends=[login(1, status=(2, 1), close=True)],
    events=[refusal(2, 1)],
    reaction=lambda run: None,
)
script(
    "refuses-version-0",
    "LOP-040",
    bends=[login(1, status=(2, 5), header={"version_active": 1, "version_max": 1})],
    events=[refusal(2, 5)],
)

# Class 2 asks not to try again, class 3 says that it may help.

for _detail in (1, 2, 3):
    script(
        f"refused-for-good-with-02{_detail:02x}-is-not-tried-again",
        f"LOP-{35 + _detail:03}",
        options=["--reconnect", "3"],
        bends=[login(1, status=(2, _detail))],
        events=[refusal(2, _detail)],
        connections=1,
    )
script(
    "refused-for-now-is-tried-again",
    "LOP-048",
    options=["--reconnect", "1"],
    bends=[login(1, status=(3, 1))],
    events=[refusal(3, 1), refusal(3, 1)],
    memory_events=[refusal(3, 1)],
    connections=2,
    memory=False,
    why="the program tries again, not the library",
)
