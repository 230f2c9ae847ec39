/* Splitting a text into pairs, and a list into values: any text up to BOUND bytes. */
#include "input.h"
#include "text/pairs.h"
#include "text/values.h"

#define BOUND 10

void split_pairs(void) {
    uint8_t room[BOUND];
    size_t size = any_size(BOUND);
    //@ split size;
    const uint8_t *data = any_bytes(room + (BOUND - size), size);
    struct reader reader;
    struct pair pair;
    sanscsi_reader_init(&reader, data, size);
    enum pair_result result = sanscsi_pair_next(&reader, &pair);
    while (result == PAIR_OK) {
        //@ assert pair.key.size > 0 && WITHIN(pair.key) && WITHIN(pair.value);
        //@ assert pair.whole.size == pair.key.size + 1 + pair.value.size;
        //@ assert pair.key.data == pair.whole.data && WITHIN(pair.whole);
        //@ assert pair.key.data[pair.key.size] == '=';
        //@ assert pair.whole.data[pair.whole.size] == 0;
        result = sanscsi_pair_next(&reader, &pair);
    }
    //@ assert !reader.failed && WITHIN(pair.whole);
    //@ assert result == PAIR_END ==> reader.position == size;
}

void split_list(void) {
    uint8_t room[BOUND];
    size_t size = any_size(BOUND);
    //@ split size;
    const uint8_t *data = any_bytes(room + (BOUND - size), size);
    struct span list = span_of(data, size), value;
    bool started = false;
    size_t taken = 0;
    while (sanscsi_value_list_next(&list, &started, &value)) {
        //@ assert WITHIN(value) && WITHIN(list);
        taken += value.size + 1;
    }
    //@ assert taken == size + 1;
}
