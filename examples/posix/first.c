/* The first program of README.md: logs in to a disk and shows the beginning of its first block. */
#include "disk.h"
#include <stdio.h>

int main(int argc, char **argv) {
    unsigned char block[512];
    struct disk *disk = disk_open(argc > 1 ? argv[1] : "");
    if (disk_read(disk, 0, block, sizeof(block)) == 0) {
        for (int i = 0; i < 32; i++) {
            printf("%02x ", block[i]);
        }
    }
    puts(disk_error(disk));
    return disk_close(disk);
}
