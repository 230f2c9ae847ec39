"""Logins that are sent to another address, by tgt; and everything over IPv6, with both targets."""

import os
import socket
import struct
import unittest

import bodies
import guard
import program
import rogue
import targets
import wire

USER, SECRET = targets.USER
OWN = ("--chap-user", USER, "--chap-secret", SECRET)
MOVED_TEMPORARILY, MOVED_PERMANENTLY = 1, 2  # Status-Detail (RFC 7143 11.13.5)


def redirected(code, old, new):
    """Event 42 or 43."""
    arguments = {"status_code": code, "target_address": old, "new_address": new}
    return (42 if code == MOVED_TEMPORARILY else 43, arguments, ["1"])


def arrived(old, new):
    return (44, {"target_address": old, "new_address": new}, ["1"])


def not_followed(reason, hops, new):
    return (115, {"reason": reason, "hops": hops, "new_address": new}, [str(reason)])


class Redirection(bodies.Base, unittest.TestCase):
    make = targets.TgtWithRedirection

    def setUp(self):
        super().setUp()
        self.old = self.target.portal
        self.other = self.target.other
        self.new = self.other.portal

    def url(self, name):
        return self.target.url(self.target.small, name)

    def records(self):
        return program.events(os.path.join(self.folder, "events.log"))

    def test_temporary(self):
        data = os.urandom(2 * targets.MIB)
        source, output = self.file("write.in", data), self.file("read.out")
        url = self.url(self.other.temporary)
        way = [redirected(MOVED_TEMPORARILY, self.old, self.new), arrived(self.old, self.new)]
        self.does(way, "write", url, "--lba", 64, "--input", source)
        self.same(self.other.backing(self.other.small, 64 * 512, len(data)), data)
        blocks = ("--lba", 64, "--blocks", len(data) // 512, "--output", output)
        self.does(way, "--reconnect", 0, "read", url, *blocks)
        self.same(program.contents(output), data)
        self.assertEqual([record["portal"] for record in self.records()], [self.old, self.new])
        self.assertEqual({record["target"] for record in self.records()}, {self.other.temporary})

    def test_capture_has_both_connections(self):
        capture = self.file("redirect.pcap")
        self.must("--pcap", capture, "capacity", self.url(self.other.temporary))
        there = wire.Session(capture, self.other.port)
        self.assertEqual(len(there.of(wire.LOGOUT_RESPONSE)), 1)
        here = wire.Session(capture, self.target.port)
        self.assertEqual({pdu.opcode for pdu in here.sent}, {wire.LOGIN_REQUEST})
        last = here.received[-1]
        self.assertEqual(tuple(last.header[36:38]), (1, MOVED_TEMPORARILY))
        self.assertTrue(wire.keys(here.received)["TargetAddress"].startswith(self.new))

    def test_permanent(self):
        url = self.url(self.other.permanent)
        way = [redirected(MOVED_PERMANENTLY, self.old, self.new)]
        self.fails(way, "capacity", url)
        self.assertEqual([record["portal"] for record in self.records()], [self.old])
        way.append(arrived(self.old, self.new))
        result = self.does(way, "--follow-permanent", "--json", "capacity", url)
        self.assertEqual(result.json()["bytes"], 64 * targets.MIB)

    def test_loop(self):
        """The address that it leads to leads to itself."""
        again = self.target.portal_at("127.0.0.2")
        way = [redirected(MOVED_TEMPORARILY, self.old, again), not_followed(1, 1, again)]
        result = self.fails(way, "capacity", self.url(self.target.loop))
        self.assertLess(result.seconds, 5)

    def test_to_an_address_where_nobody_listens(self):
        """The login begins anew where it was sent from, as often as --reconnect allows."""
        new = f"127.0.0.2:{self.target.dead_port}"
        way = redirected(MOVED_TEMPORARILY, self.old, new)
        result, told = self.logged("--reconnect", 1, "capacity", self.url(self.target.nowhere))
        self.assertEqual(result.code, 1, str(result))
        self.assertEqual([number for number, _, _ in told], [42, 101, 42, 101], str(result))
        self.assertEqual([told[0], told[2]], [way, way])
        self.assertEqual([record["portal"] for record in self.records()], [self.old, new] * 2)

    def test_chap_at_the_new_address(self):
        way = [redirected(MOVED_TEMPORARILY, self.old, self.new)]
        url = self.url(self.other.with_chap)
        refusal = {"status_class": 2, "status_code": 1, "target_address": self.new}
        self.does(way + [arrived(self.old, self.new)], *OWN, "capacity", url)
        wrong = ("--chap-user", USER, "--chap-secret", "something-else-1")
        self.fails(way + [(36, refusal, ["2"])], *wrong, "capacity", url)

    def test_to_ipv6(self):
        new = self.other.portal_at("[::1]")
        way = [redirected(MOVED_TEMPORARILY, self.old, new), arrived(self.old, new)]
        url = self.url(self.other.to_ipv6)
        result = self.does(way, "--json", "capacity", url)
        self.assertEqual(result.json()["bytes"], 64 * targets.MIB)
        self.assertEqual([record["portal"] for record in self.records()], [self.old, new])

    def test_address_that_is_none(self):
        """An IPv6 address without its brackets (RFC 7143 13.8)."""
        invalid = (45, {"value": f"::1:{self.other.port}"}, ["1"])
        self.fails([invalid], "--reconnect", 0, "capacity", self.url(self.other.misspelt))

    def test_scan_of_all_that_moves(self):
        """Each target is followed by itself; those that lead nowhere cost only themselves."""
        result, _ = self.logged("--json", "--reconnect", 0, "scan", self.target.portal)
        self.assertEqual(result.code, 1, str(result))
        complete = {entry["target"] for entry in result.json()["targets"] if entry["complete"]}
        self.assertEqual(complete, {self.other.temporary, self.other.to_ipv6})


class Hops(bodies.Base, unittest.TestCase):
    """A chain of portals, each of which knows the next one."""

    make = targets.Tgt

    def test_too_many(self):
        with Chain(6) as chain:
            way = [redirected(MOVED_TEMPORARILY, old, new) for old, new in chain.steps()[:5]]
            way.append(not_followed(2, 5, chain.portals[6]))
            name = "iqn.2026-01.test.rogue:t"
            self.fails(way, "capacity", f"iscsi://{chain.portals[0]}/{name}/1")
            self.assertEqual([hop.accepted for hop in chain.hops], [1] * 6)

    def test_as_many_as_are_allowed(self):
        """Whether the hops close at once, reset the connection, or leave that to the initiator."""
        for end in ("wait", "close", "reset"):
            with self.subTest(end=end), Chain(5, self.target.portal, end) as chain:
                way = [redirected(MOVED_TEMPORARILY, old, new) for old, new in chain.steps()]
                way.append(arrived(chain.portals[0], self.target.portal))
                url = self.target.url(1, portal=chain.portals[0])
                self.does(way, "--reconnect", 0, "capacity", url)


class Marked(unittest.TestCase):
    """Text of a target in the event log."""

    def test_long_text_is_cut(self):
        with Hop() as hop:
            hop.following = "\x1b[1mnot-an-address/" + "x" * 4000
            log = os.path.join(guard.folder("sanscsi-cut"), "log")
            always = ("--reconnect", 0, "--event-log", log)
            url = f"iscsi://{hop.portal}/iqn.2026-01.test.rogue:t/1"
            result = program.run(*always, "capacity", url)
        self.assertEqual(result.code, 1, str(result))
        self.assertNotIn("\x1b", result.complaint)
        (record,) = program.events(log)
        self.assertEqual((record["event"], record["causes"]), (45, ["1"]))
        self.assertIs(record["truncated"], True)
        value = record["args"]["value"]
        self.assertGreater(len(value), 100)
        self.assertTrue(hop.following.startswith(value))
        self.assertEqual(list(record)[-1], "truncated")


class Hop(rogue.Listener):
    """Answers a Login Request with a temporary redirection (11.13.5)."""

    following = ""
    end = "wait"  # or "close", "reset": what it does behind its answer

    def serve(self, client):
        request, _ = rogue.receive_pdu(client)
        answer = f"TargetAddress={self.following}\0".encode()
        response = bytearray(rogue.login_response(request, answer))
        response[1] = request[1] & 0x7F  # no T: the stage does not end
        response[36:38] = bytes((1, MOVED_TEMPORARILY))
        client.sendall(response)
        if self.end == "wait":
            while client.recv(65536):
                pass
        if self.end == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()


class Chain:
    """`count` hops in a row; the last one leads to `last`, or to a port where nobody listens."""

    def __init__(self, count, last=None, end="wait"):
        self.hops = [Hop() for _ in range(count)]
        self.portals = [hop.portal for hop in self.hops]
        self.portals.append(last or f"127.0.0.1:{guard.free_port()}")
        for hop, following in zip(self.hops, self.portals[1:]):
            hop.following = following
            hop.end = end

    def steps(self):
        """From where to where each hop sends."""
        return list(zip(self.portals, self.portals[1:]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for hop in self.hops:
            hop.__exit__()


class OverIpv6(bodies.Base):
    """The loopback address of IPv6, as a portal and in URLs, with a scope and without."""

    def test_discover(self):
        result = self.does([], "--json", "discover", self.target.portal)
        found = {entry["target"]: entry["portals"] for entry in result.json()["targets"]}
        self.assertEqual(set(found), set(self.target.names))
        for portals in found.values():
            told = [(portal["host"], portal["port"]) for portal in portals]
            self.assertEqual(told, [("::1", self.target.port)])

    def test_scan(self):
        result = self.does([], "--json", "scan", self.target.portal)
        for entry in result.json()["targets"]:
            self.assertEqual(entry["portal"], self.target.portal)
            self.assertTrue(entry["complete"])
        self.assertEqual(len(result.json()["targets"]), len(self.target.names))

    def test_write_and_read(self):
        self.session(self.write_and_check(2 * targets.MIB, *bodies.NO_DIGESTS))
        self.read_and_check(2 * targets.MIB)

    def test_scope(self):
        """The loopback interface's number is 1."""
        portal = f"[::1%1]:{self.target.port}"
        self.does([], "discover", portal)
        lun = self.target.small
        self.does([], "capacity", self.target.url(lun, portal=portal.replace("%", "%25")))

    def test_event_names_the_portal(self):
        closed = f"[::1]:{targets.free_port(('[::1]',))}"
        url = self.target.url(1, portal=closed)
        result, told = self.logged("--reconnect", 0, "capacity", url)
        self.assertEqual(result.code, 1, str(result))
        self.assertEqual([number for number, _, _ in told], [101], str(result))
        (record,) = program.events(os.path.join(self.folder, "events.log"))
        self.assertEqual(record["portal"], closed)


class TgtOverIpv6(OverIpv6, unittest.TestCase):
    make = targets.TgtOnIpv6


class IstgtOverIpv6(OverIpv6, unittest.TestCase):
    make = targets.IstgtOnIpv6


if __name__ == "__main__":
    unittest.main(verbosity=2)
