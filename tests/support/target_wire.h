/* PDUs at a target: framing of the stream both ways, and what every PDU of an initiator must obey
 * in its header (RFC 7143 11). */
#ifndef SANSCSI_TESTS_TARGET_WIRE_H
#define SANSCSI_TESTS_TARGET_WIRE_H

#include <stdbool.h>

#include "support/target_bytes.h"

#define TARGET_NO_TAG UINT32_C(0xffffffff)

/* One PDU as it lies in the stream. */
struct target_pdu {
    const uint8_t *bhs;
    const uint8_t *ahs;
    const uint8_t *data;
    uint32_t length;      /* of the data segment */
    size_t total;         /* with digests and padding */
    const char *violated; /* a wrong digest or padding, or NULL */
};

/* Finds the first PDU of the stream; false until it is whole. */
bool target_find_pdu(const struct bytes *in, bool header_digest, bool data_digest,
                     struct target_pdu *pdu);

/* Appends a PDU with its DataSegmentLength, padding and digests; words of AHS that it claims are
 * zeros. */
void target_add_pdu(struct bytes *out, uint8_t bhs[48], const void *data, uint32_t length,
                    bool header_digest, bool data_digest);

/* What the header of a request must look like. */
struct target_rule {
    uint8_t opcode;
    bool immediate_allowed;
    bool numbered; /* has a CmdSN */
    bool data;
    uint8_t flags;        /* bits of byte 1 that may be set */
    uint8_t fixed;        /* bits of byte 1 that must be */
    uint8_t reserved[16]; /* pairs of first byte and count that are 0, ended by a count of 0 */
};

/* By the opcode of a header in full feature phase; NULL for one that no initiator sends. */
const struct target_rule *target_find_rule(const uint8_t *bhs);

/* The rule that a header breaks, or NULL; `limit`: our MaxRecvDataSegmentLength. */
const char *target_check_header(const struct target_rule *rule, const uint8_t *bhs, uint32_t limit);

#endif
