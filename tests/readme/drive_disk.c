/* Drives examples/posix/disk.c as a program would: by commands from standard input. Each answers
 * with one line: "ok", or what disk_error() tells. usage: drive_disk URL */
#include "disk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fills or checks what the test expects at a place: each byte follows from its offset and a seed.
 */
static uint8_t pattern(uint64_t offset, unsigned seed) {
    return (uint8_t)(offset * 7 + offset / 251 + seed);
}

static int carry_out(struct disk *disk, char verb, uint64_t lba, size_t size, unsigned seed) {
    uint8_t *data = malloc(size + 1);
    int status = -1;
    if (data == NULL) {
        abort();
    }
    for (size_t i = 0; i < size; i++) {
        data[i] = verb == 'w' ? pattern(i, seed) : 0xee;
    }
    data[size] = 0xee;
    status = verb == 'w' ? disk_write(disk, lba, data, size) : disk_read(disk, lba, data, size);
    for (size_t i = 0; i < size && status == 0 && verb == 'r'; i++) {
        if (data[i] != pattern(i, seed)) {
            printf("byte %zu differs\n", i);
            status = 1;
        }
    }
    if (data[size] != 0xee) {
        abort();
    }
    free(data);
    return status;
}

int main(int argc, char **argv) {
    char line[256];
    struct disk *disk = disk_open(argc == 2 ? argv[1] : "");
    printf("%" PRIu64 " %" PRIu32 "\n", disk_blocks(disk), disk_block_length(disk));
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        char verb = '\0';
        uint64_t lba = 0;
        size_t size = 0;
        unsigned seed = 0;
        int words = sscanf(line, "%c %" SCNu64 " %zu %u", &verb, &lba, &size, &seed);
        int status = words == 4 ? carry_out(disk, verb, lba, size, seed) : disk_flush(disk);
        if (status <= 0) {
            puts(status == 0 ? "ok" : disk_error(disk));
        }
        fflush(stdout);
    }
    return disk_close(disk);
}
