/* Contract of walking additional header segments (lib/wire/ahs.c): whatever the bytes say, a
 * segment that is handed out lies within them, and each begins on a word. */
#include "wp_reader.c"

#include "base/checked.h"
#include "wire/ahs.h"

/*@ requires \valid(reader) && sound(reader) && \valid(type) && \valid(specific);
    requires \separated(reader, type, specific);
    requires reader->size > 0 ==>
             \separated(type, reader->data + (0 .. reader->size - 1)) &&
             \separated(specific, reader->data + (0 .. reader->size - 1));
    assigns *reader, *type, *specific;
    ensures sound(reader);
    ensures \result == AHS_OK || \result == AHS_END || \result == AHS_MALFORMED;
    ensures \result == AHS_END ==> reader->position == reader->size;
    ensures \result == AHS_MALFORMED <==> reader->failed;
    ensures \result == AHS_OK ==> *type <= 0x3f;
    ensures \result == AHS_OK ==> reader->position >= \old(reader->position) + 3 + specific->size;
    ensures \result == AHS_OK ==> (reader->position - \old(reader->position)) % 4 == 0; */
enum ahs_result sanscsi_ahs_next(struct reader *reader, uint8_t *type, struct span *specific);

/*@ assigns \nothing;
    ensures \result < 4 && (length + \result) % 4 == 0; */
static inline uint32_t pad_length(uint32_t length);

#include "../../lib/wire/ahs.c"
