/* The LUN scan as its caller sees it. */
#include "discovery/scan.h"

/* Submits until a command is under way, a unit waits to be taken, or nothing follows. */
static void advance(struct sanscsi_scan *scan, uint64_t now) {
    while (scan->step != SCAN_UNIT_FOUND && scan->step != SCAN_DONE) {
        struct scan_outcome outcome;
        if (sanscsi_scan_submit(scan, now, &outcome)) {
            return;
        }
        sanscsi_scan_conclude(scan, &outcome);
    }
}

int32_t sanscsi_scan_new(sanscsi_session *session, uint64_t now, sanscsi_scan **scan) {
    if (session == NULL || scan == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (session->settings.type != SANSCSI_SESSION_NORMAL) {
        return SANSCSI_WRONG_SESSION_TYPE;
    }
    struct sanscsi_scan *made = sanscsi_allocate(session->allocator, sizeof(*made));
    if (made == NULL) {
        return SANSCSI_NO_MEMORY;
    }
    made->session = session;
    made->step = SCAN_FIRST_INQUIRY;
    made->complete = true;
    session->origin.time = now;
    advance(made, now);
    *scan = made;
    return SANSCSI_OK;
}

void sanscsi_scan_free(sanscsi_scan *scan) {
    if (scan != NULL) {
        const sanscsi_allocator *allocator = scan->session->allocator;
        sanscsi_growing_release(&scan->list, allocator);
        sanscsi_release(allocator, scan, sizeof(*scan));
    }
}

int32_t sanscsi_scan_output(sanscsi_scan *scan, const sanscsi_output *output, uint64_t now) {
    if (scan == NULL || output == NULL || output->type != SANSCSI_OUTPUT_TASK_DONE ||
        scan->task == 0 || output->result->task != scan->task) {
        return 0;
    }
    struct scan_outcome outcome;
    sanscsi_scan_read_result(output->result, &outcome);
    scan->task = 0;
    sanscsi_scan_conclude(scan, &outcome);
    advance(scan, now);
    return 1;
}

int32_t sanscsi_scan_done(const sanscsi_scan *scan) {
    return scan == NULL || scan->step == SCAN_DONE ? 1 : 0;
}

int32_t sanscsi_scan_complete(const sanscsi_scan *scan) {
    return scan != NULL && scan->complete ? 1 : 0;
}

int32_t sanscsi_scan_sense(const sanscsi_scan *scan, sanscsi_sense *sense) {
    if (scan == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    return sanscsi_sense_parse(scan->kept_sense, scan->kept_sense_size, sense);
}

int32_t sanscsi_scan_next(sanscsi_scan *scan, sanscsi_unit *unit) {
    if (scan == NULL || unit == NULL || unit->size != sizeof(*unit)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (scan->taken) {
        /* What the last call handed out may be written over from here on. */
        scan->taken = false;
        sanscsi_scan_next_unit(scan);
        advance(scan, scan->session->origin.time);
    }
    if (scan->step != SCAN_UNIT_FOUND) {
        return 0;
    }
    *unit = scan->unit;
    scan->taken = true;
    return 1;
}
