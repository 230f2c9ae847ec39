/* A disk behind iSCSI with blocking calls, for programs on POSIX: copy disk.h and disk.c into
 * yours, or begin with them. One thread at a time uses a disk. */
#ifndef DISK_H
#define DISK_H

#include <stddef.h>
#include <stdint.h>

struct disk;

/* Logs in to iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN and asks for the capacity. Returns
 * a disk also after a failure: every call with it then fails. NULL for want of memory, which every
 * call takes for a failed disk. disk_close() is due in any case. */
struct disk *disk_open(const char *url);

/* Logs out and gives everything back. Returns 0, or 1 when anything with this disk has failed: what
 * main() may return. */
int disk_close(struct disk *disk);

/* Bytes of a block and number of blocks; 0 of a failed disk. */
uint32_t disk_block_length(const struct disk *disk);
uint64_t disk_blocks(const struct disk *disk);

/* Both move `size` bytes, whole blocks and less than 4 GiB, from block `lba` on, straight from or
 * to `data`. disk_flush() has the disk write down what it caches. All return 0, or -1 after a
 * failure.
 */
int disk_read(struct disk *disk, uint64_t lba, void *data, size_t size);
int disk_write(struct disk *disk, uint64_t lba, const void *data, size_t size);
int disk_flush(struct disk *disk);

/* Why the last call that failed did, in a sentence that any terminal can show; "" before any. Good
 * until the next call. */
const char *disk_error(const struct disk *disk);

#endif
