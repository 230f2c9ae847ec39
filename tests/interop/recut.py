"""Writes a captured session anew with one PDU in each TCP segment, the bytes being the same.

tshark asks for too few bytes where a segment ends inside the last bytes of a PDU that has a digest,
and then loses its place for megabytes, though the stream is sound. Where segments end is TCP's
chance; cut at the PDUs, the dissector sees every byte of the wire each time.
"""

import struct

import wire

INITIATOR_PORT = 40000
SEGMENT = 65000  # what fits one IPv4 packet beside its headers


def packet(source, destination, sequence, payload):
    """A pcap record: one TCP segment between two ports of 127.0.0.1."""
    tcp = struct.pack(">HHIIBBHHH", source, destination, sequence, 0, 5 << 4, 0x18, 65535, 0, 0)
    size = 20 + len(tcp) + len(payload)
    loopback = bytes((127, 0, 0, 1))
    header = struct.pack(">BBHHHBBH", 0x45, 0, size, 0, 0, 64, 6, 0) + loopback + loopback
    return struct.pack("<IIII", 0, 0, size, size) + header + tcp + payload


def recut(source, destination, port, header_digest, data_digest):
    """Both captures are of sessions on `port`; every session keeps a pair of ports of its own."""
    with open(destination, "wb") as file:
        # pcap, microseconds, link type 101: raw IP.
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        for (stream, outbound), data in sorted(wire.streams(source, port).items()):
            initiator = INITIATOR_PORT + stream
            ports = (initiator, port) if outbound else (port, initiator)
            at = 0
            for size in wire.sizes(data, header_digest, data_digest):
                for begin in range(at, at + size, SEGMENT):
                    piece = data[begin : min(begin + SEGMENT, at + size)]
                    file.write(packet(*ports, begin + 1, piece))
                at += size
