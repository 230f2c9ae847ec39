/* Additional header segments: written behind a SCSI Command, walked behind any header. */
#ifndef SANSCSI_WIRE_AHS_H
#define SANSCSI_WIRE_AHS_H

#include "base/builder.h"
#include "base/reader.h"

#define CDB_IN_BHS 16u /* bytes of a CDB that the basic header holds */

/* RFC 7143 11.2.2.1. */
enum ahs_type { AHS_EXTENDED_CDB = 1, AHS_BIDIRECTIONAL_READ_LENGTH = 2 };

/* TotalAHSLength for a command: in 4-byte words, 0 for a CDB of up to 16 bytes that moves data in
 * one direction. More than 255 does not fit the header and cannot be sent. */
uint32_t sanscsi_ahs_words(size_t cdb_length, bool bidirectional);

/* The same for one direction; most CDBs fit the basic header. */
static inline uint32_t ahs_words_of_cdb(size_t cdb_length) {
    return cdb_length <= CDB_IN_BHS ? 0 : sanscsi_ahs_words(cdb_length, false);
}

/* Puts the bytes of a whole CDB from the 17th on (RFC 7143 11.2.2.3). False for a CDB of up to 16
 * bytes or of more than all additional segments together may hold, and when the builder has no
 * room; nothing is written then. */
bool sanscsi_ahs_put_extended_cdb(struct builder *builder, struct span cdb);

/* Puts the Bidirectional Read Expected Data Transfer Length (RFC 7143 11.2.2.4). False, with
 * nothing written, when the builder has no room. */
bool sanscsi_ahs_put_bidi_read_length(struct builder *builder, uint32_t length);

enum ahs_result {
    AHS_OK,       /* *type and *specific are set */
    AHS_END,      /* the reader was at its end */
    AHS_MALFORMED /* a segment reaches beyond the end; so will every later call say */
};

/* Takes the next segment from a reader over all TotalAHSLength * 4 bytes. `type` is the code
 * without the reserved bits, of any value; `specific` is borrowed from the reader's bytes: the
 * AHSLength bytes behind the type, which in both known types begin with a reserved byte. */
enum ahs_result sanscsi_ahs_next(struct reader *reader, uint8_t *type, struct span *specific);

#endif
