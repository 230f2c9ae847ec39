/* Contracts of the reader (lib/base/reader.c): every address it reads lies within what it was
 * given, however long that is, and it says what it read. */
#include "base/reader.h"

#include "contracts.h"

/*@ predicate sound(struct reader *r) =
        r->position <= r->size &&
        (r->size > 0 ==> \valid_read(r->data + (0 .. r->size - 1)) &&
                         \separated(r, r->data + (0 .. r->size - 1))); */

/* Whether the reader had `count` bytes before the call, and where they began. */
#define HAD(count) (!\old(reader->failed) && (count) <= \old(reader->size - reader->position))
#define AT (reader->data + \old(reader->position))

/* What every read of `count` bytes promises. */
/* clang-format off */
#define READS(count) \
    requires \valid(reader) && sound(reader); \
    assigns reader->position, reader->failed; \
    ensures sound(reader); \
    ensures reader->failed <==> !HAD(count); \
    ensures reader->position == \old(reader->position) + (HAD(count) ? count : 0)
/* clang-format on */

/*@ requires \valid_read(reader) && sound(reader);
    assigns \nothing;
    ensures \result == (reader->failed ? 0 : reader->size - reader->position); */
size_t sanscsi_reader_left(const struct reader *reader);

/*@ requires size > 0;
    READS(size);
    ensures HAD(size) ==> \result == AT;
    ensures !HAD(size) ==> \result == \null; */
static const uint8_t *advance(struct reader *reader, size_t size);

/*@ READS(1);
    ensures \result == (HAD(1) ? AT[0] : 0); */
uint8_t sanscsi_reader_u8(struct reader *reader);

/*@ READS(2);
    ensures \result == (HAD(2) ? BE16(AT) : 0); */
uint16_t sanscsi_reader_be16(struct reader *reader);

/*@ READS(3);
    ensures \result == (HAD(3) ? BE24(AT) : 0); */
uint32_t sanscsi_reader_be24(struct reader *reader);

/*@ READS(4);
    ensures \result == (HAD(4) ? BE32(AT) : 0); */
uint32_t sanscsi_reader_be32(struct reader *reader);

/*@ READS(8);
    ensures \result == (HAD(8) ? BE64(AT) : 0); */
uint64_t sanscsi_reader_be64(struct reader *reader);

/*@ assigns \nothing;
    ensures \result.size == size; */
static inline struct span span_of(const void *data, size_t size);

/*@ requires \valid(reader) && sound(reader);
    assigns reader->position, reader->failed;
    ensures sound(reader);
    ensures reader->failed <==> \old(reader->failed) || !(size == 0 || HAD(size));
    ensures reader->position == \old(reader->position) + \result.size;
    ensures \result.size == (HAD(size) ? size : 0); */
struct span sanscsi_reader_take(struct reader *reader, size_t size);

/*@ requires \valid(reader) && sound(reader);
    assigns reader->position, reader->failed;
    ensures sound(reader);
    ensures reader->failed <==> \old(reader->failed) || !(size == 0 || HAD(size));
    ensures reader->position ==
            \old(reader->position) + (HAD(size) ? size : 0); */
void sanscsi_reader_skip(struct reader *reader, size_t size);

#include "wp_bytes.c"

#include "../../lib/base/reader.c"
