/* A cursor over bytes from a peer: every read is checked, a read past the end sticks as an error.
 */
#ifndef SANSCSI_BASE_READER_H
#define SANSCSI_BASE_READER_H

#include "base/span.h"

struct reader {
    const uint8_t *data;
    size_t size;
    size_t position; /* never beyond size */
    bool failed;     /* sticky: a read wanted more than there was */
};

void sanscsi_reader_init(struct reader *reader, const void *data, size_t size);

/* Bytes not read yet; 0 once failed. */
size_t sanscsi_reader_left(const struct reader *reader);

/* Each returns 0 (an empty span) and fails the reader when the bytes are not there. */
uint8_t sanscsi_reader_u8(struct reader *reader);
uint16_t sanscsi_reader_be16(struct reader *reader);
uint32_t sanscsi_reader_be24(struct reader *reader);
uint32_t sanscsi_reader_be32(struct reader *reader);
uint64_t sanscsi_reader_be64(struct reader *reader);
struct span sanscsi_reader_take(struct reader *reader, size_t size);
void sanscsi_reader_skip(struct reader *reader, size_t size);

/* Takes bytes up to the next `delimiter` and steps over it; false, with nothing taken and the
 * reader unharmed, when there is no delimiter. */
bool sanscsi_reader_until(struct reader *reader, uint8_t delimiter, struct span *taken);

#endif
