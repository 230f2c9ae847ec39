"""What a target is about to send, and how a script bends it."""

import keys
from pdu import Pdu

ALL = "all"


class Reply:
    """The PDUs that answer one request, before they are sent.

    kind     "login", "text", "logout", "nop", "task-management", or the name of a SCSI command
             such as "inquiry" (see scsi.py)
    number   the how-manieth of its kind on its connection, from 1
    request  the request's Pdu; None for what the target sends of itself
    pdus     the PDUs in order; the first is `pdu`
    pairs    for "login" and "text": (key, value) pairs, or bytes that go in raw
    """

    def __init__(self, connection, kind, request, pdus, pairs=None):
        self.connection = connection
        self.kind = kind
        self.request = request
        self.pdus = pdus
        self.pairs = pairs
        self.text = None  # stands for `pairs` when set
        self.split = None  # places where the text is cut into responses with C = 1
        self.header = {}  # fields of the first PDU, set at the very end
        self.spread = {}  # fields of every part but the last of a split text
        self.raw = None  # bytes that are sent instead of everything
        self.before = []  # PDUs or bytes
        self.after = []
        self.cut = None  # how many bytes of it all go out before the connection closes
        self.close = False  # close once it is sent
        self.reset = False  # as close, but with a TCP reset
        self.stall = False  # say nothing more once it is sent
        self.number = connection.count(kind)

    @property
    def pdu(self):
        return self.pdus[0]

    @property
    def key_text(self):
        return keys.encode(self.pairs) if self.text is None else self.text

    def value(self, key):
        return dict(pair for pair in self.pairs if not isinstance(pair, bytes)).get(key)


class Bend:
    """Changes the replies of one kind that fit; see script.py for what it can change."""

    def __init__(self, kind, number, changes, connection=None, lun=None):
        self.kind = kind
        self.number = number
        self.connection = connection
        self.lun = lun
        self.changes = changes
        self.applied = 0

    def fits(self, reply):
        numbers = self.number if isinstance(self.number, (tuple, range, list)) else (self.number,)
        return (
            self.kind in (reply.kind, ALL)
            and (self.number == ALL or reply.number in numbers)
            and self.connection in (None, reply.connection.number)
            and (self.lun is None or reply.request.lun >> 48 == self.lun)
        )

    def apply(self, reply):
        self.applied += 1
        reply.connection.mark()
        for name, value in self.changes.items():
            getattr(self, "_" + name)(reply, value)

    # Keys and text.

    def _replace(self, reply, new):
        """{key: value}; the key must be there."""
        for key, value in new.items():
            at = [i for i, p in enumerate(reply.pairs) if not isinstance(p, bytes) and p[0] == key]
            if not at:
                raise AssertionError(f"the script replaces {key}, which the target does not send")
            reply.pairs[at[0]] = (key, value)

    def _omit(self, reply, names):
        left = [p for p in reply.pairs if isinstance(p, bytes) or p[0] not in names]
        if len(left) != len(reply.pairs) - len(names):
            raise AssertionError(f"the script omits {names}, not all of which are sent")
        reply.pairs[:] = left

    def _append(self, reply, pairs):
        reply.pairs.extend(pairs)

    def _prepend(self, reply, pairs):
        reply.pairs[:0] = pairs

    def _text(self, reply, text):
        reply.text = text

    def _tail(self, reply, data):
        reply.text = reply.key_text + data

    def _chop(self, reply, size):
        """Takes bytes off the end of the text."""
        reply.text = reply.key_text[:-size]

    def _split(self, reply, places):
        """A list of places, or "each" for every byte, or a number: parts of that many bytes."""
        size = len(reply.key_text)
        if places == "each":
            places = range(1, size)
        elif isinstance(places, int):
            places = range(places, size, places)
        reply.split = [place if place >= 0 else size + place for place in places]

    def _spread(self, reply, fields):
        reply.spread.update(fields)

    def _take(self, reply, count):
        """Sends so many pairs and leaves the rest to later responses."""
        reply.connection.login.keep_back(reply, count)

    def _stay(self, reply, on):
        """Does not agree to leave the stage yet."""
        if on:
            reply.connection.login.stay(reply)

    # PDUs.

    def _header(self, reply, fields):
        reply.header.update(fields)

    def _status(self, reply, status):
        """Refuses the login: Status-Class and Status-Detail, flags and keys cleared."""
        fields = {"transit": 0, "csg": 0, "nsg": 0, "tsih": 0}
        reply.header.update(fields, status_class=status[0], status_detail=status[1])
        reply.text = b""

    def _last(self, reply, fields):
        reply.pdus[-1].set(**fields)

    def _data(self, reply, data):
        reply.pdu.data = data

    def _raw(self, reply, data):
        reply.raw = data

    def _before(self, reply, pdus):
        reply.before += _made(reply, pdus)

    def _after(self, reply, pdus):
        reply.after += _made(reply, pdus)

    def _pdus(self, reply, pdus):
        reply.pdus[:] = _made(reply, pdus)

    def _padding(self, reply, pad):
        reply.pdu.padding = pad

    def _call(self, reply, function):
        function(reply)

    # The connection.

    def _cut(self, reply, size):
        reply.cut = size

    def _close(self, reply, on):
        reply.close = on

    def _close_instead(self, reply, on):
        if on:
            reply.cut = 0

    def _reset(self, reply, on):
        reply.raw = b""
        reply.reset = on

    def _stall(self, reply, on):
        reply.stall = on

    def _stall_instead(self, reply, on):
        if on:
            reply.raw = b""
            reply.stall = True


def _made(reply, pdus):
    """PDUs and bytes as they are; what can be called makes one from the reply."""
    return [pdu if isinstance(pdu, (Pdu, bytes)) else pdu(reply) for pdu in pdus]


def bend(kind, number=1, connection=None, lun=None, **changes):
    """Changes to the `number`th reply of a kind, to all of them, or to those of a range."""
    return Bend(kind, number, changes, connection, lun)


def login(number=1, connection=None, **changes):
    """Changes to a Login Response. Undisturbed there are two: 1 ends the security stage, 2 the
    operational one."""
    return Bend("login", number, changes, connection)
