/* Writes beside the file that is meant and renames at the end, so that a part never passes as it.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"
#include "signals.h"

static int file_failure(const struct outfile *file) {
    failure("%s: %s", file->path, strerror(errno));
    return -1;
}

int infile_open(const char *path) {
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int error = errno;
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(fd);
        fd = -1;
        error = EISDIR;
    }
    if (fd < 0) {
        usage_error("%s: %s", path, strerror(error));
    }
    return fd;
}

/* Opens a new file beside the one meant; it gets the rights of the one it will replace. */
static int open_temporary(struct outfile *file, const struct stat *old) {
    size_t size = strlen(file->path) + 32;
    file->temporary = malloc(size);
    if (file->temporary == NULL) {
        return -1;
    }
    snprintf(file->temporary, size, "%s.sanscsi-%ld", file->path, (long)getpid());
    file->fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        int error = errno;
        free(file->temporary);
        file->temporary = NULL;
        errno = error;
        return -1;
    }
    signals_remove(file->temporary);
    if (old != NULL) {
        (void)!fchmod(file->fd, old->st_mode & 0777);
    }
    return 0;
}

int outfile_open(struct outfile *file, const char *path) {
    struct stat old;
    memset(file, 0, sizeof(*file));
    if (path == NULL || strcmp(path, "-") == 0) {
        file->fd = STDOUT_FILENO;
        return 0;
    }
    file->fd = -1;
    file->path = realpath(path, NULL); /* behind a symbolic link the file itself is replaced */
    if (file->path == NULL) {
        file->path = strdup(path);
    }
    if (file->path == NULL) {
        usage_error("%s: %s", path, strerror(errno));
        return -1;
    }
    int exists = stat(file->path, &old) == 0;
    int opened = 0;
    if (exists && !S_ISREG(old.st_mode)) {
        file->fd = open(file->path, O_WRONLY | O_CLOEXEC);
        opened = file->fd >= 0 ? 0 : -1;
    } else {
        opened = open_temporary(file, exists ? &old : NULL);
    }
    if (opened != 0) {
        usage_error("%s: %s", path, strerror(errno));
    }
    return opened;
}

static int write_failure(const struct outfile *file) {
    if (errno == EINTR) {
        failure("interrupted");
        return -1;
    }
    if (file->path == NULL) {
        failure("standard output: %s", strerror(errno));
        return -1;
    }
    return file_failure(file);
}

int outfile_write(struct outfile *file, const void *data, size_t size) {
    const uint8_t *at = data;
    while (size > 0) {
        ssize_t written = write(file->fd, at, size);
        if (written < 0 && (errno != EINTR || signals_seen() > 0)) {
            return write_failure(file);
        }
        if (written > 0) {
            at += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

int outfile_write_at(struct outfile *file, const void *data, size_t size, uint64_t offset) {
    const uint8_t *at = data;
    while (size > 0) {
        ssize_t written = pwrite(file->fd, at, size, (off_t)offset);
        if (written < 0 && (errno != EINTR || signals_seen() > 0)) {
            return write_failure(file);
        }
        if (written > 0) {
            at += written;
            size -= (size_t)written;
            offset += (uint64_t)written;
        }
    }
    return 0;
}

int outfile_close(struct outfile *file, int whole) {
    int result = whole ? 0 : -1;
    if (file->path == NULL) {
        return result; /* standard output, or never opened */
    }
    if (file->fd >= 0) {
        /* Devices and pipes need not know fsync(). */
        if (whole && fsync(file->fd) != 0 && errno != EINVAL && errno != EROFS) {
            result = file_failure(file);
        }
        if (close(file->fd) != 0 && result == 0) {
            result = file_failure(file);
        }
    }
    if (file->temporary != NULL && result == 0 && rename(file->temporary, file->path) != 0) {
        result = file_failure(file);
    }
    if (file->temporary != NULL && result != 0) {
        unlink(file->temporary);
    }
    signals_remove(NULL);
    free(file->temporary);
    free(file->path);
    memset(file, 0, sizeof(*file));
    return result;
}
