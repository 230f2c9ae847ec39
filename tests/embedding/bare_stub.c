/* A machine without anything: what examples/bare.c needs to be linked as a whole program, to see
 * that nothing is missing and how large it is. Not run. */
#include "bare.h"

int main(void);

static uint64_t stub_now(void *context) {
    return ++*(uint64_t *)context;
}

static int32_t stub_random(void *context, void *bytes, size_t size) {
    (void)context;
    (void)bytes;
    (void)size;
    return -1;
}

static int32_t stub_open(void *context, const char *host, uint32_t port) {
    (void)context;
    (void)host;
    return port == 0 ? -1 : 0;
}

static int32_t stub_receive(void *context, void *data, size_t size) {
    (void)context;
    (void)data;
    (void)size;
    return 0;
}

static int32_t stub_send(void *context, const void *data, size_t size) {
    (void)context;
    (void)data;
    return (int32_t)size;
}

static void stub_wait(void *context, int32_t full, uint64_t deadline) {
    (void)full;
    *(uint64_t *)context = deadline;
}

static void stub_close(void *context) {
    (void)context;
}

int main(void) {
    static uint64_t time;
    static uint8_t block[BARE_BLOCK], back[BARE_BLOCK];
    static struct bare_report report;
    const struct bare_system system = {.context = &time,
                                       .now = stub_now,
                                       .random = stub_random,
                                       .open = stub_open,
                                       .receive = stub_receive,
                                       .send = stub_send,
                                       .wait = stub_wait,
                                       .close = stub_close};
    const struct bare_disk disk = {
        .host = "192.0.2.7", .target = "iqn.2026-01.org.example:disk", .port = 3260, .lun = 1};
    return bare_run(&system, &disk, 0, block, back, &report);
}
