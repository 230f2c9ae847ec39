/* Every CDB as the standards lay it out, by tables of its fields, against what the builders make.
 */
#include <string.h>

#include <iscsi/sanscsi.h>

#include "scsi.h"

enum { CDB = 16, ARGUMENTS = 6, FIELDS = 6, FILL = 0x6b };
/* Kinds of fields: plain numbers, or flags that are or-ed into a byte. */
enum { LBA = ARGUMENTS, FLAGS };

struct arguments {
    uint64_t lba;
    uint32_t flags;
    uint32_t a[ARGUMENTS];
};

/* A number of so many bits, whose lowest bit is bit `shift` of byte `last`; bits 0: no field. For
 * flags, `bits` is the mask of those that there are. */
struct field {
    uint8_t argument, last, shift, bits;
};

struct layout {
    uint32_t (*build)(uint8_t *cdb, const struct arguments *g);
    uint8_t length, opcode, action; /* action: the fixed bits of byte 1 */
    struct field fields[FIELDS];
};

#define BUILDER(name, ...)                                                                         \
    static uint32_t build_##name(uint8_t *cdb, const struct arguments *g) {                        \
        (void)g;                                                                                   \
        return sanscsi_cdb_##name(cdb __VA_ARGS__);                                                \
    }
#define BLOCKS(name) BUILDER(name, , g->lba, g->a[0], g->flags)
#define PLAIN(name) BUILDER(name, )
#define ONE(name) BUILDER(name, , g->a[0])
#define TWO(name) BUILDER(name, , g->a[0], g->a[1])
#define THREE(name) BUILDER(name, , g->a[0], g->a[1], g->a[2])

PLAIN(test_unit_ready)
PLAIN(read_capacity10)
PLAIN(reserve6)
PLAIN(release6)
PLAIN(reserve10)
PLAIN(release10)
ONE(read_capacity16)
ONE(prevent_allow)
ONE(extended_copy_lid1)
ONE(extended_copy_lid4)
ONE(copy_abort)
TWO(request_sense)
TWO(report_luns)
TWO(populate_token)
TWO(write_using_token)
TWO(receive_diagnostic)
TWO(report_port_groups)
TWO(persistent_reserve_in)
THREE(inquiry)
THREE(persistent_reserve_out)
BLOCKS(read6)
BLOCKS(read10)
BLOCKS(read12)
BLOCKS(read16)
BLOCKS(write6)
BLOCKS(write10)
BLOCKS(write12)
BLOCKS(write16)
BLOCKS(synchronize_cache10)
BLOCKS(synchronize_cache16)
BLOCKS(write_same10)
BLOCKS(write_same16)
BLOCKS(compare_and_write)
BLOCKS(verify10)
BLOCKS(verify12)
BLOCKS(verify16)
BLOCKS(write_and_verify10)
BLOCKS(write_and_verify12)
BLOCKS(write_and_verify16)
BLOCKS(prefetch10)
BLOCKS(prefetch16)
BLOCKS(orwrite16)
BUILDER(write_atomic16, , g->lba, g->a[0], g->a[1], g->flags)
BUILDER(get_lba_status, , g->lba, g->a[0])
BUILDER(mode_sense6, , g->flags, g->a[0], g->a[1], g->a[2], g->a[3])
BUILDER(mode_sense10, , g->flags, g->a[0], g->a[1], g->a[2], g->a[3])
BUILDER(unmap, , g->flags, g->a[0])
BUILDER(start_stop, , g->a[0], g->a[1], g->a[2], g->flags)
BUILDER(sanitize, , g->a[0], g->flags, g->a[1])
BUILDER(log_sense, , g->a[0], g->a[1], g->a[2], g->a[3], g->a[4], g->a[5])
BUILDER(mode_select6, , g->flags, g->a[0])
BUILDER(mode_select10, , g->flags, g->a[0])
BUILDER(read_buffer, , g->a[0], g->a[1], g->a[2], g->a[3], g->a[4])
BUILDER(write_buffer, , g->a[0], g->a[1], g->a[2], g->a[3], g->a[4])
BUILDER(report_opcodes, , g->a[0], g->a[1], g->a[2], g->a[3], g->a[4])
BUILDER(security_in, , g->a[0], g->a[1], g->a[2], g->a[3])
BUILDER(security_out, , g->a[0], g->a[1], g->a[2], g->a[3])
BUILDER(read_toc, , g->a[0], g->a[1], g->a[2], g->a[3])

/* The usual places of LBA and number of blocks (SBC-3 5; SPC-4 4.2). */
#define BLOCKS_6                                                                                   \
    {                                                                                              \
        {LBA, 3, 0, 21}, {                                                                         \
            0, 4, 0, 8                                                                             \
        }                                                                                          \
    }
#define BLOCKS_10(mask)                                                                            \
    {                                                                                              \
        {LBA, 5, 0, 32}, {0, 8, 0, 16}, {                                                          \
            FLAGS, 1, 0, mask                                                                      \
        }                                                                                          \
    }
#define BLOCKS_12(mask)                                                                            \
    {                                                                                              \
        {LBA, 5, 0, 32}, {0, 9, 0, 32}, {                                                          \
            FLAGS, 1, 0, mask                                                                      \
        }                                                                                          \
    }
#define BLOCKS_16(mask)                                                                            \
    {                                                                                              \
        {LBA, 9, 0, 64}, {0, 13, 0, 32}, {                                                         \
            FLAGS, 1, 0, mask                                                                      \
        }                                                                                          \
    }

static const struct layout layouts[] = {
    {build_test_unit_ready, 6, 0x00, 0, {{0}}},
    {build_request_sense, 6, 0x03, 0, {{0, 1, 0, 1}, {1, 4, 0, 8}}},
    {build_inquiry, 6, 0x12, 0, {{0, 1, 0, 1}, {1, 2, 0, 8}, {2, 4, 0, 16}}},
    {build_report_luns, 12, 0xa0, 0, {{0, 2, 0, 8}, {1, 9, 0, 32}}},
    {build_read_capacity10, 10, 0x25, 0, {{0}}},
    {build_read_capacity16, 16, 0x9e, 0x10, {{0, 13, 0, 32}}},
    {build_read6, 6, 0x08, 0, BLOCKS_6},
    {build_write6, 6, 0x0a, 0, BLOCKS_6},
    {build_read10, 10, 0x28, 0, BLOCKS_10(0x18)},
    {build_write10, 10, 0x2a, 0, BLOCKS_10(0x18)},
    {build_read12, 12, 0xa8, 0, BLOCKS_12(0x18)},
    {build_write12, 12, 0xaa, 0, BLOCKS_12(0x18)},
    {build_read16, 16, 0x88, 0, BLOCKS_16(0x18)},
    {build_write16, 16, 0x8a, 0, BLOCKS_16(0x18)},
    {build_synchronize_cache10, 10, 0x35, 0, BLOCKS_10(0x02)},
    {build_synchronize_cache16, 16, 0x91, 0, BLOCKS_16(0x02)},
    {build_write_same10, 10, 0x41, 0, BLOCKS_10(0x18)},
    {build_write_same16, 16, 0x93, 0, BLOCKS_16(0x19)},
    {build_compare_and_write, 16, 0x89, 0, {{LBA, 9, 0, 64}, {0, 13, 0, 8}, {FLAGS, 1, 0, 0x18}}},
    {build_verify10, 10, 0x2f, 0, BLOCKS_10(0x16)},
    {build_verify12, 12, 0xaf, 0, BLOCKS_12(0x16)},
    {build_verify16, 16, 0x8f, 0, BLOCKS_16(0x16)},
    {build_write_and_verify10, 10, 0x2e, 0, BLOCKS_10(0x12)},
    {build_write_and_verify12, 12, 0xae, 0, BLOCKS_12(0x12)},
    {build_write_and_verify16, 16, 0x8e, 0, BLOCKS_16(0x12)},
    {build_prefetch10, 10, 0x34, 0, BLOCKS_10(0x02)},
    {build_prefetch16, 16, 0x90, 0, BLOCKS_16(0x02)},
    {build_orwrite16, 16, 0x8b, 0, BLOCKS_16(0x18)},
    {build_write_atomic16,
     16,
     0x9c,
     0,
     {{LBA, 9, 0, 64}, {0, 13, 0, 16}, {1, 11, 0, 16}, {FLAGS, 1, 0, 0x18}}},
    {build_get_lba_status, 16, 0x9e, 0x12, {{LBA, 9, 0, 64}, {0, 13, 0, 32}}},
    {build_mode_sense6,
     6,
     0x1a,
     0,
     {{FLAGS, 1, 0, 0x08}, {0, 2, 6, 2}, {1, 2, 0, 6}, {2, 3, 0, 8}, {3, 4, 0, 8}}},
    {build_mode_sense10,
     10,
     0x5a,
     0,
     {{FLAGS, 1, 0, 0x18}, {0, 2, 6, 2}, {1, 2, 0, 6}, {2, 3, 0, 8}, {3, 8, 0, 16}}},
    {build_unmap, 10, 0x42, 0, {{FLAGS, 1, 0, 0x01}, {0, 8, 0, 16}}},
    {build_start_stop, 6, 0x1b, 0, {{0, 1, 0, 1}, {1, 4, 4, 4}, {2, 3, 0, 4}, {FLAGS, 4, 0, 0x07}}},
    {build_prevent_allow, 6, 0x1e, 0, {{0, 4, 0, 2}}},
    {build_sanitize, 10, 0x48, 0, {{0, 1, 0, 5}, {FLAGS, 1, 0, 0xa0}, {1, 8, 0, 16}}},
    {build_extended_copy_lid1, 16, 0x83, 0x00, {{0, 13, 0, 32}}},
    {build_extended_copy_lid4, 16, 0x83, 0x01, {{0, 13, 0, 32}}},
    {build_copy_abort, 16, 0x83, 0x1c, {{0, 5, 0, 32}}},
    {build_populate_token, 16, 0x83, 0x10, {{0, 9, 0, 32}, {1, 13, 0, 32}}},
    {build_write_using_token, 16, 0x83, 0x11, {{0, 9, 0, 32}, {1, 13, 0, 32}}},
    {build_log_sense,
     10,
     0x4d,
     0,
     {{0, 1, 0, 1}, {1, 2, 6, 2}, {2, 2, 0, 6}, {3, 3, 0, 8}, {4, 6, 0, 16}, {5, 8, 0, 16}}},
    {build_mode_select6, 6, 0x15, 0, {{FLAGS, 1, 0, 0x11}, {0, 4, 0, 8}}},
    {build_mode_select10, 10, 0x55, 0, {{FLAGS, 1, 0, 0x11}, {0, 8, 0, 16}}},
    {build_read_buffer,
     10,
     0x3c,
     0,
     {{0, 1, 0, 5}, {1, 1, 5, 3}, {2, 2, 0, 8}, {3, 5, 0, 24}, {4, 8, 0, 24}}},
    {build_write_buffer,
     10,
     0x3b,
     0,
     {{0, 1, 0, 5}, {1, 1, 5, 3}, {2, 2, 0, 8}, {3, 5, 0, 24}, {4, 8, 0, 24}}},
    {build_receive_diagnostic, 6, 0x1c, 0x01, {{0, 2, 0, 8}, {1, 4, 0, 16}}},
    {build_report_opcodes,
     12,
     0xa3,
     0x0c,
     {{0, 2, 0, 3}, {1, 2, 7, 1}, {2, 3, 0, 8}, {3, 5, 0, 16}, {4, 9, 0, 32}}},
    {build_report_port_groups, 12, 0xa3, 0x0a, {{0, 1, 5, 1}, {1, 9, 0, 32}}},
    {build_security_in, 12, 0xa2, 0, {{0, 1, 0, 8}, {1, 3, 0, 16}, {2, 4, 7, 1}, {3, 9, 0, 32}}},
    {build_security_out, 12, 0xb5, 0, {{0, 1, 0, 8}, {1, 3, 0, 16}, {2, 4, 7, 1}, {3, 9, 0, 32}}},
    {build_read_toc, 10, 0x43, 0, {{0, 1, 1, 1}, {1, 2, 0, 4}, {2, 6, 0, 8}, {3, 8, 0, 16}}},
    {build_reserve6, 6, 0x16, 0, {{0}}},
    {build_release6, 6, 0x17, 0, {{0}}},
    {build_reserve10, 10, 0x56, 0, {{0}}},
    {build_release10, 10, 0x57, 0, {{0}}},
    {build_persistent_reserve_in, 10, 0x5e, 0, {{0, 1, 0, 5}, {1, 8, 0, 16}}},
    {build_persistent_reserve_out, 10, 0x5f, 0, {{0, 1, 0, 5}, {1, 2, 0, 4}, {2, 8, 0, 32}}},
};

/* Puts a field into the CDB; false when it does not fit. */
static bool put(uint8_t *cdb, const struct field *field, uint64_t value) {
    if (field->argument == FLAGS) {
        cdb[field->last] |= (uint8_t)value;
        return (value & ~(uint64_t)field->bits) == 0;
    }
    if (field->bits < 64 && value >> field->bits != 0) {
        return false;
    }
    if (field->shift != 0 || field->bits < 8) {
        cdb[field->last] |= (uint8_t)(value << field->shift);
        return true;
    }
    for (uint32_t i = 0; i * 8 < field->bits; i++) {
        cdb[field->last - i] |= (uint8_t)(value >> (8 * i));
    }
    return true;
}

/* What the standard says of these arguments; false when no such CDB exists. */
static bool expect(const struct layout *layout, const struct arguments *g, uint8_t *cdb) {
    bool fits = true;
    bool flags = false;
    bool lba64 = false;
    memset(cdb, 0, CDB);
    cdb[0] = layout->opcode;
    cdb[1] = layout->action;
    for (uint32_t i = 0; i < FIELDS && layout->fields[i].bits != 0; i++) {
        const struct field *field = &layout->fields[i];
        uint64_t value = field->argument == LBA     ? g->lba
                         : field->argument == FLAGS ? g->flags
                                                    : g->a[field->argument];
        bool six = layout->length == 6 && layout->fields[0].argument == LBA;
        if (six && field->argument == 0) { /* 256 blocks are told as 0 (SBC-3 5.10) */
            fits = fits && value != 0;
            value = value == 256 ? 0 : value;
        }
        fits = put(cdb, field, value) && fits;
        flags = flags || field->argument == FLAGS || six;
        lba64 = lba64 || (field->argument == LBA && field->bits == 64);
    }
    bool counts_blocks = layout->build != build_get_lba_status;
    if (lba64 && counts_blocks && g->a[0] > 0 && g->lba > UINT64_MAX - (g->a[0] - 1)) {
        return false;
    }
    return fits;
}

/* Rules beside the widths of fields. */
static bool allowed(const struct layout *layout, const struct arguments *g) {
    bool verifies = layout->opcode == 0x2f || layout->opcode == 0xaf || layout->opcode == 0x8f;
    if (layout->build == build_read6 || layout->build == build_write6) {
        return g->flags == 0;
    }
    if (layout->build == build_inquiry) {
        return g->a[0] == 1 || g->a[1] == 0; /* SPC-4 6.6: a page needs EVPD */
    }
    if (layout->build == build_sanitize) {
        return g->a[0] == SANSCSI_SANITIZE_OVERWRITE || g->a[1] == 0; /* no other has a list */
    }
    if (layout->build == build_read_toc) {
        return g->a[1] == 0 || (g->a[1] == 1 && g->a[2] == 0); /* the formats that are known */
    }
    return !verifies || (g->flags & 0x06) != 0x04; /* BYTCHK 10b is reserved (SBC-3 5) */
}

/* Small numbers are likely, and all that a field holds, and one more. */
static uint64_t number(struct reader *input) {
    uint8_t how = sanscsi_reader_u8(input);
    uint64_t value = (uint64_t)fuzz_up_to(input, UINT32_MAX) << 32;
    value |= fuzz_up_to(input, UINT32_MAX);
    return how == 0 ? value : value >> (64 - how % 64 - (how % 64 == 0));
}

void fuzz_scsi_cdb(struct reader *input) {
    const uint32_t count = sizeof(layouts) / sizeof(layouts[0]);
    const struct layout *layout = &layouts[sanscsi_reader_u8(input) % count];
    struct arguments g;
    uint8_t expected[CDB];
    uint8_t cdb[CDB];
    uint8_t before[CDB];
    g.lba = number(input);
    g.flags = sanscsi_reader_u8(input);
    for (uint32_t i = 0; i < ARGUMENTS; i++) {
        g.a[i] = (uint32_t)number(input);
    }
    bool possible = expect(layout, &g, expected) && allowed(layout, &g);
    memset(cdb, FILL, sizeof(cdb));
    memset(before, FILL, sizeof(before));
    uint32_t length = layout->build(cdb, &g);
    FUZZ_HOLDS((length != 0) == possible, "a CDB is built when its fields hold the arguments");
    FUZZ_HOLDS(length == 0 || length == layout->length, "a CDB has the length of its form");
    FUZZ_HOLDS(memcmp(cdb, length == 0 ? before : expected, sizeof(cdb)) == 0,
               "a CDB has its fields where the standard has them, or is left alone");
}
