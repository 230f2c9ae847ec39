"""Peers that misbehave: servers that never speak iSCSI, and a relay that harms a real session."""

import socket
import threading
import time

LOGIN_REQUEST = 0x03
LOGIN_RESPONSE = 0x23


class Listener:
    """Accepts connections on a port of 127.0.0.1; each is served by `serve` in a thread."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.accepted = 0
        self.open = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def portal(self):
        return f"127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.accepted += 1
            self.open.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            self.serve(client)
        except OSError:
            pass  # the program under test went away first, which is its right

    def serve(self, client):
        raise NotImplementedError

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        for client in self.open:
            client.close()


def receive(client, size):
    """Exactly `size` bytes, or an OSError."""
    data = b""
    while len(data) < size:
        more = client.recv(size - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


def receive_pdu(client):
    """Header and data of one PDU without digests."""
    header = receive(client, 48)
    length = int.from_bytes(header[5:8], "big")
    return header, receive(client, header[4] * 4 + (length + 3 & ~3))[:length]


def login_response(request, data=b"", **changes):
    """An answer to a Login Request that agrees, laid out by hand as RFC 7143 11.13 draws it."""
    pdu = bytearray(48)
    pdu[0] = changes.get("opcode", LOGIN_RESPONSE)
    pdu[1] = request[1]  # T, CSG and NSG
    pdu[3] = changes.get("version", 0)  # Version-active
    pdu[5:8] = len(data).to_bytes(3, "big")
    pdu[8:14] = request[8:14]  # ISID
    pdu[14:16] = (1).to_bytes(2, "big")  # TSIH
    pdu[16:20] = changes.get("tag", request[16:20])
    pdu[24:28] = (1).to_bytes(4, "big")  # StatSN
    pdu[28:32] = request[24:28]  # ExpCmdSN
    pdu[32:36] = request[24:28]  # MaxCmdSN
    pdu[36:38] = bytes(changes.get("status", (0, 0)))  # Status-Class, Status-Detail
    return bytes(pdu) + data + bytes(-len(data) % 4)


class ClosesAtOnce(Listener):
    def serve(self, client):
        client.close()


class ClosesInLogin(Listener):
    """Reads the first Login Request, then closes: no matter what stands in it."""

    def serve(self, client):
        receive_pdu(client)
        client.close()


class ClosesInsideResponse(Listener):
    """Sends 20 of the 48 bytes of a Login Response."""

    def serve(self, client):
        request, _ = receive_pdu(client)
        client.sendall(login_response(request)[:20])
        client.close()


class Stalls(Listener):
    """Takes everything, says nothing."""

    def serve(self, client):
        while client.recv(65536):
            pass


class StallsInsideResponse(Listener):
    def serve(self, client):
        request, _ = receive_pdu(client)
        client.sendall(login_response(request)[:47])
        while client.recv(65536):
            pass


class TalksSomethingElse(Listener):
    """Answers with the text it was made with."""

    def __init__(self, text):
        self.text = text
        super().__init__()

    def serve(self, client):
        receive_pdu(client)
        client.sendall(self.text)
        while client.recv(65536):
            pass


class AnswersWrongly(Listener):
    """Answers the Login Request rightly but for `changes`, which spoil the header."""

    keys = b"TargetPortalGroupTag=1\0AuthMethod=None\0"

    def __init__(self, **changes):
        self.changes = changes
        super().__init__()

    def serve(self, client):
        request, _ = receive_pdu(client)
        client.sendall(login_response(request, self.keys, **self.changes))
        while client.recv(65536):
            pass


class Relay(Listener):
    """Passes a session on to a real target, with a limit on speed or on how far it gets.

    cut_after: bytes from the target after which `cut` happens, once for each of the first `cuts`
    connections; cut "close" ends both sides, "stall" keeps them open in silence.
    """

    def __init__(self, target_port, cut_after=None, cut="close", cuts=1, rate=None):
        self.target_port = target_port
        self.cut_after = cut_after
        self.cut = cut
        self.cuts = cuts
        self.rate = rate
        self.passed = 0
        super().__init__()

    def serve(self, client):
        limit = self.cut_after if self.accepted <= self.cuts else None
        server = socket.create_connection(("127.0.0.1", self.target_port))
        self.open.append(server)
        threading.Thread(target=self._up, args=(client, server), daemon=True).start()
        self._down(server, client, limit)

    def _up(self, client, server):
        try:
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _down(self, server, client, limit):
        left = limit
        while data := server.recv(65536):
            if left is not None and len(data) >= left:
                client.sendall(data[:left])
                self._harm(server, client)
                return
            client.sendall(data)
            self.passed += len(data)
            if left is not None:
                left -= len(data)
            if self.rate:
                time.sleep(len(data) / self.rate)
        client.shutdown(socket.SHUT_WR)

    def _harm(self, server, client):
        if self.cut == "close":
            # shutdown, since the other thread still sits in recv() on these sockets
            client.shutdown(socket.SHUT_RDWR)
            server.shutdown(socket.SHUT_RDWR)
