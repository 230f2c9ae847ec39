"""Scripts: control characters and escape sequences wherever a target can put text."""

import json
import struct

from faults import inquiry, sends
from printed import both, harmless, says
from reply import bend, login
from run import require
from script import GOES_ON, event, script
from scsi import INQUIRY

# Clears the screen, sets a title, moves the cursor, asks the terminal for an answer; C1 controls;
# a newline that would begin a line of its own; text that runs backwards.
EVIL = "\x1b[2J\x1b]0;t\x07\x1b[H\x1b[c\x08\x7f\x9b31m\u0085\r\ncritical 26 \u202egnorts\u2066"
LOUD = ["--verbose"]


def no_line_of_its_own(run):
    """The target cannot feign an event of the program's, and JSON stays JSON."""
    harmless(run)
    if run.output is None:
        return
    for text in (run.output, run.errors):
        require(not [line for line in text.splitlines() if line.startswith(b"critical")], text)
    if "--json" in run.script.options:
        json.loads(run.output)


def fails(name, bends, *events, **members):
    members.setdefault("options", LOUD)
    members.setdefault("results", both(no_line_of_its_own, says(r"\x1b[2J\x1b]0;t\x07")))
    script("evil-" + name, "", bends=bends, events=list(events), **members)


fails(
    "pair-without-null",
    [login(1, tail=b"TargetAlias=" + EVIL.encode())],
    event(9, pair="TargetAlias=" + EVIL),
)
fails(
    "pair-that-is-abandoned",
    [login(1, tail=b"TargetAlias=" + EVIL.encode(), split=[-9])],
    event(5, partial_pair="TargetAlias=" + EVIL),
)
fails(
    "number",
    [login(2, replace={"MaxBurstLength": EVIL})],
    event(15, min=512, max=16777215, preferred=1048576, key="MaxBurstLength", value=EVIL),
)
fails(
    "choice-of-a-list",
    [login(1, replace={"AuthMethod": EVIL})],
    event(16, ["3"], pair="AuthMethod=" + EVIL, proposed="None"),
)
fails(
    "redirection",
    [login(1, status=(1, 1), text=b"TargetAddress=" + EVIL.encode() + b"\0")],
    event(45, value=EVIL),
)
fails(
    "alias",
    [login(1, append=[("TargetAlias", EVIL), ("TargetAddress", EVIL)])],
    reaction=GOES_ON,
    results=no_line_of_its_own,
)
fails(
    "name-as-json",
    [bend("text", text=b"TargetName=iqn.2001-04.com.example:" + EVIL.encode() + b"\0")],
    event(40, name="iqn.2001-04.com.example:" + EVIL),
    command=["discover", "{portal}"],
    options=["--json", "--verbose"],
    reaction=GOES_ON,
)

# What units say.


def vpd(page, data):
    """A page of vital product data, whatever the target knows of it."""

    def call(reply):
        if reply.request.header[33] & 1 and reply.request.header[34] == page:
            whole = struct.pack(">BBH", 0, page, len(data)) + data
            sends(whole[: reply.request.ttt])(reply)

    return call


RAW = EVIL.encode("latin-1", "replace")


def designator(code_set, kind, data):
    """SPC-4 7.8.6.1: 2 ASCII, 3 UTF-8; 0 vendor's own, 1 T10 vendor ID, 8 SCSI name."""
    return bytes([code_set, kind, 0, len(data)]) + data


def shown(run):
    require(b"gnorts?" in run.output, f"the text is not in {run.output!r}")


NAMES = designator(2, 1, RAW) + designator(3, 8, EVIL.encode()) + designator(2, 0, RAW)
for _page, _data in {0x80: RAW, 0x83: NAMES}.items():
    for _options in ([], ["--json"]):
        script(
            f"evil-page-{_page:02x}{'-as-json' if _options else ''}",
            "",
            bends=[bend("inquiry", (1, 2, 3), call=vpd(_page, _data))],
            command=["inquiry", "--vpd", f"0x{_page:02x}", "{url}"],
            options=_options + LOUD,
            reaction=GOES_ON,
            results=both(no_line_of_its_own, shown),
            memory=False,
            why="pages are printed by the program alone",
        )
for _options in ([], ["--json"]):
    script(
        f"evil-inquiry-data{'-as-json' if _options else ''}",
        "",
        bends=[inquiry(data=INQUIRY[:8] + RAW[:28] + INQUIRY[36:])],
        options=_options + LOUD,
        scenario="inquiry",
        reaction=GOES_ON,
        results=no_line_of_its_own,
    )
