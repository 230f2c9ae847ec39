"""What the scripts about CHAP share. A login with CHAP has four responses: login(1) chooses it,
login(2) is step 2, login(3) step 4, which ends the security stage, login(4) the operational one."""

from chap import DEFAULTS
from run import nothing_more, require
from script import script

OWN = ["--chap-user", DEFAULTS["name"], "--chap-secret", DEFAULTS["secret"]]
THEIRS = ["--target-chap-user", DEFAULTS["target_name"]]
THEIRS += ["--target-chap-secret", DEFAULTS["target_secret"]]
KEPT = 224  # bytes of one event's strings


def one_way(name, clauses, chap=None, options=(), target=None, **members):
    """A script in which the initiator proves itself; `chap` as in chap.py."""
    target = {"chap": chap or {}, **(target or {})}
    script(name, clauses, target=target, options=OWN + list(options), **members)


def mutual(name, clauses, options=(), **members):
    """A script in which the target has to prove itself too."""
    one_way(name, clauses, options=THEIRS + list(options), **members)


def offers(*lists):
    """Checks, for results=, the CHAP_A of each connection."""

    def check(run):
        for connection, offer in zip(run.target.connections, lists):
            said = connection.login.seen.get("CHAP_A")
            require(said == offer, f"connection {connection.number} offers CHAP_A={said}")

    return check


def earlier_ones_end(run):
    """Nothing comes behind the misbehaviour on any connection but the last, which is checked by
    the script's reaction."""
    for connection in run.target.connections[:-1]:
        if connection.marked is not None:
            nothing_more(connection)


def never_says(*names):
    """Checks, for results=, that the initiator has not sent these keys."""

    def check(run):
        for connection in run.target.connections:
            said = [key for key in names if key in connection.login.seen]
            require(not said, f"connection {connection.number}: the initiator sent {said}")

    return check
