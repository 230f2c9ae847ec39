/* Prints the bytes of sessions for three sets of limits, one a line: name and number. */
#include <stdio.h>
#include <stdlib.h>

#include "memory_figures.h"
#include "support/login_script.h"

static size_t used, peak;

static void *allocate(void *context, size_t bytes) {
    (void)context;
    used += bytes;
    peak = used > peak ? used : peak;
    return malloc(bytes);
}

static void release(void *context, void *memory, size_t bytes) {
    (void)context;
    used -= bytes;
    free(memory);
}

/* The most that a session and its plain login take at once. */
static size_t login_peak(const sanscsi_limits *limits) {
    static struct login_run run;
    const sanscsi_allocator allocator = {sizeof(allocator), allocate, release, NULL};
    sanscsi_session_settings settings;
    sanscsi_session *session = NULL;
    sanscsi_initiator *initiator = login_initiator(&allocator);
    size_t before = used;
    peak = used;
    login_settings(&settings);
    if (sanscsi_session_new(initiator, &settings, limits, &session) != SANSCSI_OK) {
        exit(1);
    }
    login_play(&run, session, &login_plain, DELIVER_WHOLE, 1);
    size_t most = run.logged_in == 1 ? peak - before : 0;
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    if (used != 0 || most == 0) {
        exit(1);
    }
    return most;
}

int main(void) {
    sanscsi_session_settings settings;
    login_settings(&settings);
    for (size_t i = 0; i < MEMORY_SETS; i++) {
        uint32_t figures[MEMORY_FIGURES];
        memory_figures(&settings, &memory_sets[i].limits, figures);
        printf("%s:", memory_sets[i].name);
        for (size_t k = 0; k < MEMORY_FIGURES; k++) {
            printf(" %u", (unsigned)figures[k]);
        }
        printf(" %zu\n", login_peak(&memory_sets[i].limits));
    }
    return ferror(stdout) != 0 || fflush(stdout) != 0;
}
