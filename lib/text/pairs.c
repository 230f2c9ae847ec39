/* Splits a logical text data segment into key=value pairs and writes them (RFC 7143 6.1). */
#include "text/pairs.h"

enum pair_result sanscsi_pair_next(struct reader *text, struct pair *pair) {
    memset(pair, 0, sizeof(*pair));
    size_t left = sanscsi_reader_left(text);
    if (left == 0) {
        return PAIR_END;
    }
    if (!sanscsi_reader_until(text, '\0', &pair->whole)) {
        pair->whole = sanscsi_reader_take(text, left);
        return PAIR_NO_NULL;
    }
    struct reader inside;
    struct span key;
    sanscsi_reader_init(&inside, pair->whole.data, pair->whole.size);
    if (!sanscsi_reader_until(&inside, '=', &key) || key.size == 0) {
        return PAIR_NO_EQUAL;
    }
    pair->key = key;
    pair->value = sanscsi_reader_take(&inside, sanscsi_reader_left(&inside));
    return PAIR_OK;
}

void sanscsi_pair_put(struct builder *out, const char *key, struct span value) {
    sanscsi_builder_string(out, key);
    sanscsi_builder_u8(out, '=');
    sanscsi_builder_span(out, value);
    sanscsi_builder_u8(out, '\0');
}
