/* One program that uses this library and libiscsi at once: both sessions read the same block. */
#include <stdio.h>
#include <string.h>

/* The test builds it in both orders. */
#ifdef OTHERS_FIRST
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <iscsi/sanscsi.h>
#else
#include <iscsi/sanscsi.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#endif

#include "user.h"

/* Reads block 0 by libiscsi, on a session that stays open until the end. */
static struct iscsi_context *log_in(const char *portal, const char *target, int lun) {
    struct iscsi_context *context = iscsi_create_context("iqn.2026-11.org.example:other");
    if (context == NULL || iscsi_set_targetname(context, target) != 0 ||
        iscsi_set_session_type(context, ISCSI_SESSION_NORMAL) != 0 ||
        iscsi_full_connect_sync(context, portal, lun) != 0) {
        fprintf(stderr, "libiscsi: %s\n",
                context == NULL ? "no context" : iscsi_get_error(context));
        return NULL;
    }
    return context;
}

static int read_by_other(struct iscsi_context *context, int lun, uint8_t *block, size_t size) {
    struct scsi_task *task = iscsi_read10_sync(context, lun, 0, 512, 512, 0, 0, 0, 0, 0);
    int good =
        task != NULL && task->status == SCSI_STATUS_GOOD && task->datain.size == 512 && size >= 512;
    if (good) {
        memcpy(block, task->datain.data, 512);
    }
    if (task != NULL) {
        scsi_free_scsi_task(task);
    }
    return good ? 0 : -1;
}

/* usage: beside PORTAL TARGET LUN URL */
int main(int argc, char **argv) {
    static uint8_t ours[4096], theirs[4096];
    int lun = argc == 5 ? argv[3][0] - '0' : 0;
    if (argc != 5) {
        return 2;
    }
    struct iscsi_context *context = log_in(argv[1], argv[2], lun);
    if (context == NULL || read_first_block(argv[4], ours, sizeof(ours)) != 0 ||
        read_by_other(context, lun, theirs, sizeof(theirs)) != 0) {
        return 1;
    }
    iscsi_logout_sync(context);
    iscsi_destroy_context(context);
    printf("%s\n", memcmp(ours, theirs, 512) == 0 ? "the same" : "different");
    for (int i = 0; i < 16; i++) {
        printf("%02x", ours[i]);
    }
    printf("\n");
    return 0;
}
