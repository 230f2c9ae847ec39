/* One golden PDU for every opcode, with its layout, for the tests of the codecs. */
#ifndef SANSCSI_TESTS_WIRE_CASES_H
#define SANSCSI_TESTS_WIRE_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire_field {
    const char *name;
    size_t offset; /* in the struct */
    size_t size;
    uint8_t byte; /* of a bool: where its bit is in the header */
    uint8_t mask; /* of a bool: its bit; 0 for all other members */
    bool fixed;   /* sent as the layout fixes it */
};

struct wire_case {
    const char *name;
    uint8_t opcode;
    const void *pdu; /* the struct that belongs to the golden bytes */
    size_t pdu_size;
    const struct wire_field *fields;
    size_t field_count;
    const char *golden;   /* the header, in hexadecimal */
    const char *reserved; /* a 1 in each reserved bit */
    void (*encode)(const void *pdu, uint8_t bhs[48]);
    void (*decode)(void *pdu, const uint8_t bhs[48]);
};

#define WIRE_INITIATOR_CASES 8
#define WIRE_TARGET_CASES 10
#define WIRE_LARGEST_PDU 128 /* no struct is larger */

extern const struct wire_case wire_initiator_cases[WIRE_INITIATOR_CASES];
extern const struct wire_case wire_target_cases[WIRE_TARGET_CASES];

/* For the files that define the cases. */
#define MEMBER(pdu, member) #member, offsetof(struct pdu, member), sizeof(((struct pdu *)0)->member)
#define FIELD(pdu, member)                                                                         \
    { MEMBER(pdu, member), 0, 0, false }
#define FLAG(pdu, member, byte, mask)                                                              \
    { MEMBER(pdu, member), byte, mask, false }
#define FIXED_FLAG(pdu, member, byte, mask)                                                        \
    { MEMBER(pdu, member), byte, mask, true }
#define FIXED_FIELD(pdu, member)                                                                   \
    { MEMBER(pdu, member), 0, 0, true }

/* Gives a PDU's codec the types that all cases share. */
#define ADAPT(pdu)                                                                                 \
    static void pdu##_encode(const void *from, uint8_t bhs[48]) {                                  \
        sanscsi_##pdu##_encode(from, bhs);                                                         \
    }                                                                                              \
    static void pdu##_decode(void *to, const uint8_t bhs[48]) {                                    \
        sanscsi_##pdu##_decode(to, bhs);                                                           \
    }                                                                                              \
    _Static_assert(sizeof(struct pdu) <= WIRE_LARGEST_PDU, "tests have room for it");

#define CASE(pdu_name, code, golden_bhs, reserved_bits)                                            \
    {                                                                                              \
        .name = #pdu_name, .opcode = code, .pdu = &pdu_name##_golden,                              \
        .pdu_size = sizeof(pdu_name##_golden), .fields = pdu_name##_fields,                        \
        .field_count = sizeof(pdu_name##_fields) / sizeof(pdu_name##_fields[0]),                   \
        .golden = golden_bhs, .reserved = reserved_bits, .encode = pdu_name##_encode,              \
        .decode = pdu_name##_decode                                                                \
    }

#endif
