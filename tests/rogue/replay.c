/* Logs in to a misbehaving target, records what it sends, and plays that to fresh sessions in
 * every split: the same bytes must leave the initiator, the same outputs and events must come.
 * Prints the events of the recorded run as JSON lines. */
#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHORT 4096 /* a recording of so many bytes is cut at every place */
#define CUTS 1024  /* a longer one at so many places, and around the edges of its headers */
#define NEAR 3     /* bytes before and behind such an edge */
#define HEADER 48  /* RFC 7143 11.2.1 */
#define RANDOM_SPLITS 64

/* How a recording is cut into pieces. */
struct cutting {
    size_t at;     /* one cut behind so many bytes of the target; 0: none */
    size_t most;   /* pieces of at most so many bytes; 0: any */
    uint64_t seed; /* their sizes are random; 0: all have `most` */
    int windows;
    size_t position; /* bytes of the target so far */
};

static size_t next_piece(struct cutting *cutting, size_t left) {
    size_t piece = left;
    if (cutting->most > 0) {
        size_t size = cutting->most;
        if (cutting->seed != 0) {
            cutting->seed = cutting->seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
            size = 1 + (size_t)(cutting->seed >> 33) % cutting->most;
        }
        piece = size < left ? size : left;
    }
    if (cutting->at > cutting->position && cutting->at - cutting->position < piece) {
        piece = cutting->at - cutting->position;
    }
    cutting->position += piece;
    return piece;
}

static void play_bytes(struct run *run, const struct bytes *data, struct cutting *cutting) {
    for (size_t at = 0; at < data->size;) {
        size_t piece = next_piece(cutting, data->size - at);
        run_bytes(run, data->data + at, piece, cutting->windows);
        at += piece;
    }
}

/* Plays one step; 0 when the session does not stand where the recorded one stood. */
static int play_step(struct run *run, const struct step *step, struct cutting *cutting) {
    int starts = step->kind == STEP_CONNECTED || step->kind == STEP_REFUSED;
    if (run->sent.size != step->sent || (starts ? !run->wants_connection : !run->connected)) {
        fprintf(stderr, "%zu bytes sent, not %zu, before a step\n", run->sent.size, step->sent);
        return 0;
    }
    switch (step->kind) {
    case STEP_CONNECTED:
        run_connected(run);
        return 1;
    case STEP_REFUSED:
        run_refused(run);
        return 1;
    case STEP_BYTES:
        play_bytes(run, &step->data, cutting);
        return 1;
    case STEP_CLOSED:
        run_closed(run);
        return 1;
    case STEP_SILENCE:
        return run_silence(run);
    }
    return 0;
}

static int same(const char *what, const struct bytes *is, const struct bytes *due) {
    if (bytes_equal(is, due)) {
        return 1;
    }
    fprintf(stderr, "%s differ: %zu bytes, not %zu\n%.*s\n-- not\n%.*s\n", what, is->size,
            due->size, (int)is->size, (const char *)is->data, (int)due->size,
            (const char *)due->data);
    return 0;
}

static int replay(const struct plan *plan, const struct recording *recording,
                  const struct run *recorded, struct cutting cutting) {
    struct run run;
    struct cutting how = cutting;
    int good = 1;
    run_start(&run, plan);
    run_pump(&run);
    for (size_t i = 0; i < recording->count && good; i++) {
        good = play_step(&run, &recording->steps[i], &how);
        run_pump(&run);
    }
    good = good && run.done && same("events", &run.events, &recorded->events) &&
           same("outputs", &run.outputs, &recorded->outputs) &&
           bytes_equal(&run.sent, &recorded->sent);
    if (!good) {
        fprintf(stderr, "replay with a cut at %zu, pieces of %zu, seed %llu, windows %d: done %d\n",
                cutting.at, cutting.most, (unsigned long long)cutting.seed, cutting.windows,
                run.done);
    }
    run_end(&run);
    return good;
}

static int is_near(size_t at, size_t edge) {
    return at + NEAR >= edge && at <= edge + NEAR;
}

static int is_cut(const struct recording *recording, size_t at) {
    if (recording->total <= SHORT || at % (recording->total / CUTS + 1) == 0) {
        return 1;
    }
    size_t edge = 0;
    for (size_t i = 0; i < recording->count; i++) {
        if (is_near(at, edge) || is_near(at, edge + HEADER)) {
            return 1;
        }
        edge += recording->steps[i].data.size;
    }
    return is_near(at, edge);
}

static int replay_all(const struct plan *plan, const struct recording *recording,
                      const struct run *recorded) {
    int good = replay(plan, recording, recorded, (struct cutting){.windows = 0}) &&
               replay(plan, recording, recorded, (struct cutting){.windows = 1}) &&
               replay(plan, recording, recorded, (struct cutting){.most = 1}) &&
               replay(plan, recording, recorded, (struct cutting){.most = 1, .windows = 1});
    for (size_t at = 1; at < recording->total && good; at++) {
        if (is_cut(recording, at)) {
            good = replay(plan, recording, recorded,
                          (struct cutting){.at = at, .windows = (int)(at & 1)});
        }
    }
    for (uint64_t seed = 1; seed <= RANDOM_SPLITS && good; seed++) {
        size_t most = (size_t)1 << (1 + seed % 9);
        struct cutting cutting = {.most = most, .seed = seed, .windows = (int)(seed & 1)};
        good = replay(plan, recording, recorded, cutting);
    }
    return good;
}

/* Writes what was polled besides events, a line each; 0 when it cannot. */
static int tell_outputs(const char *path, const struct bytes *outputs) {
    FILE *file = path == NULL ? NULL : fopen(path, "wb");
    if (file == NULL) {
        return path == NULL;
    }
    size_t written = outputs->size == 0 ? 0 : fwrite(outputs->data, 1, outputs->size, file);
    return fclose(file) == 0 && written == outputs->size;
}

int main(int argc, char **argv) {
    struct plan plan;
    struct run recorded;
    struct recording recording = {0};
    if (!plan_read(&plan, argc, argv)) {
        return 2;
    }
    int good = record(&plan, &recorded, &recording) && replay_all(&plan, &recording, &recorded);
    if (recorded.events.size > 0) {
        fwrite(recorded.events.data, 1, recorded.events.size, stdout);
    }
    good = tell_outputs(plan.outputs, &recorded.outputs) && good;
    run_end(&recorded);
    for (size_t i = 0; i < recording.count; i++) {
        bytes_free(&recording.steps[i].data);
    }
    free(recording.steps);
    return good ? 0 : 1;
}
