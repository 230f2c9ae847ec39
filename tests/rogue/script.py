"""What a script is: one misbehaviour of a target, and what the initiator must make of it.

A script is one call of script() in a module scripts_*.py, which tests/rogue/meson.build lists:

    from reply import bend, login
    from script import DROPS, GOES_ON, event, script

    script(
        "max-burst-length-of-zero",             # unique; says what misbehaves
        "LOP-059 TXT-043",                      # clauses it proves, of tests/clauses.csv
        bends=[login(2, replace={"MaxBurstLength": "0"})],
        events=[event(15, ["1"], min=512, max=16777215, preferred=1048576,
                      key="MaxBurstLength", value="0")],
    )

Undisturbed, a login has two responses: login(1) ends the security stage, login(2) the operational
one. A response that is split counts as one, and one more, empty, then ends the stage, because the
requests for the parts cannot ask for that. Behind the login the replies are named "inquiry",
"report-luns", "read-capacity-16", "text", "logout" and so on (scsi.py, target.py):
bend("inquiry", 1, lun=0, ...). `number` may be ALL or a range. What a bend can change (class Bend
in reply.py has one method for each):

    replace={key: value}  omit=[key]  append=[(key, value)]  prepend=[...]  take=N (pairs, the
    rest comes in later responses)  stay=True (does not leave the stage)  text=bytes (instead of
    all pairs)  tail=bytes (behind them)  chop=N (off the end)  split=[places] or "each" or N
    (responses with C = 1)  spread={field: value} (of those)
    header={field: value} (names in pdu.py, "at": {offset: bytes})  status=(class, detail)
    data=bytes  last={field: value} (of the last PDU)  pdus=[...]  before=[...]  after=[...]
    raw=bytes (instead of everything)  call=function(reply)
    cut=N (bytes, then closes)  close=True  close_instead=True  reset=True (instead)
    stall=True  stall_instead=True  padding=bytes

What must come of it:

    events     exactly these, in this order; event(id, causes, **arguments): every argument of the
               event with its exact value (truncated=True when one is cut); "{portal}", "{port}",
               "{portal2}" ... stand for the target's
    reaction   DROPS (the default): after the last misbehaviour nothing is sent, and the initiator
               closes first. GOES_ON: full feature phase is reached, and the session logged out.
               TARGET_ENDS: as DROPS, but the target had closed. Or a function(run) that raises
               AssertionError; run.target.connections[0] has requests, after, login, answers ...
    exit       the program's exit code (0 with GOES_ON, else 1)
    answers    {key: value}: what the initiator must have said to keys that the target sent
    results    a function(run) called besides, for anything else
    outcome    what the one task of a run in memory ended with: {member: value} of OUTCOME; those
               that are not named are 0, but for data_in
    connections  TCP connections in all (1)
    command    (["inquiry", "{url}"]), options: more of the program's options; `--reconnect 0
               --timeout 5` are set before. "{url}" is without a user; "{portal}" as above
    target     options of the target (DEFAULTS in target.py): wishes, stat_sn, luns, chap ...
    environment  variables for the program
    seconds    how long it may take (5), a whole run of the program

Every script also runs in memory: replay.c logs in over a socket, records what the target sent,
and plays that to fresh sessions in every split; the same events must come. `scenario` is what it
does once logged in: "login" (logs out at once), "inquiry" (LUN 0), "scan" (LUNs), "discover"
(SendTargets); it follows from the command if not given. `settings` are more options of replay
(see its usage), `memory_events` what must come there if it is not `events`, `memory=False` with
`why=` leaves that mode out, `program=False` with `why=` the program.

To try one: SANSCSI=build/x/examples/sanscsi SANSCSI_REPLAY=build/x/tests/rogue/replay
python3 tests/rogue/test_rogue.py scripts_login_keys -k max_burst_length_of_zero
"""

import collections
import csv
import os

DROPS, GOES_ON, TARGET_ENDS = "drops", "goes on", "target ends"

# What a task ends with, as replay tells it: the members of sanscsi_task_result.
OUTCOME = ("scsi_status", "io_status", "response", "data_in", "underflow", "overflow", "sense")

INFORMATION, WARNING, SERIOUS, CRITICAL = "information", "major-warning", "serious", "critical"

# number: (name, severity, arguments in order)
CATALOGUE = {
    1: ("inquiry-failed", SERIOUS, "cdb_status io_status return_value"),
    2: ("report-luns-failed", INFORMATION, "cdb_status io_status return_value"),
    3: ("unsupported-lun-addressing", SERIOUS, ""),
    4: ("no-luns-configured", WARNING, ""),
    5: ("partial-pair-abandoned", SERIOUS, "partial_pair"),
    6: ("pair-too-long", SERIOUS, "size max_size partial_pair"),
    7: ("login-response-no-memory", SERIOUS, ""),
    8: ("equal-sign-missing", SERIOUS, ""),
    9: ("null-missing", SERIOUS, "pair"),
    10: ("key-not-understood-by-target", SERIOUS, "key"),
    11: ("key-rejected-by-target", SERIOUS, "key"),
    12: ("not-understood-key-no-memory", SERIOUS, "key"),
    13: ("key-not-understood-by-initiator", INFORMATION, "key"),
    14: ("unexpected-negotiation", SERIOUS, "key"),
    15: ("integer-value-out-of-range", SERIOUS, "min max preferred key value"),
    16: ("list-value-invalid", SERIOUS, "pair proposed"),
    17: ("integer-key-unanswered", SERIOUS, "key"),
    18: ("character-key-unanswered", SERIOUS, "key"),
    19: ("too-many-login-exchanges", SERIOUS, "max"),
    20: ("next-stage-invalid", SERIOUS, "target_next_stage current_stage next_stage"),
    21: ("login-no-memory", SERIOUS, "size"),
    22: ("chap-a-invalid", WARNING, "value"),
    23: ("chap-i-invalid", WARNING, "value"),
    24: ("chap-c-invalid", WARNING, "value"),
    25: ("chap-n-invalid", WARNING, "value"),
    26: ("chap-r-invalid", CRITICAL, "value"),
    27: ("chap-challenge-key-unexpected", WARNING, "key"),
    28: ("chap-response-key-unexpected", WARNING, "key"),
    29: ("hostname-unresolved", SERIOUS, "hostname"),
    30: ("no-route", SERIOUS, "address"),
    31: ("send-targets-key-invalid", SERIOUS, "key"),
    32: ("send-targets-address-invalid", SERIOUS, "value"),
    33: ("too-many-sessions", CRITICAL, ""),
    34: ("chap-secret-missing", WARNING, ""),
    35: ("closed-during-login", WARNING, ""),
    36: ("login-failed", WARNING, "status_class status_code target_address"),
    37: ("login-response-protocol-error", SERIOUS, ""),
    38: ("header-digest-error", SERIOUS, "expected received"),
    39: ("data-digest-error", SERIOUS, "expected received"),
    40: ("iscsi-name-invalid", SERIOUS, "name"),
    41: ("redirect-key-invalid", SERIOUS, "key"),
    42: ("redirect-temporary", INFORMATION, "status_code target_address new_address"),
    43: ("redirect-permanent", INFORMATION, "status_code target_address new_address"),
    44: ("redirect-succeeded", INFORMATION, "target_address new_address"),
    45: ("redirect-address-invalid", SERIOUS, "value"),
    100: ("events-dropped", WARNING, "count"),
    101: ("connect-failed", SERIOUS, "address reason"),
    102: ("login-timeout", SERIOUS, "milliseconds"),
    103: ("connection-lost", SERIOUS, "outstanding_tasks"),
    104: ("protocol-error", SERIOUS, "opcode fault value section"),
    105: ("reject-received", WARNING, "reason opcode"),
    106: ("async-received", INFORMATION, "async_event vcode"),
    107: ("task-timeout", SERIOUS, "task_tag lun opcode"),
    108: ("logout-timeout", WARNING, "milliseconds"),
    109: ("logout-refused", WARNING, "response"),
    110: ("send-targets-no-memory", SERIOUS, "size"),
    111: ("logout-unanswered", INFORMATION, ""),
    112: ("session-reinstated", INFORMATION, "losses"),
    113: ("chap-secret-refused", WARNING, "reason"),
    114: ("chap-challenge-reflected", CRITICAL, ""),
    115: ("redirect-not-followed", SERIOUS, "reason hops new_address"),
    116: ("chap-module-failed", SERIOUS, "module"),
    117: ("chap-name-mismatch", WARNING, "name expected"),
    118: ("ping-timeout", SERIOUS, "task_tag"),
    119: ("session-abandoned", SERIOUS, "reason attempts"),
    120: ("recovery-escalated", SERIOUS, "step lun task_tag reason"),
    121: ("ping-data-mismatch", CRITICAL, "task_tag sent echoed offset"),
    122: ("negotiation-failed", WARNING, "reason key"),
}

# What a script may claim to prove: clauses of the RFCs by name, each with its section.
with open(os.path.join(os.path.dirname(__file__), "..", "clauses.csv"), encoding="ascii") as _file:
    CLAUSES = {row["clause"] for row in csv.DictReader(_file)}

Event = collections.namedtuple("Event", "id name severity args causes truncated")


def event(number, causes=("1",), truncated=False, **args):
    """An event that must come; all its arguments are named."""
    name, severity, arguments = CATALOGUE[number]
    if sorted(args) != sorted(arguments.split()):
        raise ValueError(f"event {number} has the arguments {arguments!r}, not {sorted(args)}")
    return Event(number, name, severity, args, list(causes), truncated)


class Script:
    """The record; its members are the arguments of script()."""

    def __init__(self, name, clauses, **members):
        self.name = name
        self.clauses = clauses.split()
        unknown = [clause for clause in self.clauses if clause not in CLAUSES]
        if unknown:
            raise ValueError(f"{name}: no such clauses: {unknown}")
        self.bends = members.pop("bends", [])
        self.events = members.pop("events", [])
        self.reaction = members.pop("reaction", DROPS)
        self.exit = members.pop("exit", 0 if self.reaction == GOES_ON else 1)
        self.answers = members.pop("answers", {})
        self.results = members.pop("results", None)
        self.connections = members.pop("connections", 1)
        self.command = members.pop("command", ["inquiry", "{url}"])
        self.options = members.pop("options", [])
        self.target = members.pop("target", {})
        self.environment = members.pop("environment", {})
        self.seconds = members.pop("seconds", 5)
        self.scenario = members.pop("scenario", SCENARIOS.get(self.command[0], "login"))
        self.settings = members.pop("settings", [])
        self.memory_events = members.pop("memory_events", self.events)
        self.outcome = members.pop("outcome", None)
        if self.outcome is not None and not set(self.outcome) <= set(OUTCOME):
            raise ValueError(f"{name}: no such members of an outcome: {sorted(self.outcome)}")
        self.memory = members.pop("memory", True)
        self.program = members.pop("program", True)
        self.why = members.pop("why", None)
        if members:
            raise TypeError(f"{name}: unknown members {sorted(members)}")
        if not (self.memory and self.program) and not self.why:
            raise ValueError(f"{name}: no reason for leaving a way out")


SCENARIOS = {"inquiry": "login", "scan": "scan", "discover": "discover"}
_scripts = []


def script(name, clauses, **members):
    """Adds a script to those that will run."""
    if any(other.name == name for other in _scripts):
        raise ValueError(f"two scripts are called {name}")
    _scripts.append(Script(name, clauses, **members))


def scripts():
    return list(_scripts)
