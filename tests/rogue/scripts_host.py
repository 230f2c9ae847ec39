"""Scripts: what fails on the host's side before a target is spoken to (events 29, 30, 33, 101)."""

import socket

import keys
from keys import TARGET_NAME
from printed import both, prints, says
from reply import bend
from run import require
from script import GOES_ON, event, script

NAME = "iqn.2001-04.com.example"
DISK = "disk, ROGUE TEST DISK 0001, 2048 blocks of 512 bytes (1.0 MiB)"
ALONE = {"memory": False, "why": "names, addresses and sockets are the program's"}


def nobody(run):
    require(not run.target.connections, "a connection was made")


def unreached(name, clauses, address, *events, **members):
    """A command whose target is not reached; nothing is printed."""
    members.setdefault("command", ["inquiry", f"iscsi://{address}/{NAME}/0"])
    members.setdefault("results", both(prints(""), says("no login at")))
    members.setdefault("connections", 0)
    members.setdefault("reaction", nobody)
    members.setdefault("exit", 1)
    script(name, clauses, events=list(events), **members, **ALONE)


# Event 29: the name is not known (.invalid never is, RFC 6761 6.4).


def unresolved(name):
    return event(29, hostname=name)


unreached("host-name-that-is-not-known", "", "disk.invalid", unresolved("disk.invalid"))
unreached(
    "host-name-that-is-not-known-at-another-port",
    "",
    "disk.invalid:3261",
    unresolved("disk.invalid"),
)
unreached(
    "host-name-that-is-not-known-tried-again",
    "",
    "disk.invalid",
    unresolved("disk.invalid"),
    unresolved("disk.invalid"),
    options=["--reconnect", "1"],
)
unreached(
    "portal-of-a-discovery-that-is-not-known",
    "",
    "",
    unresolved("disk.invalid"),
    command=["discover", "disk.invalid"],
)
script(
    "target-at-a-name-that-is-not-known",
    "DSC-007",
    bends=[
        bend(
            "text",
            text=keys.encode(
                [("TargetName", NAME), ("TargetAddress", "disk.invalid:3260,1")]
                + [("TargetName", TARGET_NAME)]
            ),
        )
    ],
    command=["scan", "{portal}"],
    events=[unresolved("disk.invalid")],
    connections=2,
    reaction=GOES_ON,
    exit=1,
    results=prints(
        f"{NAME}\n    disk.invalid:3260 (incomplete)\n"
        f"{TARGET_NAME}\n    {{portal}}\n        LUN 0: {DISK}\n"
    ),
    **ALONE,
)

# Event 30: no route. Linux gives ENETUNREACH for a stream to the broadcast address.

NO_ROUTE = event(30, ["1", "2"], address="255.255.255.255:3260")
unreached("address-without-a-route", "", "255.255.255.255", NO_ROUTE)
unreached(
    "portal-of-a-discovery-without-a-route",
    "",
    "",
    NO_ROUTE,
    command=["discover", "255.255.255.255"],
)
unreached(
    "portal-of-a-scan-without-a-route",
    "",
    "",
    event(30, ["1", "2"], address="255.255.255.255:860"),
    command=["scan", "255.255.255.255:860"],
)
script(
    "second-portal-of-a-target-is-tried",
    "DSC-007",
    bends=[
        bend(
            "text",
            call=lambda reply: reply.pairs.insert(1, ("TargetAddress", "255.255.255.255:3260,1")),
        )
    ],
    command=["scan", "{portal}"],
    events=[NO_ROUTE],
    connections=2,
    reaction=GOES_ON,
    results=prints(f"{TARGET_NAME}\n    {{portal}}\n        LUN 0: {DISK}\n"),
    **ALONE,
)

# Event 33: more sessions than are allowed.

TWO = {"targets": [(TARGET_NAME, ["{portal},1"]), (NAME, ["{portal},1"])]}
script(
    "second-target-of-a-portal-is-one-too-many",
    "SES-045",
    target=TWO,
    command=["scan", "{portal}"],
    options=["--max-sessions", "1"],
    events=[event(33)],
    connections=2,
    reaction=GOES_ON,
    exit=1,
    results=both(
        prints(
            f"{TARGET_NAME}\n    {{portal}}\n        LUN 0: {DISK}\n"
            f"{NAME}\n    {{portal}} (incomplete)\n"
        ),
        says("critical 33 too-many-sessions"),
    ),
    **ALONE,
)
script(
    "three-targets-with-two-portals-each-are-two-too-many",
    "SES-045",
    target={
        "targets": [(TARGET_NAME, ["{portal},1"])]
        + [(f"{NAME}:{number}", ["{portal},1", "127.0.0.1:1,2"]) for number in (1, 2)]
    },
    command=["scan", "{portal}"],
    options=["--max-sessions", "1"],
    events=[event(33), event(33)],
    connections=2,
    reaction=GOES_ON,
    exit=1,
    **ALONE,
)
script(
    "as-many-sessions-as-are-allowed",
    "SES-045",
    target={"targets": [(TARGET_NAME, ["{portal},1"])]},
    command=["scan", "{portal}"],
    options=["--max-sessions", "1"],
    connections=2,
    reaction=GOES_ON,
    **ALONE,
)

# Event 101: nothing accepts at port 1; a full queue of connections lets nobody in.

REFUSED = event(101, ["1"], address="127.0.0.1:1", reason=3)
unreached("connection-is-refused", "SES-010", "127.0.0.1:1", REFUSED)
unreached(
    "connection-is-refused-three-times",
    "SES-010",
    "127.0.0.1:1",
    *[REFUSED] * 3,
    options=["--reconnect", "2"],
)
unreached(
    "connection-is-refused-over-ipv6",
    "SES-010",
    "[::1]:1",
    event(101, ["1"], address="[::1]:1", reason=3),
)


class Full:
    """A listener that accepts nobody, with its queue full, so that a SYN is not answered."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.clients = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(self.listener.getsockname())
            self.clients.append(client)


FULL = Full()
unreached(
    "connection-times-out",
    "SES-010",
    FULL.address,
    event(101, ["2"], address=FULL.address, reason=4),
    options=["--timeout", "1"],
)
