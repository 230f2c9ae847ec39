/* Takes CHAP names and secrets from options, files and the environment, and leaves no copy. */
#include "chap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "options.h"

static const char expected_length[] = "1 to 255 bytes";

void wipe(void *memory, size_t size) {
    volatile unsigned char *at = memory;
    while (size-- > 0) {
        *at++ = 0;
    }
}

int chap_text_set(struct chap_text *text, const void *bytes, size_t length) {
    if (length == 0 || length > sizeof(text->bytes)) {
        return -1;
    }
    wipe(text, sizeof(*text));
    memcpy(text->bytes, bytes, length);
    text->length = (uint32_t)length;
    return 0;
}

/* Reads up to size bytes, or to the end. Returns how many, or -1 with errno set. */
static ssize_t read_some(int fd, char *bytes, size_t size) {
    size_t filled = 0;
    while (filled < size) {
        ssize_t came = read(fd, bytes + filled, size - filled);
        if (came < 0 && errno == EINTR) {
            continue;
        }
        if (came < 0) {
            return -1;
        }
        if (came == 0) {
            break;
        }
        filled += (size_t)came;
    }
    return (ssize_t)filled;
}

/* Bytes of the first line, without what ends it. */
static size_t line_length(const char *bytes, size_t size) {
    const char *end = memchr(bytes, '\n', size);
    size_t length = end == NULL ? size : (size_t)(end - bytes);
    return end != NULL && length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
}

/* No stdio: it would keep the secret in a buffer of its own. */
int chap_text_read(struct chap_text *text, const char *path) {
    char bytes[sizeof(text->bytes) + 2]; /* the longest secret and its line end */
    int fd = infile_open(path);
    if (fd < 0) {
        return -1;
    }
    ssize_t came = read_some(fd, bytes, sizeof(bytes));
    int error = errno;
    close(fd);
    int result = -1;
    if (came < 0) {
        usage_error("%s: %s", path, strerror(error));
    } else {
        result = chap_text_set(text, bytes, line_length(bytes, (size_t)came));
        if (result != 0) {
            usage_error("%s: expected a secret of %s in the first line", path, expected_length);
        }
    }
    wipe(bytes, sizeof(bytes));
    return result;
}

int chap_text_take_variable(struct chap_text *text, const char *variable) {
    char *value = getenv(variable);
    size_t length = value == NULL ? 0 : strlen(value);
    int result = 0;
    if (length > 0 && text->length == 0 && chap_text_set(text, value, length) != 0) {
        usage_error("%s: expected %s", variable, expected_length);
        result = -1;
    }
    if (value != NULL) {
        wipe(value, length);
        unsetenv(variable);
    }
    return result;
}

const char *value_chap_name(char *text, void *field) {
    return chap_text_set(field, text, strlen(text)) == 0 ? NULL : expected_length;
}

const char *value_chap_secret(char *text, void *field) {
    size_t length = strlen(text);
    int result = chap_text_set(field, text, length);
    wipe(text, length); /* so that no list of processes shows it */
    return result == 0 ? NULL : expected_length;
}

/* The number of an algorithm by its name, or 0. */
static uint8_t algorithm_of(const char *name, size_t length) {
    static const struct {
        const char *name;
        uint8_t number;
    } algorithms[] = {
        {"md5", SANSCSI_CHAP_MD5},
        {"sha1", SANSCSI_CHAP_SHA1},
        {"sha256", SANSCSI_CHAP_SHA256},
        {"sha3-256", SANSCSI_CHAP_SHA3_256},
    };
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (strlen(algorithms[i].name) == length && memcmp(algorithms[i].name, name, length) == 0) {
            return algorithms[i].number;
        }
    }
    return 0;
}

const char *value_chap_algorithms(char *text, void *field) {
    static const char expected[] =
        "a list of md5, sha1, sha256 and sha3-256, each once, the preferred one first";
    uint8_t list[4] = {0};
    size_t count = 0;
    for (const char *at = text; at != NULL; count++) {
        const char *comma = strchr(at, ',');
        size_t length = comma == NULL ? strlen(at) : (size_t)(comma - at);
        uint8_t number = algorithm_of(at, length);
        if (number == 0 || count == sizeof(list) || memchr(list, number, count) != NULL) {
            return expected;
        }
        list[count] = number;
        at = comma == NULL ? NULL : comma + 1;
    }
    memcpy(field, list, sizeof(list));
    return NULL;
}
