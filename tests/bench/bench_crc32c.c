/* Throughput of CRC32C beside memcpy of the same run: figures and ratios. */
#define _POSIX_C_SOURCE 200809L

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <iscsi/initiator.h>

#include "wire/crc32c.h"

#define LARGEST 65536u
#define ROW_NS UINT64_C(200000000) /* time for each figure */
#define ROUNDS 5u                  /* the best of so many parts of it is shown */

static uint8_t source[LARGEST];
static uint8_t destination[LARGEST];

/* Keeps results alive in the eyes of the compiler. */
static volatile uint32_t sink;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

typedef void (*work)(size_t size);

static void run_chosen(size_t size) {
    sink = sanscsi_crc32c(NULL, 0, source, size);
}

static void run_portable(size_t size) {
    sink = sanscsi_crc32c_portable(0, source, size);
}

static void run_memcpy(size_t size) {
    memcpy(destination, source, size);
    sink = destination[size - 1];
}

/* Bytes per nanosecond, which is GB/s: the best of several rounds. */
static double measure(work run, size_t size) {
    double best = 0;
    size_t calls = 4 * LARGEST / size;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t bytes = 0;
        uint64_t start = now_ns();
        uint64_t spent;
        do {
            for (size_t i = 0; i < calls; i++) {
                run(size);
            }
            bytes += (uint64_t)calls * size;
            spent = now_ns() - start;
        } while (spent < ROW_NS / ROUNDS);
        double rate = (double)bytes / (double)spent;
        best = rate > best ? rate : best;
    }
    return best;
}

int main(void) {
    static const size_t sizes[] = {48, 512, 4096, LARGEST};
    for (size_t i = 0; i < LARGEST; i++) {
        source[i] = (uint8_t)(i * 7 + 1);
    }
    printf("%8s %12s %12s %12s %15s %16s\n", "bytes", "crc32c GB/s", "tables GB/s", "memcpy GB/s",
           "crc32c/tables", "crc32c/memcpy");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        double chosen = measure(run_chosen, sizes[i]);
        double portable = measure(run_portable, sizes[i]);
        double copy = measure(run_memcpy, sizes[i]);
        printf("%8zu %12.2f %12.2f %12.2f %15.2f %16.3f\n", sizes[i], chosen, portable, copy,
               chosen / portable, chosen / copy);
    }
    return 0;
}
