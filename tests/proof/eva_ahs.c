/* An additional header segment at the beginning of any bytes, up to BOUND of them: where it lies.
 */
#include "input.h"
#include "wire/ahs.h"

#define BOUND 24

void take_ahs(void) {
    uint8_t room[BOUND];
    size_t size = any_size(BOUND);
    //@ split size;
    uint16_t length = Frama_C_unsigned_short_interval(0, BOUND);
    //@ split length;
    uint8_t *data = room + (BOUND - size);
    any_bytes(data, size);
    if (size < 2) {
        return;
    }
    data[0] = 0;
    data[1] = (uint8_t)length;
    struct reader reader;
    struct span specific;
    uint8_t type;
    sanscsi_reader_init(&reader, data, size);
    enum ahs_result result = sanscsi_ahs_next(&reader, &type, &specific);
    //@ assert result == AHS_OK <==> (length + 6) / 4 * 4 <= size;
    //@ assert result == AHS_OK ==> specific.size == length && type <= 0x3f;
    //@ assert result == AHS_OK && length > 0 ==> specific.data == data + 3;
}
