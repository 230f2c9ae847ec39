"""A small iSCSI target that is correct, checks strictly what the initiator sends, and can be bent.

It serves connected stream sockets: those that its own listeners accept, or any that is handed to
serve(). What the initiator does wrong is collected in `complaints`.
"""

import copy
import os
import select
import socket
import struct
import threading

import keys
import reply as replies
from login import Login
from pdu import DATA_OUT, LOGIN_REQUEST, LOGOUT_REQUEST, LOGOUT_RESPONSE, NO_TAG, NOP_IN, NOP_OUT
from pdu import SCSI_COMMAND, TASK_MANAGEMENT, TASK_MANAGEMENT_RESPONSE, TEXT_REQUEST
from pdu import TEXT_RESPONSE, Pdu, Stream
from scsi import Units

WINDOW = 32
DEFAULTS = {
    "wishes": keys.WISHES,  # what to answer; a script's "wishes" are laid over these
    "unknown": (),  # keys answered NotUnderstood
    "methods": None,  # AuthMethod values taken; None: CHAP when "chap" is set, else None
    "chap": None,  # {}: CHAP is demanded, with the DEFAULTS in chap.py; a script may name others
    "target_name": keys.TARGET_NAME,
    "portal_group": 1,  # None: not told
    "tsih": 1,
    "stat_sn": 1,  # the first one
    "luns": (0,),
    "blocks": 2048,
    "hosts": ("127.0.0.1",),  # one listener each; "::1" too
    "targets": None,  # SendTargets: [(name, [address])]; None: this target at its first portal
    "greeting": None,  # bytes to send before anything came
    "silent": False,  # never says a word, but accepts
}
# What a target says without being answered.
DECLARED = ("TargetPortalGroupTag", "MaxRecvDataSegmentLength", "TargetAlias", "TargetAddress")


class Connection:
    """One TCP connection, from its first byte to its end."""

    def __init__(self, target, sock, number, portal):
        self.target = target
        self.sock = sock
        self.number = number
        self.portal = portal  # index of the listener that took it
        self.stream = Stream(sock, self.complain)
        self.requests = []  # all PDUs of the initiator
        self.marked = None  # len(requests) when the target last misbehaved
        self.initiator_closed = False
        self.target_closed = False
        self.logged_in = False
        self.logged_out = False
        self.stat_sn = target.options["stat_sn"]
        self.exp_cmd_sn = 0
        self.initiator_max_data = 8192
        self.acknowledged = None
        self.results = {}  # keys: our answers
        self.proposed = set()  # keys that the target opened
        self.answers = {}  # what the initiator said to those, and NotUnderstood
        self.counts = {}
        self.texts = {}
        self.login = Login(self)
        self.units = Units(self)

    @property
    def max_cmd_sn(self):
        return self.exp_cmd_sn + WINDOW - 1 & 0xFFFFFFFF

    def complain(self, text):
        self.target.complaints.append(f"connection {self.number}: {text}")

    def count(self, kind):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def mark(self):
        """The target misbehaves now."""
        self.marked = len(self.requests)

    @property
    def after(self):
        """What the initiator sent after the last misbehaviour."""
        return self.requests if self.marked is None else self.requests[self.marked :]

    def propose(self, pairs):
        for pair in pairs:
            if isinstance(pair, bytes):
                pair = [part.decode("latin-1") for part in (pair.split(b"=") + [b""])[:2]]
            key = pair[0]
            if key not in self.login.seen and key not in DECLARED:
                self.proposed.add(str(key))

    def number_pdu(self, pdu, request):
        """Gives a PDU its StatSN, and ExpCmdSN and MaxCmdSN."""
        if request is not None and request.header[0] & 0x3F == LOGIN_REQUEST:
            self.exp_cmd_sn = request.cmd_sn
        pdu.set(stat_sn=self.stat_sn, exp_cmd_sn=self.exp_cmd_sn, max_cmd_sn=self.max_cmd_sn)
        self.stat_sn = self.stat_sn + 1 & 0xFFFFFFFF

    # Sending.

    def bend(self, answer):
        for item in self.target.bends:
            if item.fits(answer):
                item.apply(answer)

    def _wire(self, item):
        if isinstance(item, bytes):
            return item
        return item.encode(self.stream.header_digest, self.stream.data_digest)

    def send_pdu(self, pdu):
        self.sock.sendall(self._wire(pdu))

    def send(self, answer):
        """Sends a reply as the script has left it."""
        if answer.kind != "login":
            answer.pdu.set(**answer.header)
        data = b"".join(map(self._wire, answer.before + answer.pdus + answer.after))
        if answer.raw is not None:
            data = answer.raw
        if answer.cut is not None:
            data = data[: answer.cut]
        self.sock.sendall(data)
        if answer.reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.target_closed = True
            raise EOFError
        if answer.stall:
            self.target.quiet()
            self._wait_for_end()
        elif answer.close or answer.cut is not None:
            self.close()

    def close(self):
        """Ends the stream behind what was sent; whatever the initiator still sends is read."""
        self.target_closed = True
        self.sock.shutdown(socket.SHUT_WR)
        self._wait_for_end()

    def _wait_for_end(self):
        while (pdu := self.stream.read()) is not None:
            self.requests.append(pdu)
        raise EOFError

    # Receiving.

    def run(self):
        try:
            if self.target.options["silent"]:
                self.mark()
                self.target.quiet()
                self._wait_for_end()
            if self.target.options["greeting"]:
                self.mark()
                self.sock.sendall(self.target.options["greeting"])
            while (pdu := self.stream.read()) is not None:
                self.requests.append(pdu)
                self._request(pdu)
        except EOFError:
            pass
        except ConnectionError:
            pass  # the initiator is gone with data of ours unread, which is its right
        finally:
            self.initiator_closed = not self.target_closed
            self.sock.close()

    def _request(self, pdu):
        if not self.logged_in:
            if pdu.opcode != LOGIN_REQUEST:
                self.complain(f"opcode {pdu.opcode:#04x} in login")
                self.close()
            self.login.request(pdu)
            if self.login.done:
                self._enter_full_feature()
            return
        if self.logged_out:
            self.complain(f"opcode {pdu.opcode:#04x} behind the logout")
            return
        self._check_numbers(pdu)
        handlers = {
            NOP_OUT: self._nop,
            SCSI_COMMAND: self.units.command,
            TASK_MANAGEMENT: self._task_management,
            TEXT_REQUEST: self._text,
            DATA_OUT: self.units.data_out,
            LOGOUT_REQUEST: self._logout,
        }
        if pdu.opcode not in handlers:
            self.complain(f"opcode {pdu.opcode:#04x} in full feature phase")
            self.close()
        handlers[pdu.opcode](pdu)

    def _enter_full_feature(self):
        self.logged_in = True
        self.stream.header_digest = self.results.get("HeaderDigest") == "CRC32C"
        self.stream.data_digest = self.results.get("DataDigest") == "CRC32C"
        self.stream.max_data = self.target.options["wishes"]["MaxRecvDataSegmentLength"]

    def _check_numbers(self, pdu):
        if pdu.opcode != DATA_OUT:
            if pdu.cmd_sn != self.exp_cmd_sn:
                self.complain(f"CmdSN {pdu.cmd_sn:#x}, not {self.exp_cmd_sn:#x}")
            if not pdu.immediate:
                self.exp_cmd_sn = self.exp_cmd_sn + 1 & 0xFFFFFFFF
        ahead = self.stat_sn - pdu.exp_stat_sn & 0xFFFFFFFF
        last = self.acknowledged
        if ahead > 0x7FFFFFFF or (last is not None and pdu.exp_stat_sn - last & 0x80000000):
            self.complain(f"ExpStatSN {pdu.exp_stat_sn:#x} at {self.stat_sn:#x}")
        self.acknowledged = pdu.exp_stat_sn

    # Full feature phase.

    def answer(self, kind, request, pdu, pairs=None):
        """Numbers, bends and sends a reply of one PDU."""
        self.number_pdu(pdu, request)
        answer = replies.Reply(self, kind, request, [pdu], pairs)
        self.bend(answer)
        if pairs is not None:
            self._send_text(answer)
        else:
            self.send(answer)

    def _nop(self, pdu):
        if pdu.itt == NO_TAG:
            return  # the answer to a ping of ours
        self.answer("nop", pdu, Pdu(NOP_IN, pdu.data, final=1, itt=pdu.itt, ttt=NO_TAG))

    def _task_management(self, pdu):
        known = self.units.writes.pop(pdu.ttt, None) is not None
        response = Pdu(TASK_MANAGEMENT_RESPONSE, final=1, itt=pdu.itt, response=0 if known else 1)
        self.answer("task-management", pdu, response)

    def _text(self, pdu):
        if pdu.ttt != NO_TAG:
            self._more_text(pdu)
            return
        pairs = keys.decode(pdu.data, self.complain)
        if pairs not in ([("SendTargets", "All")], []):
            self.complain(f"a Text Request with {pairs}")
        out = []
        for name, addresses in self.target.directory if pairs else []:
            out.append(("TargetName", name))
            out += [("TargetAddress", address) for address in addresses]
        self.answer("text", pdu, Pdu(TEXT_RESPONSE, final=1, itt=pdu.itt, ttt=NO_TAG), out)

    def _send_text(self, answer):
        text = answer.key_text
        edges = [0] + (answer.split or []) + [len(text)]
        parts = [text[a:b] for a, b in zip(edges, edges[1:])]
        answer.pdu.data = parts[0]
        if len(parts) > 1:
            answer.pdu.set(**{"final": 0, "more": 1, "ttt": 0x77, **answer.spread})
            self.texts[0x77] = parts[1:]
        self.send(answer)

    def _more_text(self, pdu):
        parts = self.texts.get(pdu.ttt)
        if not parts or pdu.data or pdu.more:
            self.complain("a Text Request goes on with what does not go on, or is not empty")
            return
        response = Pdu(TEXT_RESPONSE, parts.pop(0), final=1, itt=pdu.itt, ttt=NO_TAG)
        if parts:
            response.set(final=0, more=1, ttt=pdu.ttt)
        self.answer("text", pdu, response)

    def _logout(self, pdu):
        if pdu.header[1] != 0x80:
            self.complain(f"byte 1 of a Logout Request is {pdu.header[1]:#04x}")
        self.logged_out = True
        self.answer("logout", pdu, Pdu(LOGOUT_RESPONSE, final=1, itt=pdu.itt))


class Target:
    """Listeners, their connections, and what is common to them."""

    def __init__(self, bends=(), options=None):
        self.options = copy.deepcopy(DEFAULTS)
        self.options.update(copy.deepcopy(options or {}))
        self.options["wishes"] = {**keys.WISHES, **self.options["wishes"]}
        self.bends = list(bends)
        self.complaints = []
        self.connections = []
        self.disk = bytearray(self.options["blocks"] * 512)
        self.silence = None  # a file descriptor that is told when the target falls silent
        self.threads = []
        self.acceptors = []
        self.wake, self.waker = socket.socketpair()  # ends when the target shall
        self.listeners = []
        self.addresses = []  # (host, port) of each listener

    # As servers.

    def listen(self):
        for host in self.options["hosts"]:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.create_server((host, 0), family=family)
            self.listeners.append(listener)
            self.addresses.append(listener.getsockname()[:2])
            thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            self.acceptors.append(thread)
            thread.start()
        return self

    def _accept(self, listener):
        """Takes connections until finish(), and then those that wait already."""
        portal = self.listeners.index(listener)
        listener.setblocking(False)
        while True:
            ended = self.wake in select.select([listener, self.wake], [], [])[0]
            try:
                while True:
                    sock, _ = listener.accept()
                    sock.setblocking(True)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.start(sock, portal)
            except OSError:
                pass
            if ended:
                listener.close()
                return

    def start(self, sock, portal=0):
        """Serves a connected socket in a thread."""
        connection = Connection(self, sock, len(self.connections) + 1, portal)
        self.connections.append(connection)
        thread = threading.Thread(target=self._run, args=(connection,), daemon=True)
        thread.start()
        self.threads.append(thread)

    def _run(self, connection):
        try:
            connection.run()
        except Exception as error:  # pylint: disable=broad-except
            connection.complain(f"the target itself failed: {error!r}")

    def finish(self, seconds=10):
        """Waits until all connections have ended; one that does not is a complaint."""
        self.waker.close()
        for thread in self.acceptors:
            thread.join(seconds)
        self.wake.close()
        for thread in list(self.threads):
            thread.join(seconds)
            if thread.is_alive():
                self.complaints.append("a connection was not closed")

    def quiet(self):
        """Nothing more will come from here."""
        if self.silence is not None:
            os.write(self.silence, b"!")

    # Names of things.

    def portal(self, index=0):
        host, port = self.addresses[index]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def port(self, index=0):
        return self.addresses[index][1]

    @property
    def directory(self):
        """What SendTargets tells."""
        if self.options["targets"] is not None:
            return [
                (name, [address.replace("{portal}", self.portal()) for address in addresses])
                for name, addresses in self.options["targets"]
            ]
        return [(self.options["target_name"], [f"{self.portal()},1"])]
