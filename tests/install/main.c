/* Prints the version of the installed library and, with a URL, the start of that disk. */
#include <stdio.h>

#include "user.h"

#include <iscsi/sanscsi.h>

int main(int argc, char **argv) {
    static uint8_t block[4096];
    printf("%s\n", sanscsi_version());
    if (argc == 1) {
        return 0;
    }
    if (read_first_block(argv[1], block, sizeof(block)) != 0) {
        return 1;
    }
    for (int i = 0; i < 16; i++) {
        printf("%02x", block[i]);
    }
    printf("\n");
    return 0;
}
