/* Bytes that a session takes. */
#include <stdio.h>

#include <iscsi/sanscsi.h>

#include "initiator/session.h"

static size_t memory_of(uint32_t tasks) {
    sanscsi_limits limits;
    sanscsi_limits_defaults(&limits);
    limits.tasks = tasks;
    return sanscsi_session_memory(NULL, &limits);
}

int main(void) {
    sanscsi_limits limits;
    sanscsi_limits_defaults(&limits);
    printf("%-36s %8s\n", "", "bytes");
    printf("%-36s %8zu\n", "session, default limits", sanscsi_session_memory(NULL, NULL));
    static const uint32_t tasks[] = {1, 32, 128, 4096};
    for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        printf("session, %4u task slots %12s %8zu\n", (unsigned)tasks[i], "", memory_of(tasks[i]));
    }
    printf("%-36s %8zu\n", "one task slot more", (memory_of(4096) - memory_of(32)) / (4096 - 32));
    limits.tx_slots++;
    printf("%-36s %8zu\n", "one transmit slot more",
           sanscsi_session_memory(NULL, &limits) - memory_of(limits.tasks));
    limits.tx_slots--;
    limits.events++;
    printf("%-36s %8zu\n", "one waiting event more",
           sanscsi_session_memory(NULL, &limits) - memory_of(limits.tasks));
    limits = (sanscsi_limits){
        .size = sizeof(limits),
        .tasks = 32,
        .tx_slots = 2,
        .events = 1,
        .event_text = 32,
        .max_cdb_length = 16,
        .max_outstanding_r2t = 1,
    };
    printf("%-36s %8zu\n", "session, 32 slots, else the least",
           sanscsi_session_memory(NULL, &limits));
    printf("%-36s %8zu\n", "one connection, its slots apart", sizeof(struct connection));
    return 0;
}
