/* Tasks of the session harness: what they lend, and that each ends once. */
#include <stdlib.h>
#include <string.h>

#include "session_run.h"

enum { GUARD = 0xa7, GUARD_SIZE = 16, FRESH = 0x5c };

/* Never FRESH, so that what did not come is seen. */
uint8_t job_byte(uint32_t job, uint32_t offset) {
    return (uint8_t)(0x80 | (job * 37 + offset * 11 + offset / 251));
}

static void add_piece(struct lent *lent, uint32_t size) {
    uint8_t *block = malloc(size + 2 * GUARD_SIZE);
    if (block == NULL) {
        abort();
    }
    memset(block, GUARD, size + 2 * GUARD_SIZE);
    lent->blocks[lent->count] = block;
    lent->pieces[lent->count].data = block + GUARD_SIZE;
    lent->pieces[lent->count].size = size;
    lent->count++;
    lent->length += size;
}

/* `fill`: 0 for the job's bytes, which go to the target; else what is there before it reads. */
void lend(struct lent *lent, uint32_t length, uint32_t pieces, uint8_t fill, uint32_t job) {
    memset(lent, 0, sizeof(*lent));
    if (length == 0) {
        return;
    }
    for (uint32_t i = pieces; i > 1; i--) {
        add_piece(lent, (length - lent->length) / i);
    }
    add_piece(lent, length - lent->length);
    uint32_t offset = 0;
    for (uint32_t i = 0; i < lent->count; i++) {
        uint8_t *piece = lent->pieces[i].data;
        for (size_t at = 0; at < lent->pieces[i].size; at++, offset++) {
            piece[at] = fill != 0 ? fill : job_byte(job, offset);
        }
    }
}

static bool is_guard(const uint8_t *bytes) {
    for (uint32_t i = 0; i < GUARD_SIZE; i++) {
        if (bytes[i] != GUARD) {
            return false;
        }
    }
    return true;
}

static void check_guards(const struct lent *lent) {
    for (uint32_t i = 0; i < lent->count; i++) {
        FUZZ_HOLDS(is_guard(lent->blocks[i]) &&
                       is_guard(lent->blocks[i] + GUARD_SIZE + lent->pieces[i].size),
                   "no byte outside of lent memory is written");
    }
}

/* Every byte is the job's, or `other` where that is not 0; `whole` bytes in front are the job's. */
static void check_bytes(const struct lent *lent, uint32_t job, uint8_t other, uint32_t whole) {
    uint32_t offset = 0;
    for (uint32_t i = 0; i < lent->count; i++) {
        const uint8_t *piece = lent->pieces[i].data;
        for (size_t at = 0; at < lent->pieces[i].size; at++, offset++) {
            bool own = piece[at] == job_byte(job, offset);
            FUZZ_HOLDS(own || (other != 0 && piece[at] == other && offset >= whole),
                       "lent memory holds what was received for it, and what is written is kept");
        }
    }
}

static void lent_free(struct lent *lent) {
    for (uint32_t i = 0; i < lent->count; i++) {
        free(lent->blocks[i]);
    }
    memset(lent, 0, sizeof(*lent));
}

static void job_return(struct run *run, struct job *job, uint32_t whole) {
    uint32_t number = (uint32_t)(job - run->jobs);
    check_guards(&job->out);
    check_guards(&job->in);
    check_guards(&job->sense);
    check_bytes(&job->out, number, 0, 0);
    if (run->trusted) {
        check_bytes(&job->in, number, FRESH, whole);
    }
    lent_free(&job->out);
    lent_free(&job->in);
    lent_free(&job->sense);
}

struct job *job_new(struct run *run, uint32_t kind) {
    if (run->job_count == JOBS) {
        return NULL;
    }
    struct job *job = &run->jobs[run->job_count++];
    memset(job, 0, sizeof(*job));
    job->kind = kind;
    return job;
}

void job_forget(struct run *run) {
    run->job_count--;
    struct job *job = &run->jobs[run->job_count];
    check_guards(&job->in);
    lent_free(&job->out);
    lent_free(&job->in);
    lent_free(&job->sense);
}

void job_ends(struct run *run, const sanscsi_task_result *result) {
    FUZZ_HOLDS(result->user < run->job_count, "a task ends that was accepted");
    struct job *job = &run->jobs[result->user];
    FUZZ_HOLDS(!job->done, "a task ends once");
    FUZZ_HOLDS(job->kind == result->kind && job->task == result->task,
               "a task ends as the one that it is");
    FUZZ_HOLDS(result->data_in <= job->in.length, "no more is read than fits");
    FUZZ_HOLDS(result->sense_length + result->response_data_length <= job->sense.length,
               "no more sense and response data is kept than fits");
    FUZZ_HOLDS(result->io_status <= SANSCSI_IO_TERMINATED && result->io_status != 1 &&
                   result->io_status != 2,
               "an end has a reason that is documented");
    /* data_in counts what came in any order, and need not lie in front then. */
    bool front = job->kind == SANSCSI_TASK_COMMAND && run->peer.terms.pdus_in_order &&
                 run->peer.terms.sequences_in_order;
    job->done = true;
    job_return(run, job, front ? result->data_in : 0);
}

void jobs_all_done(const struct run *run) {
    for (uint32_t i = 0; i < run->job_count; i++) {
        FUZZ_HOLDS(run->jobs[i].done, "every task that was accepted ends with the session");
    }
}

void jobs_free(struct run *run) {
    for (uint32_t i = 0; i < run->job_count; i++) {
        if (!run->jobs[i].done) {
            job_return(run, &run->jobs[i], 0);
        }
    }
}

/* 1: all of it inside of the piece, 0: none of it; -1: some, or a guard. */
static int lies_in(const struct lent *lent, uintptr_t at, size_t size) {
    for (uint32_t i = 0; i < lent->count; i++) {
        uintptr_t piece = (uintptr_t)lent->pieces[i].data;
        size_t room = lent->pieces[i].size;
        if (at + size <= piece - GUARD_SIZE || at >= piece + room + GUARD_SIZE) {
            continue;
        }
        return at >= piece && at + size <= piece + room ? 1 : -1;
    }
    return 0;
}

bool jobs_allow(const struct run *run, const void *data, size_t size) {
    uintptr_t at = (uintptr_t)data;
    for (uint32_t i = 0; i < run->job_count && size > 0; i++) {
        const struct job *job = &run->jobs[i];
        if (lies_in(&job->out, at, size) != 0 || lies_in(&job->in, at, size) < 0 ||
            lies_in(&job->sense, at, size) < 0) {
            return false;
        }
    }
    return true;
}
