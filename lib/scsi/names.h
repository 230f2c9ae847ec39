/* Tables of names, sorted so that they can be searched by halves. */
#ifndef SANSCSI_SCSI_NAMES_H
#define SANSCSI_SCSI_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* ASC * 256 + ASCQ */
struct sense_code {
    uint16_t code;
    const char *text;
};

extern const struct sense_code sanscsi_sense_codes_low[];
extern const size_t sanscsi_sense_codes_low_count;
extern const struct sense_code sanscsi_sense_codes_high[];
extern const size_t sanscsi_sense_codes_high_count;

/* In `action`: the operation code has one name, whatever its CDB says. */
enum { NO_ACTION = 0xffff };

struct command_name {
    uint8_t opcode;
    uint16_t action;
    const char *text;
};

/* By operation code, each by service action, the name that fits any other at the end. */
extern const struct command_name sanscsi_command_names[];
extern const size_t sanscsi_command_names_count;

#endif
