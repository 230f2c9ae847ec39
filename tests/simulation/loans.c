/* Lent buffers and their guards. */
#include "simulation/loans.h"

#include <stdlib.h>
#include <string.h>

enum { GUARD = 0xa7, FRESH = 0x5c, RETURNED = 0x3d };

void lender_init(struct lender *lender, uint32_t blocks) {
    memset(lender->loans, 0, sizeof(lender->loans));
    lender->blocks = blocks;
    /* Two lists of data, and sense data, each piece with its guards. */
    lender->room = (size_t)2 * blocks * MODEL_BLOCK +
                   (size_t)(2 * LOAN_PIECES + 2) * (LOAN_GUARD + 16u) + LOAN_SENSE;
    lender->memory = malloc(LOANS * lender->room);
    if (lender->memory == NULL) {
        abort();
    }
}

void lender_free(struct lender *lender) {
    free(lender->memory);
}

static uint8_t *room_of(const struct lender *lender, uint32_t index) {
    return lender->memory + index * lender->room;
}

static bool all_are(const uint8_t *bytes, size_t size, uint8_t value) {
    return size == 0 || (bytes[0] == value && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* Appends a piece with a guard behind it. */
static uint8_t *add_piece(struct loan *loan, uint8_t *room, uint32_t size) {
    uint8_t *piece = room + loan->used;
    memset(piece, FRESH, size);
    memset(piece + size, GUARD, LOAN_GUARD);
    loan->used += size + LOAN_GUARD;
    return piece;
}

static void add_list(struct loan *loan, uint8_t *room, struct loan_list *list, uint32_t length,
                     uint32_t pieces, struct dice *dice) {
    list->count = 0;
    list->length = length;
    uint32_t most = length == 0 ? 0 : dice_between(dice, 1, pieces);
    for (uint32_t left = length; left > 0;) {
        uint32_t size = left;
        if (list->count + 1 < most) {
            size = (uint32_t)dice_scale(dice, 0, left);
        }
        list->pieces[list->count].data = add_piece(loan, room, size);
        list->pieces[list->count].size = size;
        list->count++;
        left -= size;
    }
}

bool loan_make(struct lender *lender, struct dice *dice, uint32_t index, uint32_t out_length,
               uint32_t in_length, uint32_t pieces) {
    struct loan *loan = &lender->loans[index];
    uint8_t *room = room_of(lender, index);
    bool clean = all_are(room, loan->used, RETURNED);
    memset(room, GUARD, LOAN_GUARD);
    loan->used = LOAN_GUARD + dice_below(dice, 16); /* any alignment */
    memset(room, GUARD, loan->used);
    add_list(loan, room, &loan->out, out_length, pieces, dice);
    add_list(loan, room, &loan->in, in_length, pieces, dice);
    loan->sense = add_piece(loan, room, LOAN_SENSE);
    loan->lent = true;
    return clean;
}

static bool list_guarded(const struct loan_list *list) {
    for (uint32_t i = 0; i < list->count; i++) {
        const uint8_t *piece = list->pieces[i].data;
        if (!all_are(piece + list->pieces[i].size, LOAN_GUARD, GUARD)) {
            return false;
        }
    }
    return true;
}

bool loan_end(struct lender *lender, uint32_t index) {
    struct loan *loan = &lender->loans[index];
    uint8_t *room = room_of(lender, index);
    bool good = all_are(room, LOAN_GUARD, GUARD) && list_guarded(&loan->out) &&
                list_guarded(&loan->in) && all_are(loan->sense + LOAN_SENSE, LOAN_GUARD, GUARD);
    memset(room, RETURNED, loan->used);
    loan->lent = false;
    return good;
}

void loan_fill(const struct loan_list *list, const uint8_t *bytes) {
    for (uint32_t i = 0; i < list->count; i++) {
        memcpy(list->pieces[i].data, bytes, list->pieces[i].size);
        bytes += list->pieces[i].size;
    }
}

void loan_read(const struct loan_list *list, uint8_t *bytes) {
    for (uint32_t i = 0; i < list->count; i++) {
        memcpy(bytes, list->pieces[i].data, list->pieces[i].size);
        bytes += list->pieces[i].size;
    }
}

bool loan_untouched(struct lender *lender, const struct loan_list *list, uint32_t offset,
                    uint32_t size) {
    loan_read(list, lender->flat);
    return all_are(lender->flat + offset, size, FRESH);
}

bool loan_sense_untouched(const struct loan *loan, uint32_t used) {
    return all_are(loan->sense + used, LOAN_SENSE - used, FRESH);
}

static bool within(const uint8_t *piece, size_t piece_size, const uint8_t *at, size_t size) {
    return at >= piece && size <= piece_size && (size_t)(at - piece) <= piece_size - size;
}

bool lender_allows(const struct lender *lender, const void *data, size_t size, bool receive) {
    uintptr_t at = (uintptr_t)data;
    uintptr_t begin = (uintptr_t)lender->memory;
    if (at + size <= begin || at >= begin + LOANS * lender->room) {
        return true;
    }
    const struct loan *loan = &lender->loans[(at - begin) / lender->room];
    const struct loan_list *list = receive ? &loan->in : &loan->out;
    for (uint32_t i = 0; loan->lent && i < list->count; i++) {
        if (within(list->pieces[i].data, list->pieces[i].size, data, size)) {
            return true;
        }
    }
    return false;
}
