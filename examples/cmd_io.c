/* read and write: blocks of a logical unit to and from a file or a pipe. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "json.h"
#include "file.h"
#include "unit.h"

static void print_moved(const struct unit *unit, uint64_t bytes, uint64_t blocks) {
    struct json json;
    if (unit->nexus.host->options->json) {
        json_start(&json, stdout);
        json_open(&json, NULL, '{');
        json_number(&json, "bytes", bytes);
        json_number(&json, "blocks", blocks);
        json_close(&json, '}');
    }
}

/* A buffer for the largest transfer; NULL after a failure that was told. */
static uint8_t *transfer_buffer(const struct unit *unit) {
    uint8_t *data = malloc((size_t)unit_max_blocks(unit) * unit->capacity.block_length);
    if (data == NULL) {
        failure("no memory for a transfer");
    }
    return data;
}

static int read_blocks(struct unit *unit, struct outfile *file, uint8_t *data) {
    const struct options *options = unit->nexus.host->options;
    uint32_t most = unit_max_blocks(unit);
    uint64_t lba = options->lba;
    uint64_t left = options->blocks;
    while (left > 0) {
        uint32_t blocks = left < most ? (uint32_t)left : most;
        size_t size = (size_t)blocks * unit->capacity.block_length;
        if (unit_read(unit, lba, blocks, data) != 0 || outfile_write(file, data, size) != 0) {
            return -1;
        }
        lba += blocks;
        left -= blocks;
    }
    return 0;
}

static int read_unit(struct unit *unit, void *context) {
    struct outfile *file = context;
    const struct options *options = unit->nexus.host->options;
    if (options->output == NULL) {
        unit->nexus.host->stats = stderr; /* standard output is for the data alone */
    }
    if (unit_capacity(unit) != 0) {
        return -1;
    }
    uint8_t *data = transfer_buffer(unit);
    int result = data == NULL ? -1 : read_blocks(unit, file, data);
    free(data);
    if (result == 0) {
        print_moved(unit, options->blocks * unit->capacity.block_length, options->blocks);
    }
    return result;
}

int command_read(const struct options *options) {
    struct outfile file;
    if (options->blocks > UINT64_MAX - options->lba) {
        return usage_error("--lba and --blocks together exceed 2^64");
    }
    if (options->json && options->output == NULL) {
        return usage_error("read --json needs --output FILE: standard output takes the data");
    }
    int code = EXIT_USAGE;
    if (outfile_open(&file, options->output) == 0) {
        code = with_unit(options, read_unit, &file);
    }
    return outfile_close(&file, code == EXIT_DONE) == 0 || code != EXIT_DONE ? code : EXIT_FAILED;
}

/* Reads until the buffer is full or the input ends. Returns the bytes, or -1 after a failure. */
static ssize_t fill_buffer(struct host *host, int fd, uint8_t *data, size_t size) {
    size_t filled = 0;
    while (filled < size) {
        if (host_wait_readable(host, fd) != 0) {
            failure("interrupted");
            return -1;
        }
        ssize_t came = read(fd, data + filled, size - filled);
        if (came == 0) {
            break;
        }
        if (came < 0 && errno != EINTR && errno != EAGAIN) {
            failure("input: %s", strerror(errno));
            return -1;
        }
        filled += came > 0 ? (size_t)came : 0;
    }
    return (ssize_t)filled;
}

/* Refuses, before anything is written, a first block that the unit lacks, and a file that does not
 * fit behind it. */
static int check_fits(const struct unit *unit, int fd) {
    const sanscsi_capacity *capacity = &unit->capacity;
    uint64_t lba = unit->nexus.host->options->lba;
    struct stat status;
    if (lba >= capacity->blocks) {
        failure("--lba %llu: the unit has %llu blocks", (unsigned long long)lba,
                (unsigned long long)capacity->blocks);
        return -1;
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        return 0; /* its end is not known: the target will say */
    }
    uint64_t room = capacity->blocks - lba;
    if ((uint64_t)status.st_size <= room * capacity->block_length) {
        return 0;
    }
    failure("%llu bytes do not fit: the unit has %llu blocks of %lu bytes from there on",
            (unsigned long long)status.st_size, (unsigned long long)room,
            (unsigned long)capacity->block_length);
    return -1;
}

static int write_blocks(struct unit *unit, int fd, uint8_t *data) {
    uint32_t block_length = unit->capacity.block_length;
    size_t most = (size_t)unit_max_blocks(unit) * block_length;
    uint64_t first = unit->nexus.host->options->lba;
    uint64_t lba = first;
    uint64_t bytes = 0;
    for (;;) {
        ssize_t filled = fill_buffer(unit->nexus.host, fd, data, most);
        if (filled < 0) {
            return -1;
        }
        if (filled == 0) {
            break;
        }
        size_t size = (size_t)filled;
        uint32_t blocks = (uint32_t)((size + block_length - 1) / block_length);
        memset(data + size, 0, (size_t)blocks * block_length - size);
        if (blocks > UINT64_MAX - lba) {
            failure("the input goes beyond block 2^64");
            return -1;
        }
        if (unit_write(unit, lba, blocks, data) != 0) {
            return -1;
        }
        lba += blocks;
        bytes += size;
        if (size < most) {
            break;
        }
    }
    if (unit_flush(unit) != 0) {
        return -1;
    }
    print_moved(unit, bytes, lba - first);
    return 0;
}

static int write_unit(struct unit *unit, void *context) {
    const int *fd = context;
    if (unit_capacity(unit) != 0 || check_fits(unit, *fd) != 0) {
        return -1;
    }
    uint8_t *data = transfer_buffer(unit);
    int result = data == NULL ? -1 : write_blocks(unit, *fd, data);
    free(data);
    return result;
}

int command_write(const struct options *options) {
    int is_file = options->input != NULL && strcmp(options->input, "-") != 0;
    int fd = is_file ? infile_open(options->input) : STDIN_FILENO;
    if (fd < 0) {
        return EXIT_USAGE;
    }
    int code = with_unit(options, write_unit, &fd);
    if (is_file) {
        close(fd);
    }
    return code;
}
