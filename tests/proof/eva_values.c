/* Numbers, binary values, ranges and booleans of text keys: any text up to the bounds below, any
 * room for what it decodes to. */
#include <iscsi/status.h>

#include "input.h"
#include "text/values.h"

#define BINARY 14 /* three groups of base64, six bytes in hex */
#define ROOM 9
#define NUMBER 6

void decode_binary(void) {
    uint8_t room[BINARY], out[ROOM];
    size_t size = any_size(BINARY), capacity = any_size(ROOM), length;
    //@ split size;
    //@ split capacity;
    const uint8_t *data = any_bytes(room + (BINARY - size), size);
    uint8_t *start = out + (ROOM - capacity);
    int32_t status = sanscsi_value_binary(span_of(data, size), start, capacity, &length);
    bool told = status == SANSCSI_MALFORMED || status == SANSCSI_BUFFER_TOO_SMALL;
    //@ assert status == SANSCSI_OK || told;
    //@ assert length <= capacity;
    //@ assert status != SANSCSI_OK ==> length == 0;
    //@ assert status == SANSCSI_OK ==> length > 0 && \initialized(start + (0 .. length - 1));
    //@ assert status == SANSCSI_OK ==> length + 2 <= size;
}

void decode_numbers(void) {
    uint8_t room[NUMBER];
    size_t size = any_size(NUMBER);
    uint64_t value = 0, low = 0, high = 0;
    bool yes = false;
    //@ split size;
    const uint8_t *data = any_bytes(room + (NUMBER - size), size);
    struct span text = span_of(data, size);
    bool parsed = sanscsi_value_number(text, &value);
    //@ assert parsed ==> size > 0;
    //@ assert parsed ==> value <= 999999;
    bool ordered = sanscsi_value_range(text, &low, &high);
    //@ assert ordered ==> size >= 3;
    bool known = sanscsi_value_boolean(text, &yes);
    //@ assert known ==> (yes ? size == 3 : size == 2);
    (void)sanscsi_value_bits(text, 16, &value);
}
