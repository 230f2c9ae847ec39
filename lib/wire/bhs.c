/* The fields that have one place in every basic header segment (RFC 7143 11.2.1). */
#include "wire/bhs.h"

#include "base/bytes.h"

void sanscsi_bhs_peek(struct bhs_common *common, const uint8_t bhs[BHS_SIZE]) {
    common->opcode = bhs[0] & OPCODE_MASK;
    common->immediate = (bhs[0] & FLAG_IMMEDIATE) != 0;
    common->final = (bhs[1] & FLAG_FINAL) != 0;
    common->total_ahs_length = bhs[4];
    common->data_segment_length = load_be24(bhs + 5);
    common->itt = load_be32(bhs + 16);
}
