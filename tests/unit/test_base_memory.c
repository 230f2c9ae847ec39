/* Tests of lib/base: arena, allocator calls, growing blocks, names of statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/status.h>

#include "base/memory.h"
#include "support/bytes.h"

#define ARENA_BYTES 16384u
#define CANARY 64u
#define PIECES 96u

/* A block at a chosen misalignment with canaries around it. */
struct arena_block {
    uint8_t *memory;
    uint8_t *block;
    size_t bytes;
};

static struct arena_block arena_block(size_t misalignment, size_t bytes) {
    struct arena_block made = {NULL, NULL, bytes};
    made.memory = malloc(2 * CANARY + 16 + bytes); /* aligned to 16 */
    assert_non_null(made.memory);
    memset(made.memory, 0xa5, 2 * CANARY + 16 + bytes);
    made.block = made.memory + CANARY + misalignment;
    return made;
}

static void assert_canaries(const struct arena_block *block) {
    for (const uint8_t *p = block->memory; p < block->block; p++) {
        assert_int_equal(*p, 0xa5);
    }
    for (size_t i = 0; i < CANARY; i++) {
        assert_int_equal(block->block[block->bytes + i], 0xa5);
    }
}

/* The largest piece the arena gives now. */
static size_t largest(const sanscsi_allocator *allocator) {
    size_t low = 0, high = ARENA_BYTES + 1;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        void *piece = allocator->allocate(allocator->context, middle);
        if (piece == NULL) {
            high = middle;
        } else {
            allocator->release(allocator->context, piece, middle);
            low = middle;
        }
    }
    return low;
}

struct arena_piece {
    uint8_t *data;
    size_t size;
    uint8_t fill;
};

static void assert_filled(const struct arena_piece *piece) {
    for (size_t i = 0; i < piece->size; i++) {
        assert_int_equal(piece->data[i], piece->fill);
    }
}

static void release_piece(const sanscsi_allocator *allocator, struct arena_piece *piece) {
    assert_filled(piece); /* nobody else has written there */
    allocator->release(allocator->context, piece->data, piece->size);
    piece->data = NULL;
}

static void take_piece(const sanscsi_allocator *allocator, struct arena_piece *piece, size_t size,
                       uint8_t fill, const struct arena_block *block) {
    piece->data = allocator->allocate(allocator->context, size);
    if (piece->data == NULL) {
        return;
    }
    assert_int_equal((uintptr_t)piece->data % 16, 0);
    assert_true(piece->data >= block->block);
    assert_true(piece->data + size <= block->block + block->bytes);
    piece->size = size;
    piece->fill = fill;
    memset(piece->data, fill, size);
}

static void churn(const sanscsi_allocator *allocator, const struct arena_block *block,
                  const sanscsi_arena *arena, uint32_t seed) {
    struct arena_piece pieces[PIECES] = {{NULL, 0, 0}};
    size_t peak = 0;
    unsigned refused = 0;
    for (unsigned step = 0; step < 20000; step++) {
        struct arena_piece *piece = &pieces[random_below(&seed, PIECES)];
        if (piece->data != NULL) {
            release_piece(allocator, piece);
        } else {
            size_t size = 1 + random_below(&seed, random_below(&seed, 8) == 0 ? 3000 : 200);
            take_piece(allocator, piece, size, (uint8_t)step, block);
            refused += piece->data == NULL;
        }
        size_t used = 0;
        for (unsigned i = 0; i < PIECES; i++) {
            used += pieces[i].data == NULL ? 0 : (pieces[i].size + 15) / 16 * 16;
        }
        peak = used > peak ? used : peak;
        assert_int_equal(sanscsi_arena_used(arena), used);
        assert_true(sanscsi_arena_peak(arena) >= peak);
    }
    assert_true(refused > 0); /* it was full at times */
    for (unsigned i = 0; i < PIECES; i++) {
        if (pieces[i].data != NULL) {
            release_piece(allocator, &pieces[i]);
        }
    }
}

static void an_arena_survives_random_use_and_becomes_whole_again(void **state) {
    (void)state;
    for (size_t misalignment = 0; misalignment < 16; misalignment += 5) {
        struct arena_block block = arena_block(misalignment, ARENA_BYTES);
        sanscsi_arena *arena = NULL;
        sanscsi_allocator allocator;
        assert_int_equal(sanscsi_arena_new(block.block, block.bytes, &arena), SANSCSI_OK);
        assert_int_equal(sanscsi_arena_allocator(arena, &allocator), SANSCSI_OK);
        assert_int_equal(allocator.size, sizeof(allocator));
        size_t whole = largest(&allocator);
        assert_in_range(whole, ARENA_BYTES - 64, ARENA_BYTES);
        churn(&allocator, &block, arena, 1 + (uint32_t)misalignment);
        assert_int_equal(sanscsi_arena_used(arena), 0);
        assert_int_equal(largest(&allocator), whole);
        assert_canaries(&block);
        free(block.memory);
    }
}

static void every_order_of_release_joins_the_pieces(void **state) {
    (void)state;
    for (unsigned order = 0; order < 24; order++) { /* of four pieces */
        struct arena_block block = arena_block(0, 512);
        sanscsi_arena *arena = NULL;
        sanscsi_allocator allocator;
        void *pieces[4];
        unsigned left[4] = {0, 1, 2, 3};
        assert_int_equal(sanscsi_arena_new(block.block, block.bytes, &arena), SANSCSI_OK);
        assert_int_equal(sanscsi_arena_allocator(arena, &allocator), SANSCSI_OK);
        size_t whole = largest(&allocator);
        for (unsigned i = 0; i < 4; i++) {
            pieces[i] = allocator.allocate(allocator.context, 48);
            assert_non_null(pieces[i]);
        }
        unsigned code = order;
        for (unsigned count = 4; count > 0; count--) {
            unsigned pick = code % count;
            code /= count;
            allocator.release(allocator.context, pieces[left[pick]], 48);
            memmove(left + pick, left + pick + 1, (count - pick - 1) * sizeof(left[0]));
        }
        assert_int_equal(largest(&allocator), whole);
        assert_canaries(&block);
        free(block.memory);
    }
}

static void small_blocks_are_refused_or_respected(void **state) {
    (void)state;
    unsigned made = 0;
    for (size_t misalignment = 0; misalignment < 16; misalignment++) {
        for (size_t bytes = 0; bytes < 128; bytes++) {
            struct arena_block block = arena_block(misalignment, bytes);
            sanscsi_arena *arena = NULL;
            sanscsi_allocator allocator;
            int32_t status = sanscsi_arena_new(block.block, bytes, &arena);
            if (status == SANSCSI_OK) {
                made++;
                assert_int_equal(sanscsi_arena_allocator(arena, &allocator), SANSCSI_OK);
                struct arena_piece piece = {NULL, 0, 0};
                take_piece(&allocator, &piece, largest(&allocator), 1, &block);
                assert_non_null(piece.data);
                assert_null(allocator.allocate(allocator.context, 1));
            } else {
                assert_int_equal(status, SANSCSI_BUFFER_TOO_SMALL);
                assert_null(arena);
            }
            assert_canaries(&block);
            free(block.memory);
        }
    }
    assert_true(made > 0);
}

static void an_arena_refuses_what_cannot_be(void **state) {
    (void)state;
    uint64_t memory[64];
    sanscsi_arena *arena = NULL;
    sanscsi_allocator allocator;
    assert_int_equal(sanscsi_arena_new(NULL, 512, &arena), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_arena_new(memory, 512, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_arena_new(memory, sizeof(memory), &arena), SANSCSI_OK);
    assert_int_equal(sanscsi_arena_allocator(NULL, &allocator), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_arena_allocator(arena, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_arena_allocator(arena, &allocator), SANSCSI_OK);
    static const size_t sizes[] = {
        0, sizeof(memory), SIZE_MAX, SIZE_MAX - 14, SIZE_MAX - 16, SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_null(allocator.allocate(allocator.context, sizes[i]));
    }
    assert_int_equal(sanscsi_arena_used(arena), 0);
    assert_int_equal(sanscsi_arena_used(NULL), 0);
    assert_int_equal(sanscsi_arena_peak(NULL), 0);
}

static void allocated_memory_is_zero(void **state) {
    (void)state;
    struct counting counting;
    counting_init(&counting); /* hands out memory full of 0xd7 */
    uint8_t *memory = sanscsi_allocate(&counting.allocator, 100);
    assert_non_null(memory);
    static const uint8_t zeros[100];
    assert_memory_equal(memory, zeros, 100);
    sanscsi_release(&counting.allocator, memory, 100);
    sanscsi_release(&counting.allocator, NULL, 100);
    counting.fail_at = 2;
    assert_null(sanscsi_allocate(&counting.allocator, 100));
    assert_int_equal(counting.blocks, 0);
    const sanscsi_allocator *hosted = sanscsi_default_allocator();
    assert_non_null(hosted);
    memory = sanscsi_allocate(hosted, 7);
    assert_non_null(memory);
    assert_memory_equal(memory, zeros, 7);
    sanscsi_release(hosted, memory, 7);
}

static void a_block_grows_up_to_its_limit(void **state) {
    (void)state;
    struct counting counting;
    counting_init(&counting);
    struct growing block = {NULL, 0, 0};
    uint32_t seed = 3;
    uint8_t model[5000];
    random_fill(&seed, model, sizeof(model));
    while (block.size < sizeof(model)) {
        size_t more = 1 + random_below(&seed, 300);
        size_t left = sizeof(model) - block.size;
        more = more > left ? left : more;
        assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, more, sizeof(model)),
                         SANSCSI_OK);
        assert_in_range(block.capacity, block.size + more, sizeof(model));
        memcpy(block.data + block.size, model + block.size, more);
        block.size += more;
    }
    assert_memory_equal(block.data, model, sizeof(model));
    assert_in_range(counting.calls, 2, 6); /* it doubles */
    assert_int_equal(counting.bytes, block.capacity);
    assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 0, sizeof(model)),
                     SANSCSI_OK);
    assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 1, sizeof(model)),
                     SANSCSI_TOO_LARGE);
    assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, SIZE_MAX, SIZE_MAX),
                     SANSCSI_TOO_LARGE);
    assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 0, 10),
                     SANSCSI_TOO_LARGE); /* the limit was lowered */
    assert_memory_equal(block.data, model, sizeof(model));
    sanscsi_growing_release(&block, &counting.allocator);
    assert_int_equal(counting.blocks, 0);
    assert_null(block.data);
    assert_int_equal(block.capacity, 0);
    sanscsi_growing_release(&block, &counting.allocator);
}

/* Small limits, and limits that doubling from the first block would miss or pass by. */
static void growing_never_passes_the_limit(void **state) {
    (void)state;
    static const size_t limits[] = {1, 100, 1023, 1024, 1025, 1500, 2047, 2048, 2049, 3000, 100000};
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct counting counting;
        counting_init(&counting);
        struct growing block = {NULL, 0, 0};
        while (block.size < limits[i]) {
            assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 1, limits[i]),
                             SANSCSI_OK);
            assert_in_range(block.capacity, block.size + 1, limits[i]);
            block.size++;
        }
        assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 1, limits[i]),
                         SANSCSI_TOO_LARGE);
        sanscsi_growing_release(&block, &counting.allocator);
        assert_int_equal(counting.blocks, 0);
    }
}

static void growing_without_memory_changes_nothing(void **state) {
    (void)state;
    struct counting counting;
    counting_init(&counting);
    struct growing block = {NULL, 0, 0};
    counting.fail_at = 1;
    assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 4, 9000),
                     SANSCSI_NO_MEMORY);
    assert_null(block.data);
    assert_int_equal(block.capacity, 0);
    assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 4, 9000), SANSCSI_OK);
    memcpy(block.data, "kept", 4);
    block.size = 4;
    struct growing before = block;
    counting.fail_at = counting.calls + 1;
    assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 8000, 9000),
                     SANSCSI_NO_MEMORY);
    assert_ptr_equal(block.data, before.data);
    assert_int_equal(block.capacity, before.capacity);
    assert_memory_equal(block.data, "kept", 4);
    assert_int_equal(sanscsi_growing_reserve(&block, &counting.allocator, 8000, 9000), SANSCSI_OK);
    assert_memory_equal(block.data, "kept", 4);
    sanscsi_growing_release(&block, &counting.allocator);
    assert_int_equal(counting.blocks, 0);
}

#define STATUS(name)                                                                               \
    { SANSCSI_##name, "SANSCSI_" #name }

static void every_status_has_its_name(void **state) {
    (void)state;
    static const struct {
        int32_t status;
        const char *name;
    } statuses[] = {
        STATUS(OK),
        STATUS(INVALID_ARGUMENT),
        STATUS(INVALID_NAME),
        STATUS(INVALID_ADDRESS),
        STATUS(INVALID_URL),
        STATUS(INVALID_LUN),
        STATUS(UNKNOWN_KEY),
        STATUS(INVALID_VALUE),
        STATUS(UNKNOWN_CONNECTION),
        STATUS(UNKNOWN_TASK),
        STATUS(TOO_LARGE),
        STATUS(BUFFER_TOO_SMALL),
        STATUS(UNKNOWN_EVENT),
        STATUS(WEAK_SECRET),
        STATUS(SHARED_SECRET),
        STATUS(NOT_SUPPORTED),
        STATUS(NOT_CONNECTED),
        STATUS(NOT_LOGGED_IN),
        STATUS(IN_TRANSITION),
        STATUS(NO_FREE_TASK),
        STATUS(TOO_MANY_SESSIONS),
        STATUS(ALREADY_STARTED),
        STATUS(WRONG_SESSION_TYPE),
        STATUS(NOT_ASKED_FOR),
        STATUS(NOT_NEGOTIATED),
        STATUS(PROTOCOL_ERROR),
        STATUS(MALFORMED),
        STATUS(TRUNCATED),
        STATUS(NO_MEMORY),
    };
    size_t count = sizeof(statuses) / sizeof(statuses[0]);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(sanscsi_status_name(statuses[i].status), statuses[i].name);
        const char *text = sanscsi_status_text(statuses[i].status);
        assert_true(strlen(text) > 4);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(text, sanscsi_status_text(statuses[j].status));
        }
    }
    size_t known = 0;
    for (int32_t status = -1000; status <= 1000; status++) {
        known += strcmp(sanscsi_status_name(status), "SANSCSI_UNKNOWN_STATUS") != 0;
        assert_non_null(sanscsi_status_text(status));
    }
    assert_int_equal(known, count); /* the list above is whole */
    assert_string_equal(sanscsi_status_name(INT32_MIN), "SANSCSI_UNKNOWN_STATUS");
    assert_string_equal(sanscsi_status_name(INT32_MAX), "SANSCSI_UNKNOWN_STATUS");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_survives_random_use_and_becomes_whole_again),
        cmocka_unit_test(every_order_of_release_joins_the_pieces),
        cmocka_unit_test(small_blocks_are_refused_or_respected),
        cmocka_unit_test(an_arena_refuses_what_cannot_be),
        cmocka_unit_test(allocated_memory_is_zero),
        cmocka_unit_test(a_block_grows_up_to_its_limit),
        cmocka_unit_test(growing_never_passes_the_limit),
        cmocka_unit_test(growing_without_memory_changes_nothing),
        cmocka_unit_test(every_status_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
