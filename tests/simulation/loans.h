/* Buffers lent to the library, each piece between guards that nobody may touch. */
#ifndef SANSCSI_TESTS_SIMULATION_LOANS_H
#define SANSCSI_TESTS_SIMULATION_LOANS_H

#include <iscsi/sanscsi.h>

#include "simulation/model.h"
#include "simulation/random.h"

#define LOANS 64u
#define LOAN_PIECES 8u
#define LOAN_BLOCKS 512u /* of the longest operation at most */
#define LOAN_BYTES (LOAN_BLOCKS * MODEL_BLOCK)
#define LOAN_GUARD 16u
#define LOAN_SENSE 40u /* room for sense data */

struct loan_list {
    sanscsi_iovec pieces[LOAN_PIECES];
    uint32_t count;
    uint32_t length;
};

struct loan {
    bool lent; /* the library may use it */
    uint32_t used;
    struct loan_list out;
    struct loan_list in;
    uint8_t *sense;
};

struct lender {
    uint32_t blocks; /* of the longest operation */
    size_t room;     /* bytes of one loan */
    uint8_t *memory; /* LOANS times that */
    struct loan loans[LOANS];
    uint8_t flat[LOAN_BYTES]; /* a list in one piece, until the next call */
};

void lender_init(struct lender *lender, uint32_t blocks);
void lender_free(struct lender *lender);

/* Makes a loan ready: lists of these lengths in random pieces, so many at most. False when
 * something was written into it since it was given back. */
bool loan_make(struct lender *lender, struct dice *dice, uint32_t index, uint32_t out_length,
               uint32_t in_length, uint32_t pieces);
/* Gives it back; false when a guard was touched. */
bool loan_end(struct lender *lender, uint32_t index);

/* Copies between a list and bytes in one piece. */
void loan_fill(const struct loan_list *list, const uint8_t *bytes);
void loan_read(const struct loan_list *list, uint8_t *bytes);

/* Whether `size` bytes behind `offset` are still as loan_make() left them. */
bool loan_untouched(struct lender *lender, const struct loan_list *list, uint32_t offset,
                    uint32_t size);

/* Likewise what lies behind `used` bytes of sense data. */
bool loan_sense_untouched(const struct loan *loan, uint32_t used);

/* Whether the library may have bytes sent from there, or received to there: they lie in a piece
 * that is lent to it, or not in any loan. */
bool lender_allows(const struct lender *lender, const void *data, size_t size, bool receive);

#endif
