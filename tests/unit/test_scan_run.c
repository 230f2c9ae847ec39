/* Runs a LUN scan against the test target. */
#include "test_scan_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* As many bytes as were asked for, and a list length that tells of one unit more. */
static void grow(struct target *target, struct target_task *task) {
    uint8_t *list = calloc(1, task->edtl);
    assert_non_null(list);
    put32(list, task->edtl);
    target_finish(target, task, list, task->edtl, 0);
    free(list);
}

static bool follow(struct target *target, struct target_task *task, const struct plan *plan,
                   struct scanned *scanned) {
    uint8_t data[255] = {0};
    switch (plan->kind) {
    case CHECK:
        target_check(target, task, (uint8_t)(plan->value >> 16), plan->value & 0xffff);
        return true;
    case STATUS:
        target_respond(target, task, 0, 0, (uint8_t)plan->value, 0, NULL, 0);
        return true;
    case SENSE: {
        uint8_t sense[20] = {0, 18, 0x70, 0, (uint8_t)(plan->value >> 16), 0, 0, 0, 0, 10};
        put32(sense + 2 + 10, plan->value & 0xffff);
        target_respond(target, task, 0x02, 0, (uint8_t)(plan->value >> 24), task->edtl, sense,
                       sizeof(sense));
        return true;
    }
    case FAILURE:
        target_respond(target, task, 0, 1, 0, 0, NULL, 0);
        return true;
    case GROW:
        grow(target, task);
        return true;
    case SHORT:
        target_respond(target, task, 0, 0, 0, 0, NULL, 0);
        return true;
    case DROP:
        scanned->drop = true;
        return true;
    case SILENT:
        return true;
    case DATA:
        target_finish(target, task, plan->data != NULL ? plan->data : data, plan->length, 0);
        return true;
    case RIGHT:
        break;
    }
    return false;
}

static bool answer(struct target *target, struct target_task *task, void *context) {
    struct scanned *scanned = context;
    scanned->inquiries += task->cdb[0] == INQUIRY ? 1 : 0;
    scanned->report_luns += task->cdb[0] == REPORT_LUNS ? 1 : 0;
    for (size_t i = 0; i < scanned->plan_count; i++) {
        const struct plan *plan = &scanned->plans[i];
        bool meant = plan->opcode == task->cdb[0] &&
                     (plan->lun == ANY_LUN || plan->lun == (uint32_t)(task->lun >> 48));
        if (!meant) {
            continue;
        }
        uint32_t seen = scanned->seen[i]++;
        if (seen >= plan->skip && (plan->times == 0 || seen < plan->skip + plan->times)) {
            return follow(target, task, plan, scanned);
        }
    }
    return false;
}

static bool take_output(struct harness *harness, const sanscsi_output *output) {
    struct scanned *scanned = harness->context;
    if (scanned->scan == NULL) {
        return false;
    }
    if (output->type == SANSCSI_OUTPUT_TASK_DONE && scanned->before != NULL &&
        ++scanned->results == scanned->before_result) {
        scanned->before(scanned);
    }
    return sanscsi_scan_output(scanned->scan, output, harness->now) == 1;
}

static void take_units(struct scanned *scanned) {
    sanscsi_unit unit = {.size = sizeof(unit)};
    while (sanscsi_scan_next(scanned->scan, &unit) == 1) {
        scanned->units++;
        scanned->claimed += unit.claimed;
        scanned->with_inquiry += unit.inquiry != NULL ? 1 : 0;
        scanned->with_capacity += unit.capacity != NULL ? 1 : 0;
        scanned->last_number = unit.lun_number;
        scanned->last_lun = unit.lun;
        if (unit.capacity != NULL) {
            scanned->last_blocks = unit.capacity->blocks;
            assert_int_equal(unit.capacity->block_length, TARGET_BLOCK);
        }
        if (unit.inquiry != NULL && unit.claimed == 1) {
            assert_string_equal(unit.inquiry->vendor, "SANSCSI");
        }
    }
}

void scan_begin(struct scanned *scanned, const struct plan *plans, size_t count, uint32_t units) {
    memset(scanned, 0, sizeof(*scanned));
    struct target_config config;
    target_config_defaults(&config);
    config.units = units;
    config.command = answer;
    config.context = scanned;
    config.tmf_response = 0;
    scanned->plans = plans;
    scanned->plan_count = count;
    scanned->harness = harness_ready(&config, NULL, NULL);
    scanned->harness->how = HARNESS_WINDOWS;
    scanned->harness->output = take_output;
    scanned->harness->context = scanned;
}

void scan_start(struct scanned *scanned) {
    struct harness *harness = scanned->harness;
    assert_int_equal(sanscsi_scan_new(harness->session, harness->now, &scanned->scan), SANSCSI_OK);
}

void scan_finish(struct scanned *scanned) {
    struct harness *harness = scanned->harness;
    while (sanscsi_scan_done(scanned->scan) == 0) {
        uint32_t units = scanned->units;
        harness_run(harness);
        if (scanned->drop) {
            scanned->drop = false;
            harness_cut(harness);
            harness_poll(harness);
        }
        take_units(scanned);
        if (scanned->units == units && sanscsi_deadline(harness->session) != SANSCSI_NEVER) {
            uint64_t wait = sanscsi_deadline(harness->session) - harness->now;
            bool busy = false;
            for (uint32_t i = 0; i < TARGET_TASKS; i++) {
                busy = busy || harness->target->tasks[i].used;
            }
            harness_wait(harness, busy ? wait : 0);
        }
    }
}

void scan_all(struct scanned *scanned) {
    scan_start(scanned);
    scan_finish(scanned);
}

void scan_end(struct scanned *scanned) {
    sanscsi_scan_free(scanned->scan);
    scanned->scan = NULL;
    harness_free(scanned->harness);
}
