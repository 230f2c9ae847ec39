/* A capture file of what goes over the wire, in packets made up from the stream's bytes. */
#ifndef EXAMPLE_PCAP_H
#define EXAMPLE_PCAP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct pcap;

/* Directions of a packet, also indexes of pcap_stream.sequence. */
enum { PCAP_OUT = 0, PCAP_IN = 1 };

/* One TCP connection in the capture. */
struct pcap_stream {
    struct pcap *pcap;      /* NULL: nothing is recorded */
    uint32_t is_ipv6;       /* which addresses the headers have */
    uint8_t address[2][16]; /* ours, the peer's */
    uint16_t port[2];       /* ours, the peer's */
    uint32_t sequence[2];   /* next sequence number: ours, the peer's */
    unsigned direction;     /* of what is pending */
    size_t pending;         /* payload bytes gathered for the next packet */
};

/* Creates a capture file; NULL after a failure, which has been told. */
struct pcap *pcap_create(const char *path);

/* Ends the file; returns 0, or -1 when it could not be written whole. NULL is fine. */
int pcap_finish(struct pcap *pcap);

/* Records the handshake of a connected socket. */
void pcap_stream_open(struct pcap_stream *stream, struct pcap *pcap, int fd);

/*
 * Records the first size bytes of a vector. What is recorded in one burst becomes one packet, as
 * on a real wire, until pcap_stream_flush(); only one stream may have something pending.
 */
void pcap_stream_data(struct pcap_stream *stream, unsigned direction, const struct iovec *iov,
                      size_t size);

/* Ends the burst: what is pending becomes a packet. */
void pcap_stream_flush(struct pcap_stream *stream);

/* Records the end of the connection; direction tells who closed first. */
void pcap_stream_close(struct pcap_stream *stream, unsigned direction);

#endif
