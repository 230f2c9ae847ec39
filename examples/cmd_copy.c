/* copy: a whole disk between logical units and files, several commands in flight. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "json.h"
#include "file.h"
#include "unit.h"

enum { SLOTS = 32 };

/* The progress bar moves no oftener, ns. */
static const uint64_t progress_pause = 200000000;

/* One end of the copy: a logical unit or a file. */
struct side {
    const char *name; /* as the command line has it */
    int is_unit;
    int fd; /* of a source file, else -1 */
    struct unit unit;
    struct outfile file; /* the destination file */
    uint64_t size;       /* bytes; UINT64_MAX: whatever is needed */
    uint32_t block;      /* bytes that go together */
};

struct copy;

enum { SLOT_IDLE, SLOT_READING, SLOT_READ, SLOT_WRITING };

/* One piece on its way. Its request and buffer stay put while lent to a session. */
struct slot {
    struct copy *copy;
    struct request request;
    uint8_t *data;
    uint64_t offset;
    size_t length;
    uint32_t phase;
};

struct copy {
    struct host host;
    struct side from;
    struct side to;
    struct slot slots[SLOTS];
    uint64_t total; /* bytes to copy */
    uint64_t next;  /* offset of the next piece */
    uint64_t done;  /* bytes copied */
    size_t piece;   /* bytes of a whole piece */
    uint32_t busy;  /* slots that are not idle */
    uint32_t failed;
    uint64_t started;
    uint64_t progress_at;
};

static void run_slot(struct slot *slot);

static void fail(struct slot *slot) {
    slot->copy->failed = 1;
    slot->phase = SLOT_IDLE;
}

static void on_done(struct request *request) {
    struct slot *slot = request->context;
    if (!request->ok) {
        if (!slot->copy->failed) {
            request_report(request); /* the first tells why; the others follow from it */
        }
        fail(slot);
    } else if (slot->phase == SLOT_READING) {
        slot->phase = SLOT_READ;
    } else {
        slot->copy->done += slot->length;
        slot->phase = SLOT_IDLE;
    }
    slot->copy->busy--;
    run_slot(slot);
}

static void queue_transfer(struct slot *slot, struct side *side, int is_write) {
    struct request *request = &slot->request;
    uint32_t block = side->block;
    size_t size = (slot->length + block - 1) / block * block;
    request_init(request, side->unit.lun);
    if (is_write) {
        memset(slot->data + slot->length, 0, size - slot->length);
        request->cdb_length =
            sanscsi_cdb_write(request->cdb, slot->offset / block, (uint32_t)(size / block), 0);
        request->data_out = (sanscsi_iovec){slot->data, size};
    } else {
        request->cdb_length =
            sanscsi_cdb_read(request->cdb, slot->offset / block, (uint32_t)(size / block), 0);
        request->data_in = (sanscsi_iovec){slot->data, size};
    }
    request->exact = 1;
    request->done = on_done;
    request->context = slot;
    slot->copy->busy++;
    nexus_queue(&side->unit.nexus, request);
}

/* Takes the next piece of the source: at once from a file, later from a unit. */
static void start_reading(struct slot *slot) {
    struct copy *copy = slot->copy;
    uint64_t left = copy->total - copy->next;
    slot->offset = copy->next;
    slot->length = left < copy->piece ? (size_t)left : copy->piece;
    copy->next += slot->length;
    if (copy->from.is_unit) {
        slot->phase = SLOT_READING;
        queue_transfer(slot, &copy->from, 0);
        return;
    }
    size_t filled = 0;
    while (filled < slot->length) {
        ssize_t came = pread(copy->from.fd, slot->data + filled, slot->length - filled,
                             (off_t)(slot->offset + filled));
        if (came == 0 || (came < 0 && errno != EINTR)) {
            failure("%s: %s", copy->from.name, came == 0 ? "became shorter" : strerror(errno));
            fail(slot);
            return;
        }
        filled += came > 0 ? (size_t)came : 0;
    }
    slot->phase = SLOT_READ;
}

static void start_writing(struct slot *slot) {
    struct copy *copy = slot->copy;
    if (copy->to.is_unit) {
        slot->phase = SLOT_WRITING;
        queue_transfer(slot, &copy->to, 1);
        return;
    }
    if (outfile_write_at(&copy->to.file, slot->data, slot->length, slot->offset) != 0) {
        fail(slot);
        return;
    }
    copy->done += slot->length;
    slot->phase = SLOT_IDLE;
}

/* Moves a slot on until it waits for a target or nothing is left. */
static void run_slot(struct slot *slot) {
    struct copy *copy = slot->copy;
    while (!copy->failed) {
        if (slot->phase == SLOT_IDLE && copy->next < copy->total) {
            start_reading(slot);
        } else if (slot->phase == SLOT_READ) {
            start_writing(slot);
        } else {
            return;
        }
    }
}

static void show_progress(struct copy *copy, int last) {
    enum { WIDTH = 40 };
    char bar[WIDTH + 1];
    uint64_t now = clock_now();
    if (copy->progress_at == SANSCSI_NEVER || (!last && now < copy->progress_at)) {
        return;
    }
    copy->progress_at = now + progress_pause;
    double part = copy->total == 0 ? 1 : (double)copy->done / (double)copy->total;
    int filled = (int)(part * WIDTH);
    for (int i = 0; i < WIDTH; i++) {
        bar[i] = i < filled ? '#' : '.';
    }
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %3d %%", bar, (int)(part * 100));
    fputs(last ? "\n" : "", stderr);
    fflush(stderr);
}

/* Reads one side of the command line. Returns 0, or -1 after a usage error. */
static int parse_side(struct side *side, char *name) {
    const char *scheme = strstr(name, "://");
    side->name = name;
    side->fd = -1;
    side->block = 1;
    /* A wrong scheme is told as such: as a file it would be shown whole, with any secret. */
    side->is_unit = scheme != NULL && memchr(name, '/', (size_t)(scheme - name)) == NULL;
    if (strcmp(name, "-") == 0) {
        usage_error("copy takes a URL or a file, not '-'");
        return -1;
    }
    return side->is_unit ? unit_parse(&side->unit, name) : 0;
}

/* Both return 0, or -1 after a usage error that was told. */
static int open_source_file(struct side *from) {
    struct stat status;
    from->fd = infile_open(from->name);
    if (from->fd < 0) {
        return -1;
    }
    if (fstat(from->fd, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode)) {
        usage_error("%s: copy takes a file or a disk, whose end is known", from->name);
        return -1;
    }
    off_t end = lseek(from->fd, 0, SEEK_END);
    if (end < 0) {
        usage_error("%s: %s", from->name, strerror(errno));
        return -1;
    }
    from->size = (uint64_t)end;
    return 0;
}

static int open_destination_file(struct side *to) {
    if (outfile_open(&to->file, to->name) != 0) {
        return -1;
    }
    to->size = UINT64_MAX;
    if (to->file.temporary == NULL) { /* a device has an end; what cannot seek shows by itself */
        off_t end = lseek(to->file.fd, 0, SEEK_END);
        to->size = end > 0 ? (uint64_t)end : UINT64_MAX;
    }
    return 0;
}

static int open_unit(struct side *side, struct host *host) {
    if (!side->is_unit) {
        return 0;
    }
    if (unit_open(&side->unit, host) != 0 || unit_capacity(&side->unit) != 0) {
        return -1;
    }
    side->block = side->unit.capacity.block_length;
    side->size = side->unit.capacity.blocks * side->block;
    return 0;
}

static uint64_t greatest_common_divisor(uint64_t one, uint64_t other) {
    while (other != 0) {
        uint64_t rest = one % other;
        one = other;
        other = rest;
    }
    return one;
}

/* Pieces are whole blocks of both sides. */
static int plan(struct copy *copy) {
    uint64_t from = copy->from.block;
    uint64_t to = copy->to.block;
    uint64_t common = from / greatest_common_divisor(from, to) * to;
    copy->total = copy->from.size;
    if (copy->to.size < copy->total) {
        failure("the destination is smaller: %llu bytes, the source has %llu",
                (unsigned long long)copy->to.size, (unsigned long long)copy->total);
        return -1;
    }
    if (common == 0 || common > UNIT_MAX_TRANSFER) {
        failure("blocks of %llu and %llu bytes do not go together", (unsigned long long)from,
                (unsigned long long)to);
        return -1;
    }
    copy->piece = (size_t)(UNIT_MAX_TRANSFER / common * common);
    for (size_t i = 0; i < SLOTS; i++) {
        copy->slots[i].copy = copy;
        copy->slots[i].data = malloc(UNIT_MAX_TRANSFER);
        if (copy->slots[i].data == NULL) {
            failure("no memory for %d pieces", SLOTS);
            return -1;
        }
    }
    return 0;
}

static int move_all(struct copy *copy) {
    const struct options *options = copy->host.options;
    int shows = isatty(STDERR_FILENO) == 1 && !options->quiet;
    copy->progress_at = shows ? clock_now() : SANSCSI_NEVER;
    for (size_t i = 0; i < SLOTS; i++) {
        run_slot(&copy->slots[i]);
    }
    while (copy->busy > 0 && !host_interrupted(&copy->host)) {
        host_turn(&copy->host, copy->progress_at);
        show_progress(copy, 0);
    }
    show_progress(copy, 1);
    if (host_interrupted(&copy->host)) {
        failure("interrupted");
        copy->failed = 1;
    }
    if (!copy->failed && copy->to.is_unit && unit_flush(&copy->to.unit) != 0) {
        copy->failed = 1;
    }
    return copy->failed ? -1 : 0;
}

static void print_rate(const struct copy *copy) {
    double seconds = (double)(clock_now() - copy->started) / 1e9;
    double rate = seconds > 0 ? (double)copy->done / seconds / 1e6 : 0;
    struct json json;
    if (!copy->host.options->json) {
        printf("%llu bytes, %.3f s, %.1f MB/s\n", (unsigned long long)copy->done, seconds, rate);
        return;
    }
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    json_number(&json, "bytes", copy->done);
    json_decimal(&json, "seconds", seconds);
    json_decimal(&json, "mb_per_second", rate);
    json_close(&json, '}');
}

/* Ends both sessions; only then may the buffers go. */
static void end_sessions(struct copy *copy, int result) {
    copy->failed = result != 0; /* what comes back late starts nothing new */
    nexus_ask_end(&copy->from.unit.nexus);
    nexus_ask_end(&copy->to.unit.nexus);
    unit_close(&copy->from.unit);
    unit_close(&copy->to.unit);
    for (size_t i = 0; i < SLOTS; i++) {
        free(copy->slots[i].data);
    }
}

/* Between open files: logs in, copies, logs out. Returns the exit code. */
static int run_copy(struct copy *copy, const struct options *options) {
    int code = host_open(&copy->host, options);
    if (code == 0) {
        int result = -1;
        if (open_unit(&copy->from, &copy->host) == 0 && open_unit(&copy->to, &copy->host) == 0 &&
            plan(copy) == 0) {
            copy->started = clock_now();
            result = move_all(copy);
        }
        end_sessions(copy, result);
        if (!copy->to.is_unit && outfile_close(&copy->to.file, result == 0) != 0) {
            result = -1;
        }
        if (result == 0) {
            print_rate(copy);
        }
        code = result == 0 ? EXIT_DONE : EXIT_FAILED;
    }
    return host_close(&copy->host, code);
}

/* Parses and opens what must be right before any session. Returns 0, or -1 after a usage error. */
static int prepare(struct copy *copy, const struct options *options) {
    if (parse_side(&copy->from, options->arguments[0]) != 0 ||
        parse_side(&copy->to, options->arguments[1]) != 0) {
        return -1;
    }
    if (!copy->from.is_unit && !copy->to.is_unit) {
        usage_error("FROM or TO must be a URL: iscsi://HOST[:PORT]/TARGET-NAME/LUN");
        return -1;
    }
    if (!copy->from.is_unit && open_source_file(&copy->from) != 0) {
        return -1;
    }
    return copy->to.is_unit ? 0 : open_destination_file(&copy->to);
}

int command_copy(const struct options *options) {
    struct copy *copy = calloc(1, sizeof(*copy));
    if (copy == NULL) {
        return failure("no memory");
    }
    copy->from.fd = -1;
    int code = prepare(copy, options) == 0 ? run_copy(copy, options) : EXIT_USAGE;
    (void)outfile_close(&copy->to.file, 0); /* unless it has been closed whole */
    if (copy->from.fd >= 0) {
        close(copy->from.fd);
    }
    free(copy);
    return code;
}
