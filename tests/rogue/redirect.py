"""Redirections for scripts: Login Responses of Status-Class 1 (RFC 7143 11.13.5, 13.8)."""

import keys
from reply import login
from run import nothing_more, require
from script import event, script

TEMPORARY, PERMANENT = 1, 2
HERE, THERE, ELSEWHERE = "{portal}", "{portal2}", "{portal3}"
# Options of a target with so many portals.
TWO, THREE = {"hosts": ("127.0.0.1",) * 2}, {"hosts": ("127.0.0.1",) * 3}
SEVEN = {"hosts": ("127.0.0.1",) * 7}


def _fill(text, target):
    """Puts the target's portals in, as run.py does in events."""
    for index in range(len(target.addresses)):
        suffix = "" if index == 0 else str(index + 1)
        text = text.replace(b"{portal" + suffix.encode() + b"}", target.portal(index).encode())
        text = text.replace(b"{port" + suffix.encode() + b"}", b"%d" % target.port(index))
    return text


def redirect(*addresses, detail=TEMPORARY, number=1, connection=1, text=None, **changes):
    """Answers the `number`th request of a connection by sending the login elsewhere. A pair
    stands for another key than TargetAddress, `text` for all of them."""
    pairs = [item if isinstance(item, tuple) else ("TargetAddress", item) for item in addresses]
    text = keys.encode(pairs) if text is None else text

    def address(reply):
        reply.text = _fill(text, reply.connection.target)

    return login(number, connection, status=(1, detail), call=address, **changes)


def redirect_last(half, address):
    """Begins an answer with C = 1, the last pair of which may be half, and then sends the login
    elsewhere: what came before no longer counts."""

    def spoil(reply):
        before = reply.key_text + half
        pair = keys.encode([("TargetAddress", address)])
        reply.text = before + _fill(pair, reply.connection.target)
        reply.split = [len(before)]

    return login(1, call=spoil, connection=1, header={"status_class": 1, "status_detail": 1})


def sent(new, old=HERE, detail=TEMPORARY):
    """Event 42 or 43."""
    number = 42 if detail == TEMPORARY else 43
    return event(number, status_code=detail, target_address=old, new_address=new)


def arrived(new, old=HERE):
    return event(44, target_address=old, new_address=new)


def not_followed(reason, hops, new):
    return event(115, [str(reason)], reason=reason, hops=hops, new_address=new)


def refused(detail):
    return event(36, ["1"], status_class=1, status_code=detail, target_address=HERE)


def way(*portals):
    """Checks, for results=, which portals were gone to, and that each that sent the login away
    heard nothing more."""

    def check(run):
        gone = [connection.portal for connection in run.target.connections]
        require(gone == list(portals), f"the portals {gone} were gone to, not {list(portals)}")
        for connection in run.target.connections:
            if connection.marked is not None and not connection.logged_in:
                nothing_more(connection)
                require(connection.initiator_closed, "the initiator did not close first")

    return check


def refuses(name, clauses, events, *addresses, results=None, **changes):
    """The redirection leads nowhere: the login ends where it is."""
    script(
        name,
        clauses,
        target=TWO,
        bends=[redirect(*addresses, **changes)],
        events=events,
        results=lambda run: (way(0)(run), results and results(run)),
    )
