/* Names and words of the ends of tasks. */
#include <iscsi/output.h>

#include <stdbool.h>

struct io_status {
    const char *name;
    const char *text;
};

static const struct io_status *find(uint32_t io_status) {
    static const struct io_status known[] = {
        [SANSCSI_IO_OK] = {"ok", "the target answered"},
        [SANSCSI_IO_SESSION_OFFLINE] = {"session-offline", "the session has ended"},
        [SANSCSI_IO_TIMEOUT] = {"timeout", "timed out"},
        [SANSCSI_IO_TARGET_FAILURE] = {"target-failure", "target failure"},
        [SANSCSI_IO_CONNECTION_OFFLINE] = {"connection-offline", "the connection was lost"},
        [SANSCSI_IO_BYTES_LOST] = {"bytes-lost", "bytes were lost on the way"},
        [SANSCSI_IO_CANCELLED] = {"cancelled", "cancelled"},
        [SANSCSI_IO_TERMINATED] = {"terminated", "ended by a reset that the program did not want"},
    };
    static const struct io_status unknown = {"unknown", "failed"};
    bool named = io_status < sizeof(known) / sizeof(known[0]) && known[io_status].name != NULL;
    return named ? &known[io_status] : &unknown;
}

const char *sanscsi_io_status_name(uint32_t io_status) {
    return find(io_status)->name;
}

const char *sanscsi_io_status_text(uint32_t io_status) {
    return find(io_status)->text;
}
