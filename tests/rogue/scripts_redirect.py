"""Scripts: a login that is sent to another address (events 42 to 44, 101, 103, 112, 115), and
where the next login goes."""

from chap_script import OWN, THEIRS
from redirect import ELSEWHERE, HERE, PERMANENT, SEVEN, TEMPORARY, THERE, THREE, TWO
from redirect import arrived, not_followed, redirect, redirect_last, refuses, sent, way
from reply import bend
from script import GOES_ON, event, script

FOLLOW = ["--follow-permanent"]
CLOSED = "127.0.0.1:1"  # nothing listens there


def again(times):
    return {"options": ["--reconnect", str(times)], "settings": ["--reconnect", str(times)]}


def followed(name, clauses, portals=(0, 1), **members):
    """The login comes to its end at the last of the portals."""
    members = {"target": TWO, "events": [sent(THERE), arrived(THERE)], **members}
    members = {"connections": len(portals), "results": way(*portals), **members}
    script(name, clauses, reaction=GOES_ON, **members)


# What is followed.

followed("temporary-redirection", "RED-001 RED-002 RED-004", bends=[redirect(THERE)])
followed(
    "temporary-redirection-of-a-scan",
    "RED-001 RED-004",
    bends=[redirect(THERE)],
    command=["scan", "{url}"],
)
followed(
    "temporary-redirection-before-an-inquiry",
    "RED-001 RED-004",
    bends=[redirect(THERE)],
    scenario="inquiry",
)
followed(
    "temporary-redirection-of-discovery",
    "RED-001 RED-004",
    bends=[redirect(THERE)],
    command=["discover", "{portal}"],
)
followed(
    "redirection-in-the-operational-stage",
    "RED-001",
    bends=[redirect(THERE, number=2)],
)
for _number in (1, 2, 3, 4):
    for _kind, _options in (("chap", OWN), ("mutual-chap", OWN + THEIRS)):
        followed(
            f"redirection-by-response-{_number}-of-{_kind}",
            "RED-001 RED-002 RED-004 SEC-016 CHP-015",
            target={**TWO, "chap": {}},
            options=_options,
            bends=[redirect(THERE, number=_number)],
        )
followed(
    "permanent-redirection-that-may-be-followed",
    "RED-001 RED-005",
    options=FOLLOW,
    bends=[redirect(THERE, detail=PERMANENT)],
    events=[sent(THERE, detail=PERMANENT), arrived(THERE)],
)
followed(
    "temporary-redirection-where-permanent-ones-may-be-followed",
    "RED-001",
    options=FOLLOW,
    bends=[redirect(THERE)],
)
script(
    "permanent-redirection-that-may-not-be-followed",
    "RED-005",
    target=TWO,
    **again(2),
    bends=[redirect(THERE, detail=PERMANENT)],
    events=[sent(THERE, detail=PERMANENT)],
    results=way(0),
)
followed(
    "redirection-over-three-portals",
    "RED-006",
    (0, 1, 2),
    target=THREE,
    bends=[redirect(THERE), redirect(ELSEWHERE, connection=2)],
    events=[sent(THERE), sent(ELSEWHERE, old=THERE), arrived(ELSEWHERE)],
)
followed(
    "redirection-to-ipv6",
    "RED-003",
    target={"hosts": ("127.0.0.1", "::1")},
    bends=[redirect(THERE)],
)
followed(
    "redirection-from-ipv6-to-ipv4",
    "RED-003",
    target={"hosts": ("::1", "127.0.0.1")},
    bends=[redirect(THERE)],
)
for _title, _address in (
    ("in-full", "[0:0:0:0:0:0:0:1]"),
    ("with-ipv4-inside", "[::ffff:127.0.0.1]"),
    ("with-a-scope", "[::1%1]"),
):
    _host = "127.0.0.1" if "ffff" in _address else "::1"
    followed(
        f"redirection-to-ipv6-{_title}",
        "RED-003",
        target={"hosts": ("127.0.0.1", _host)},
        bends=[redirect(_address + ":{port2}")],
        events=[sent(_address + ":{port2}"), arrived(_address + ":{port2}")],
    )
for _title, _address in (
    ("a-host-name", "localhost:{port2}"),
    ("another-loopback-address", "127.0.0.1:{port2}"),
):
    followed(
        f"redirection-to-{_title}",
        "RED-003",
        bends=[redirect(_address)],
        events=[sent(_address), arrived(_address)],
    )
for _title, _tag in (("1", "1"), ("0", "0"), ("65535", "65535"), ("in-hex", "0x10")):
    followed(
        f"redirection-with-a-portal-group-tag-{_title}",
        "RED-003",
        bends=[redirect(THERE + "," + _tag)],
    )
followed(
    "redirection-to-the-first-of-three",
    "RED-001",
    target=THREE,
    bends=[redirect(THERE, ELSEWHERE, HERE)],
)
followed(
    "redirection-to-the-second-of-two-that-are-equal",
    "RED-001",
    bends=[redirect(THERE, THERE)],
)
for _title, _before in (("pairs", b""), ("half-a-pair", b"TargetAl"), ("two-pairs", b"X-a=1\0")):
    followed(
        f"redirection-behind-a-response-that-goes-on-{_title}",
        "RED-001",
        bends=[redirect_last(_before, THERE)],
    )
script(
    "redirection-behind-which-the-login-is-refused",
    "RED-001 RED-004",
    target=TWO,
    bends=[redirect(THERE), bend("login", 1, connection=2, status=(2, 3))],
    events=[
        sent(THERE),
        event(36, ["2"], status_class=2, status_code=3, target_address=THERE),
    ],
    connections=2,
    results=way(0, 1),
)

# Addresses that are not connected to. Nothing can listen at a broadcast or multicast address, and
# replay calls whatever fails refused.


def unreached(name, clauses, address, told, events, memory_events=None):
    script(
        name,
        clauses,
        bends=[redirect(address)],
        events=[sent(told)] + events,
        memory_events=[sent(told)] + (memory_events or events),
        results=way(0),
    )


def failed(told):
    return [event(101, ["1"], address=told, reason=3)]


unreached("redirection-to-a-closed-port", "RED-004", CLOSED, CLOSED, failed(CLOSED))
for _title, _address in (("ipv4", "255.255.255.255"), ("ipv6", "[ff02::1]")):
    _told = _address + ":3260"
    unreached(
        f"redirection-without-a-port-to-{_title}",
        "RED-003",
        _address,
        _told,
        [event(30, ["1", "2"], address=_told)],
        failed(_told),
    )
script(
    "redirection-to-a-closed-port-tried-again",
    "RED-005",
    **again(1),
    bends=[redirect(CLOSED), redirect(CLOSED, connection=2)],
    events=[sent(CLOSED), *failed(CLOSED)] * 2,
    connections=2,
    results=way(0, 0),
)
followed(
    "redirection-to-a-closed-port-not-repeated",
    "RED-005",
    (0, 0),
    **again(1),
    bends=[redirect(CLOSED)],
    events=[sent(CLOSED), *failed(CLOSED)],
)

# Where the next start goes, once a session was lost.


def lost(name, clauses, portals, bends, events, at, options=(), **members):
    """The session is cut in full feature phase on its connection `at`; behind it it goes on."""
    followed(
        name,
        clauses,
        portals,
        target=THREE,
        options=["--reconnect", "1", *options],
        settings=["--reconnect", "1"],
        scenario="inquiry",
        bends=bends + [bend("inquiry", 1, connection=at, close_instead=True)],
        events=events,
        **members,
    )


LOST, BACK = event(103, outstanding_tasks=1), event(112, losses=1)
lost(
    "loss-behind-a-temporary-redirection",
    "RED-005",
    (0, 1, 0),
    [redirect(THERE)],
    [sent(THERE), arrived(THERE), LOST, BACK],
    2,
)
lost(
    "loss-behind-a-temporary-redirection-that-comes-again",
    "RED-005",
    (0, 1, 0, 1),
    [redirect(THERE), redirect(THERE, connection=3)],
    [sent(THERE), arrived(THERE), LOST, sent(THERE), arrived(THERE), BACK],
    2,
)
lost(
    "loss-behind-a-permanent-redirection",
    "RED-005",
    (0, 1, 1),
    [redirect(THERE, detail=PERMANENT)],
    [sent(THERE, detail=PERMANENT), arrived(THERE), LOST, BACK],
    2,
    FOLLOW,
)
lost(
    "loss-behind-a-permanent-and-a-temporary-redirection",
    "RED-005",
    (0, 1, 2, 1),
    [redirect(THERE, detail=PERMANENT), redirect(ELSEWHERE, connection=2)],
    [
        sent(THERE, detail=PERMANENT),
        sent(ELSEWHERE, old=THERE),
        arrived(ELSEWHERE),
        LOST,
        BACK,
    ],
    3,
    FOLLOW,
)
lost(
    "loss-behind-a-temporary-and-a-permanent-redirection",
    "RED-005",
    (0, 1, 2, 0),
    [redirect(THERE), redirect(ELSEWHERE, detail=PERMANENT, connection=2)],
    [
        sent(THERE),
        sent(ELSEWHERE, old=THERE, detail=PERMANENT),
        arrived(ELSEWHERE),
        LOST,
        BACK,
    ],
    3,
    FOLLOW,
)
followed(
    "permanent-redirection-that-fails-does-not-last",
    "RED-005",
    (0, 0),
    options=["--reconnect", "1"] + FOLLOW,
    settings=["--reconnect", "1"],
    bends=[redirect(CLOSED, detail=PERMANENT)],
    events=[sent(CLOSED, detail=PERMANENT), *failed(CLOSED)],
)
lost(
    "permanent-redirection-back-to-where-the-session-began",
    "RED-005 RED-006",
    (0, 1, 1, 0),
    [redirect(THERE, detail=PERMANENT), redirect(HERE, detail=PERMANENT, connection=3)],
    [
        sent(THERE, detail=PERMANENT),
        arrived(THERE),
        LOST,
        sent(HERE, old=THERE, detail=PERMANENT),
        arrived(HERE, old=THERE),
        BACK,
    ],
    2,
    FOLLOW,
)

# Event 115: circles, and too many hops.

refuses("redirection-to-itself", "RED-006", [not_followed(1, 0, HERE)], HERE)
script(
    "redirection-there-and-back",
    "RED-006",
    target=TWO,
    **again(2),
    bends=[redirect(THERE), redirect(HERE, connection=2)],
    events=[sent(THERE), not_followed(1, 1, HERE)],
    connections=2,
    results=way(0, 1),
)
script(
    "redirection-there-and-to-itself",
    "RED-006",
    target=TWO,
    bends=[redirect(THERE), redirect(THERE, connection=2)],
    events=[sent(THERE), not_followed(1, 1, THERE)],
    connections=2,
    results=way(0, 1),
)
script(
    "redirection-in-a-circle-of-three",
    "RED-006",
    target=THREE,
    bends=[
        redirect(THERE),
        redirect(ELSEWHERE, connection=2),
        redirect(THERE, connection=3),
    ],
    events=[sent(THERE), sent(ELSEWHERE, old=THERE), not_followed(1, 2, THERE)],
    connections=3,
    results=way(0, 1, 2),
)
script(
    "permanent-redirection-in-a-circle",
    "RED-006",
    target=TWO,
    options=FOLLOW,
    bends=[
        redirect(THERE, detail=PERMANENT),
        redirect(HERE, detail=PERMANENT, connection=2),
    ],
    events=[sent(THERE, detail=PERMANENT), not_followed(1, 1, HERE)],
    connections=2,
    results=way(0, 1),
)


def portal(number):
    return HERE if number == 1 else f"{{portal{number}}}"


HOPS = [redirect(portal(number + 1), connection=number) for number in range(1, 7)]
WAY = [sent(portal(number + 1), old=portal(number)) for number in range(1, 6)]
script(
    "redirection-over-too-many-hops",
    "RED-006",
    target=SEVEN,
    **again(2),
    bends=HOPS,
    events=WAY + [not_followed(2, 5, portal(7))],
    connections=6,
    results=way(*range(6)),
)
followed(
    "redirection-over-as-many-hops-as-are-allowed",
    "RED-006",
    tuple(range(6)),
    target=SEVEN,
    bends=HOPS[:5],
    events=WAY + [arrived(portal(6))],
)
for _limit in (1, 2):
    script(
        f"redirection-over-more-than-{_limit}-hops",
        "RED-006",
        program=False,
        why="the program has no option for it",
        target=SEVEN,
        settings=["--max-redirects", str(_limit)],
        bends=HOPS[: _limit + 1],
        events=WAY[:_limit] + [not_followed(2, _limit, portal(_limit + 2))],
        connections=_limit + 1,
        results=way(*range(_limit + 1)),
    )
for _number in (1, 2, 3):
    script(
        f"redirection-before-the-end-of-chap-by-response-{_number}",
        "RED-002",
        program=False,
        why="the program has no option for it",
        target={**TWO, "chap": {}},
        options=OWN,
        settings=["--redirect-authenticated", "1"],
        bends=[redirect(THERE, number=_number)],
        events=[not_followed(3, 0, THERE)],
        results=way(0),
    )
followed(
    "redirection-behind-the-end-of-chap",
    "RED-002",
    program=False,
    why="the program has no option for it",
    target={**TWO, "chap": {}},
    options=OWN,
    settings=["--redirect-authenticated", "1"],
    bends=[redirect(THERE, number=4)],
)
