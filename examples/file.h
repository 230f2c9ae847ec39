/* Files of ours: one to read from, and one that gets its name only when it is whole. */
#ifndef EXAMPLE_FILE_H
#define EXAMPLE_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Opens a file, which may be a device, for reading. Returns -1 after a usage error that was told.
 */
int infile_open(const char *path);

struct outfile {
    int fd;
    char *path;
    char *temporary; /* NULL: written in place, as a device must be */
};

/* NULL or "-" is standard output. Returns 0, or -1 after a usage error that was told. */
int outfile_open(struct outfile *file, const char *path);

/* Write at the end, or at an offset. Return 0, or -1 after a failure that was told. */
int outfile_write(struct outfile *file, const void *data, size_t size);
int outfile_write_at(struct outfile *file, const void *data, size_t size, uint64_t offset);

/* Gives the file its name if whole is 1, else removes it. Returns 0 when it is there whole. */
int outfile_close(struct outfile *file, int whole);

#endif
