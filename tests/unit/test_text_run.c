/* A target that answers text requests as told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test_text_run.h"

#define LUN UINT64_C(0x0001020304050607)

struct scene text_scene;

void text_respond(struct target *target, const struct reply *reply, uint32_t itt) {
    uint8_t bhs[48];
    char text[2048];
    size_t size = 0;
    for (const char *c = reply->text; c != NULL && *c != '\0'; c++) {
        text[size++] = *c == '|' ? '\0' : *c;
    }
    bool final = (reply->flags & F) != 0;
    target_begin_status(target, bhs, 0x24, (uint8_t)reply->flags, itt);
    text_scene.tag = final ? TARGET_NO_TAG : 0x1000 + text_scene.requests;
    put32(bhs + 20, text_scene.tag);
    put64(bhs + 8, final ? 0 : LUN);
    target_send(target, bhs, text, (uint32_t)size);
}

static void hook(struct target *target, const uint8_t *bhs, const uint8_t *data, uint32_t length,
                 void *context) {
    (void)context;
    uint32_t tag = get32(bhs + 20);
    if (bhs[0] != 0x04 || bhs[1] != 0x80) {
        target_violation(target, "Text Request without F, with C, or immediate");
    }
    if (get64(bhs + 8) != (tag == TARGET_NO_TAG ? 0 : LUN)) {
        target_violation(target, "Text Request with another LUN");
    }
    if (tag != TARGET_NO_TAG && (tag != text_scene.tag || get32(bhs + 16) != text_scene.itt)) {
        target_violation(target, "Text Request does not go on where the response asked");
    }
    text_scene.itt = get32(bhs + 16);
    size_t size = strlen(text_scene.sent);
    size += (size_t)snprintf(text_scene.sent + size, sizeof(text_scene.sent) - size, "%s",
                             tag == TARGET_NO_TAG ? "-" : "+");
    for (uint32_t i = 0; i < length; i++) {
        text_scene.sent[size++] = data[i] == 0 ? '|' : (char)data[i];
    }
    text_scene.sent[size++] = '\n';
    text_scene.sent[size] = '\0';
    uint32_t index =
        text_scene.requests < text_scene.count ? text_scene.requests : text_scene.count - 1;
    const struct reply *reply = &text_scene.replies[index];
    text_scene.requests++;
    if (reply->reject != 0) {
        target_reject(target, reply->reject, bhs);
    } else if (!reply->none) {
        text_respond(target, reply, get32(bhs + 16));
    }
}

struct harness *text_ready_with(uint32_t window, uint32_t type) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.text_hook = hook;
    config.window = window;
    config.tmf_response = 0;
    harness_settings(&settings, &limits);
    settings.parameters.max_recv_data_segment_length = 8192;
    settings.type = type;
    memset(&text_scene, 0, sizeof(text_scene));
    text_scene.tag = TARGET_NO_TAG;
    return harness_ready(&config, &settings, &limits);
}

struct harness *text_ready(void) {
    return text_ready_with(32, SANSCSI_SESSION_NORMAL);
}

void text_reply(uint32_t flags, const char *text) {
    text_scene.replies[text_scene.count++] = (struct reply){.flags = flags, .text = text};
}

void text_check_lengths(const struct harness *harness, uint32_t ours, uint32_t theirs) {
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    assert_int_equal(sanscsi_session_parameters(harness->session, &parameters), SANSCSI_OK);
    assert_int_equal(parameters.max_recv_data_segment_length, ours);
    assert_int_equal(parameters.target_max_recv_data_segment_length, theirs);
}

static uint8_t buffer[32768];
const sanscsi_iovec text_list = {buffer, sizeof(buffer)};

void text_check_alive(struct harness *harness, uint32_t data_in) {
    assert_false(harness->target->missing);
    harness->target->config.data_in_size = data_in;
    (void)harness_read(harness, 0, &text_list, 1, 90);
    (void)harness_write(harness, 0, &text_list, 1, 91);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 90)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness_result(harness, 91)->io_status, SANSCSI_IO_OK);
    harness_logout(harness);
    harness_free(harness);
}

int32_t text_declare(struct harness *harness, uint32_t bytes, uint64_t user) {
    int32_t status =
        sanscsi_declare_segment_length(harness->session, bytes, user, 0, harness->now, NULL);
    harness_run(harness);
    return status;
}
