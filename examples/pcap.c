/* Writes a classic capture file (LINKTYPE_RAW) with made-up IP and TCP headers. */
#include "pcap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "options.h"

enum {
    MAX_PACKET = 65535, /* an IPv4 datagram, and our snapshot length */
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    LINKTYPE_RAW = 101,
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
    PROTOCOL_TCP = 6
};

struct pcap {
    FILE *file;
    uint32_t streams;           /* numbers the connections, for their first sequence numbers */
    uint16_t identification[2]; /* of IPv4 packets, by direction */
    uint8_t packet[MAX_PACKET];
};

static void put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

/* Adds 16-bit words to a ones' complement sum that is folded only at the end (RFC 1071). */
static uint64_t sum16(uint64_t sum, const uint8_t *data, size_t size) {
    for (size_t i = 0; i + 1 < size; i += 2) {
        sum += (uint64_t)data[i] << 8 | data[i + 1];
    }
    return size % 2 == 0 ? sum : sum + ((uint64_t)data[size - 1] << 8);
}

static uint32_t checksum(uint64_t sum) {
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint32_t)(~sum & 0xffff);
}

struct pcap *pcap_create(const char *path) {
    uint8_t header[24] = {0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4}; /* microseconds, version 2.4 */
    struct pcap *pcap = calloc(1, sizeof(*pcap));
    FILE *file = pcap == NULL ? NULL : fopen(path, "wb");
    if (file == NULL) {
        usage_error("%s: %s", path, strerror(errno));
        free(pcap);
        return NULL;
    }
    put32(header + 16, MAX_PACKET);
    put32(header + 20, LINKTYPE_RAW);
    fwrite(header, 1, sizeof(header), file);
    pcap->file = file;
    return pcap;
}

int pcap_finish(struct pcap *pcap) {
    if (pcap == NULL) {
        return 0;
    }
    int bad = ferror(pcap->file);
    bad = fclose(pcap->file) != 0 || bad;
    free(pcap);
    return bad ? -1 : 0;
}

/* Writes the IP header for a packet of length bytes in all; returns the header's size. */
static size_t put_ip(struct pcap_stream *stream, unsigned direction, size_t length) {
    uint8_t *ip = stream->pcap->packet;
    const uint8_t *from = stream->address[direction];
    const uint8_t *to = stream->address[1 - direction];
    if (stream->is_ipv6) {
        memset(ip, 0, IPV6_HEADER);
        ip[0] = 0x60;
        put16(ip + 4, (uint32_t)length - IPV6_HEADER);
        ip[6] = PROTOCOL_TCP;
        ip[7] = 64;
        memcpy(ip + 8, from, 16);
        memcpy(ip + 24, to, 16);
        return IPV6_HEADER;
    }
    memset(ip, 0, IPV4_HEADER);
    ip[0] = 0x45;
    put16(ip + 2, (uint32_t)length);
    put16(ip + 4, stream->pcap->identification[direction]++);
    ip[6] = 0x40; /* do not fragment */
    ip[8] = 64;
    ip[9] = PROTOCOL_TCP;
    memcpy(ip + 12, from, 4);
    memcpy(ip + 16, to, 4);
    put16(ip + 10, checksum(sum16(0, ip, IPV4_HEADER)));
    return IPV4_HEADER;
}

static void put_record(struct pcap *pcap, size_t length) {
    uint8_t record[16];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    put32(record, (uint32_t)now.tv_sec);
    put32(record + 4, (uint32_t)(now.tv_nsec / 1000));
    put32(record + 8, (uint32_t)length);
    put32(record + 12, (uint32_t)length);
    fwrite(record, 1, sizeof(record), pcap->file);
    fwrite(pcap->packet, 1, length, pcap->file);
}

static size_t header_size(const struct pcap_stream *stream) {
    return (stream->is_ipv6 ? IPV6_HEADER : IPV4_HEADER) + (size_t)TCP_HEADER;
}

/* Writes a packet whose payload lies behind the room for its headers already. */
static void put_segment(struct pcap_stream *stream, unsigned direction, uint8_t flags,
                        size_t payload) {
    size_t length = header_size(stream) + payload;
    uint8_t *tcp = stream->pcap->packet + put_ip(stream, direction, length);
    size_t tcp_length = TCP_HEADER + payload;
    size_t address_size = stream->is_ipv6 ? 16 : 4;
    memset(tcp, 0, TCP_HEADER);
    put16(tcp, stream->port[direction]);
    put16(tcp + 2, stream->port[1 - direction]);
    put32(tcp + 4, stream->sequence[direction]);
    if ((flags & TCP_ACK) != 0) {
        put32(tcp + 8, stream->sequence[1 - direction]);
    }
    tcp[12] = TCP_HEADER / 4 << 4;
    tcp[13] = flags;
    put16(tcp + 14, 65535);
    uint64_t sum = sum16(PROTOCOL_TCP + tcp_length, stream->address[0], address_size);
    sum = sum16(sum, stream->address[1], address_size);
    put16(tcp + 16, checksum(sum16(sum, tcp, tcp_length)));
    put_record(stream->pcap, length);
    stream->sequence[direction] += (uint32_t)payload + ((flags & (TCP_SYN | TCP_FIN)) != 0);
}

static void take_address(struct pcap_stream *stream, unsigned side,
                         const struct sockaddr_storage *address) {
    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)address;
        memcpy(stream->address[side], &in6->sin6_addr, 16);
        stream->port[side] = ntohs(in6->sin6_port);
        stream->is_ipv6 = 1;
    } else {
        const struct sockaddr_in *in = (const void *)address;
        memcpy(stream->address[side], &in->sin_addr, 4);
        stream->port[side] = ntohs(in->sin_port);
    }
}

void pcap_stream_open(struct pcap_stream *stream, struct pcap *pcap, int fd) {
    struct sockaddr_storage ours = {0};
    struct sockaddr_storage peer = {0};
    socklen_t ours_size = sizeof(ours);
    socklen_t peer_size = sizeof(peer);
    memset(stream, 0, sizeof(*stream));
    if (pcap == NULL || getsockname(fd, (struct sockaddr *)&ours, &ours_size) != 0 ||
        getpeername(fd, (struct sockaddr *)&peer, &peer_size) != 0) {
        return;
    }
    stream->pcap = pcap;
    take_address(stream, PCAP_OUT, &ours);
    take_address(stream, PCAP_IN, &peer);
    pcap->streams++;
    stream->sequence[PCAP_OUT] = pcap->streams << 20;
    stream->sequence[PCAP_IN] = pcap->streams << 20 | 0x80000000U;
    put_segment(stream, PCAP_OUT, TCP_SYN, 0);
    put_segment(stream, PCAP_IN, TCP_SYN | TCP_ACK, 0);
    put_segment(stream, PCAP_OUT, TCP_ACK, 0);
}

void pcap_stream_flush(struct pcap_stream *stream) {
    size_t pending = stream->pending;
    stream->pending = 0;
    if (stream->pcap != NULL && pending != 0) {
        put_segment(stream, stream->direction, TCP_PSH | TCP_ACK, pending);
    }
}

void pcap_stream_data(struct pcap_stream *stream, unsigned direction, const struct iovec *iov,
                      size_t size) {
    if (stream->pcap == NULL) {
        return;
    }
    size_t header = header_size(stream);
    size_t offset = 0; /* within the vector's current entry */
    stream->direction = direction;
    while (size > 0) {
        size_t room = MAX_PACKET - header - stream->pending;
        size_t piece = iov->iov_len - offset;
        piece = piece < size ? piece : size;
        piece = piece < room ? piece : room;
        memcpy(stream->pcap->packet + header + stream->pending, (uint8_t *)iov->iov_base + offset,
               piece);
        stream->pending += piece;
        size -= piece;
        offset += piece;
        if (offset == iov->iov_len) {
            iov++;
            offset = 0;
        }
        if (stream->pending == MAX_PACKET - header) {
            pcap_stream_flush(stream);
        }
    }
}

void pcap_stream_close(struct pcap_stream *stream, unsigned direction) {
    if (stream->pcap == NULL) {
        return;
    }
    put_segment(stream, direction, TCP_FIN | TCP_ACK, 0);
    put_segment(stream, 1 - direction, TCP_FIN | TCP_ACK, 0);
    put_segment(stream, direction, TCP_ACK, 0);
    fflush(stream->pcap->file);
    stream->pcap = NULL;
}
