/* Every parser of SCSI answers and every function that takes items, over arbitrary bytes. */
#include <stdlib.h>
#include <string.h>

#include <iscsi/sanscsi.h>

#include "scsi.h"

enum { NO_MEMBER = 0, LARGEST_OUTPUT = 512, POINTERS = 2, FILL = 0x6b, NEXTS = 2 };

/* A pointer in an output: where it is, where the number of its parts is, bytes of each. */
struct pointer {
    size_t at;
    size_t count; /* NO_MEMBER: one part */
    size_t part;
};

#define POINTER(type, member, count, part)                                                         \
    { offsetof(sanscsi_##type, member), offsetof(sanscsi_##type, count), part }
#define POINTER_ALONE(type, member, part)                                                          \
    { offsetof(sanscsi_##type, member), NO_MEMBER, part }

/* A function that takes items one by one out of what a parser has filled. */
struct next {
    int32_t (*take)(const void *list, uint32_t *position, void *item);
    size_t size;
    struct pointer pointers[POINTERS];
};

/* Wrappers, since all functions have types of their own. */
#define NEXT(name, list, item)                                                                     \
    static int32_t take_##name(const void *from, uint32_t *position, void *to) {                   \
        const sanscsi_##list *typed = from;                                                        \
        sanscsi_##item *out = to;                                                                  \
        return sanscsi_##name(typed, position, out);                                               \
    }
NEXT(mode_page_next, mode, mode_page)
NEXT(vpd_designator_next, vpd, designator)
NEXT(vpd_network_address_next, vpd, network_address)
NEXT(vpd_mode_policy_next, vpd, mode_policy)
NEXT(vpd_port_next, vpd, scsi_port)
NEXT(lba_status_next, items, lba_status)
NEXT(defect_next, items, defect)
NEXT(log_parameter_next, log_page, log_parameter)
NEXT(opcode_next, items, opcode)
NEXT(port_group_next, items, port_group)
NEXT(toc_next, items, toc_track)
NEXT(pr_full_status_next, items, pr_full_status)

#define TAKES(name, item, ...)                                                                     \
    {                                                                                              \
        take_##name, sizeof(sanscsi_##item), {                                                     \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

/* A parser: `page` is what was asked for, where that is an argument. */
struct parser {
    int32_t (*parse)(const void *data, size_t size, uint32_t page, void *out);
    size_t size;
    struct pointer pointers[POINTERS];
    struct next next[NEXTS];
};

#define PARSER(name, type)                                                                         \
    static int32_t parse_##name(const void *data, size_t size, uint32_t page, void *to) {          \
        sanscsi_##type *out = to;                                                                  \
        (void)page;                                                                                \
        return sanscsi_##name##_parse(data, size, out);                                            \
    }
PARSER(report_luns, lun_list)
PARSER(capacity10, capacity)
PARSER(capacity16, capacity)
PARSER(mode6, mode)
PARSER(mode10, mode)
PARSER(sense, sense)
PARSER(inquiry, inquiry)
PARSER(vpd_block_limits, block_limits)
PARSER(vpd_block_characteristics, block_characteristics)
PARSER(vpd_provisioning, provisioning)
PARSER(vpd_referrals, referrals)
PARSER(vpd_extended_inquiry, extended_inquiry)
PARSER(vpd_ata_information, ata_information)
PARSER(lba_status, items)
PARSER(defects10, items)
PARSER(defects12, items)
PARSER(copy_parameters, copy_parameters)
PARSER(copy_status_lid1, copy_status)
PARSER(copy_status_lid4, copy_status)
PARSER(buffer_descriptor, buffer_descriptor)
PARSER(opcodes, items)
PARSER(opcode, opcode)
PARSER(port_groups, items)
PARSER(security_protocols, items)
PARSER(toc, items)
PARSER(pr_keys, items)
PARSER(pr_reservation, pr_reservation)
PARSER(pr_capabilities, pr_capabilities)
PARSER(pr_full_status, items)
PARSER(transport_id, transport_id)

static int32_t parse_vpd(const void *data, size_t size, uint32_t page, void *out) {
    return sanscsi_vpd_parse(data, size, page & 0xff, out);
}

static int32_t parse_log(const void *data, size_t size, uint32_t page, void *out) {
    return sanscsi_log_page_parse(data, size, page & 0x3f, page >> 8 & 0xff, out);
}

static int32_t parse_diagnostic(const void *data, size_t size, uint32_t page, void *out) {
    return sanscsi_diagnostic_parse(data, size, page & 0xff, out);
}

static int32_t parse_token(const void *data, size_t size, uint32_t page, void *out) {
    const uint8_t *token = NULL;
    (void)page;
    int32_t status = sanscsi_token_information_parse(data, size, out, &token);
    FUZZ_HOLDS(token == NULL || (token >= (const uint8_t *)data &&
                                 token + SANSCSI_TOKEN_SIZE <= (const uint8_t *)data + size),
               "a token lies in the data");
    return status;
}

#define OUT(type) sizeof(sanscsi_##type)
#define MODE_PARTS                                                                                 \
    {POINTER(mode, blocks, blocks_length, 1), POINTER(mode, pages, pages_length, 1)}, {            \
        TAKES(mode_page_next, mode_page, POINTER(mode_page, bytes, length, 1))                     \
    }
#define ITEMS                                                                                      \
    { POINTER(items, bytes, length, 1) }
#define SENSE                                                                                      \
    { POINTER(copy_status, sense, sense_length, 1) }

static const struct parser parsers[] = {
    {parse_report_luns, OUT(lun_list), {POINTER(lun_list, luns, count, 8)}, {{0}}},
    {parse_capacity10, OUT(capacity), {{0}}, {{0}}},
    {parse_capacity16, OUT(capacity), {{0}}, {{0}}},
    {parse_mode6, OUT(mode), MODE_PARTS},
    {parse_mode10, OUT(mode), MODE_PARTS},
    {parse_sense, OUT(sense), {POINTER_ALONE(sense, key_specific, 3)}, {{0}}},
    {parse_inquiry, OUT(inquiry), {{0}}, {{0}}},
    {parse_vpd_block_limits, OUT(block_limits), {{0}}, {{0}}},
    {parse_vpd_block_characteristics, OUT(block_characteristics), {{0}}, {{0}}},
    {parse_vpd_provisioning, OUT(provisioning), {{0}}, {{0}}},
    {parse_vpd_referrals, OUT(referrals), {{0}}, {{0}}},
    {parse_vpd_extended_inquiry, OUT(extended_inquiry), {{0}}, {{0}}},
    {parse_vpd_ata_information,
     OUT(ata_information),
     {POINTER_ALONE(ata_information, signature, 20), POINTER_ALONE(ata_information, identify, 512)},
     {{0}}},
    {parse_lba_status, OUT(items), ITEMS, {TAKES(lba_status_next, lba_status, {0})}},
    {parse_defects10, OUT(items), ITEMS, {TAKES(defect_next, defect, {0})}},
    {parse_defects12, OUT(items), ITEMS, {TAKES(defect_next, defect, {0})}},
    {parse_copy_parameters,
     OUT(copy_parameters),
     {POINTER(copy_parameters, types, type_count, 1)},
     {{0}}},
    {parse_copy_status_lid1, OUT(copy_status), SENSE, {{0}}},
    {parse_copy_status_lid4, OUT(copy_status), SENSE, {{0}}},
    {parse_token, OUT(copy_status), SENSE, {{0}}},
    {parse_buffer_descriptor, OUT(buffer_descriptor), {{0}}, {{0}}},
    {parse_opcodes,
     OUT(items),
     ITEMS,
     {TAKES(opcode_next, opcode, POINTER(opcode, usage, cdb_length, 1))}},
    {parse_opcode, OUT(opcode), {POINTER(opcode, usage, cdb_length, 1)}, {{0}}},
    {parse_port_groups,
     OUT(items),
     ITEMS,
     {TAKES(port_group_next, port_group, POINTER(port_group, ports, port_count, 4))}},
    {parse_security_protocols, OUT(items), ITEMS, {{0}}},
    {parse_toc, OUT(items), ITEMS, {TAKES(toc_next, toc_track, {0})}},
    {parse_pr_keys, OUT(items), ITEMS, {{0}}},
    {parse_pr_reservation, OUT(pr_reservation), {{0}}, {{0}}},
    {parse_pr_capabilities, OUT(pr_capabilities), {{0}}, {{0}}},
    {parse_pr_full_status,
     OUT(items),
     ITEMS,
     {TAKES(pr_full_status_next, pr_full_status,
            POINTER(pr_full_status, transport_id, transport_id_length, 1))}},
    {parse_transport_id, OUT(transport_id), {POINTER(transport_id, name, name_length, 1)}, {{0}}},
    {parse_vpd,
     OUT(vpd),
     {POINTER(vpd, bytes, length, 1)},
     {TAKES(vpd_designator_next, designator, POINTER(designator, bytes, length, 1)),
      TAKES(vpd_network_address_next, network_address,
            POINTER(network_address, address, length, 1))}},
    {parse_vpd,
     OUT(vpd),
     {POINTER(vpd, bytes, length, 1)},
     {TAKES(vpd_mode_policy_next, mode_policy, {0}),
      TAKES(vpd_port_next, scsi_port, POINTER(scsi_port, transport_id, transport_id_length, 1),
            POINTER(scsi_port, designators, designators_length, 1))}},
    {parse_log,
     OUT(log_page),
     {POINTER(log_page, bytes, length, 1)},
     {TAKES(log_parameter_next, log_parameter, POINTER(log_parameter, bytes, length, 1))}},
    {parse_diagnostic, OUT(items), ITEMS, {{0}}},
};

union output {
    uint64_t align;
    uint8_t bytes[LARGEST_OUTPUT];
};

static void prepare(union output *out, size_t size) {
    uint32_t told = (uint32_t)size;
    memset(out, FILL, sizeof(*out));
    memcpy(out->bytes, &told, sizeof(told));
}

/* Nothing lies behind the struct, and every pointer leads into the data. */
static void check_output(const union output *out, size_t out_size, const struct pointer *pointers,
                         const uint8_t *data, size_t size) {
    for (size_t i = out_size; i < LARGEST_OUTPUT; i++) {
        FUZZ_HOLDS(out->bytes[i] == FILL, "nothing is written behind an output");
    }
    for (size_t i = 0; i < POINTERS && pointers[i].part != 0; i++) {
        const uint8_t *at = NULL;
        uint32_t count = 1;
        memcpy(&at, out->bytes + pointers[i].at, sizeof(at));
        if (pointers[i].count != NO_MEMBER) {
            memcpy(&count, out->bytes + pointers[i].count, sizeof(count));
        }
        uint64_t bytes = (uint64_t)count * pointers[i].part;
        FUZZ_HOLDS(at == NULL ||
                       (at >= data && at <= data + size && bytes <= (uint64_t)(data + size - at)),
                   "what an output points to lies in the data");
    }
}

static void check_designators(const sanscsi_scsi_port *port) {
    sanscsi_designator designator = {.size = sizeof(designator)};
    uint32_t position = 0;
    uint32_t before = 0;
    while (sanscsi_port_designator_next(port, &position, &designator) == 1) {
        FUZZ_HOLDS(position > before && position <= port->designators_length,
                   "taking a port's designators goes on within them");
        before = position;
    }
}

/* The text of a designator fits into what the header says is always enough. */
static void check_format(const sanscsi_designator *designator) {
    enum { ENOUGH = 260 };
    char *text = malloc(ENOUGH);
    size_t length = 0;
    if (text == NULL) {
        abort();
    }
    int32_t status = sanscsi_designator_format(designator, text, ENOUGH, &length);
    FUZZ_HOLDS(status == SANSCSI_OK || status == SANSCSI_MALFORMED ||
                   status == SANSCSI_INVALID_ARGUMENT,
               "260 bytes hold the text of every designator");
    for (size_t i = 0; status == SANSCSI_OK && i < length; i++) {
        FUZZ_HOLDS(text[i] >= ' ' && text[i] <= '~', "the text of a designator is printable");
    }
    FUZZ_HOLDS(status != SANSCSI_OK || (length < ENOUGH && text[length] == '\0'),
               "the text of a designator is terminated");
    if (status == SANSCSI_OK && length > 0) {
        FUZZ_HOLDS(sanscsi_designator_format(designator, text, length, &length) ==
                       SANSCSI_BUFFER_TOO_SMALL,
                   "a text that lacks its zero does not fit");
    }
    free(text);
}

static void check_items(const struct next *next, const union output *list, const uint8_t *data,
                        size_t size) {
    uint32_t position = 0;
    uint32_t before = 0;
    int32_t result;
    do {
        union output item;
        prepare(&item, next->size);
        result = next->take(list, &position, &item);
        FUZZ_HOLDS(result == 1 || result == 0 || result == SANSCSI_TRUNCATED ||
                       result == SANSCSI_MALFORMED || result == SANSCSI_INVALID_ARGUMENT,
                   "taking an item is answered as documented");
        if (result == 1) {
            check_output(&item, next->size, next->pointers, data, size);
            FUZZ_HOLDS(position > before && position <= size,
                       "every item brings the walk on, within the data");
            if (next->take == take_vpd_port_next) {
                check_designators((const sanscsi_scsi_port *)(const void *)&item);
            } else if (next->take == take_vpd_designator_next) {
                check_format((const sanscsi_designator *)(const void *)&item);
            }
        }
        before = position;
    } while (result == 1);
}

/* A parser over exactly these bytes; its status. */
static int32_t check_parser(const struct parser *parser, uint32_t page, struct span bytes) {
    union output out;
    union output before;
    uint8_t *data = fuzz_copy(bytes);
    prepare(&out, parser->size);
    before = out;
    int32_t status = parser->parse(data, bytes.size, page, &out);
    FUZZ_HOLDS(status == SANSCSI_OK || status == SANSCSI_TRUNCATED || status == SANSCSI_MALFORMED,
               "a parser answers as documented");
    if (status == SANSCSI_MALFORMED) {
        FUZZ_HOLDS(memcmp(&out, &before, sizeof(out)) == 0,
                   "an output stays as it was when the bytes are malformed");
    } else {
        check_output(&out, parser->size, parser->pointers, data, bytes.size);
        for (size_t i = 0; i < NEXTS && parser->next[i].take != NULL; i++) {
            check_items(&parser->next[i], &out, data, bytes.size);
        }
    }
    free(data);
    return status;
}

void fuzz_scsi_parse(struct reader *input) {
    const uint32_t count = sizeof(parsers) / sizeof(parsers[0]);
    const struct parser *parser = &parsers[sanscsi_reader_u8(input) % count];
    uint32_t page = sanscsi_reader_be16(input);
    size_t cut = sanscsi_reader_be16(input);
    struct span bytes = fuzz_rest(input);
    int32_t whole = check_parser(parser, page, bytes);
    cut = bytes.size == 0 ? 0 : cut % bytes.size;
    int32_t part = check_parser(parser, page, span_of(bytes.data, cut));
    FUZZ_HOLDS(whole == SANSCSI_MALFORMED || part != SANSCSI_MALFORMED,
               "bytes that contradict nothing contradict nothing when some are missing");
    char text[300];
    size_t length = 0;
    uint8_t *serial = fuzz_copy(bytes);
    int32_t status = sanscsi_vpd_serial_parse(serial, bytes.size, text, sizeof(text), &length);
    FUZZ_HOLDS(status != SANSCSI_OK || (length < sizeof(text) && text[length] == '\0'),
               "a serial number is terminated");
    free(serial);
}
