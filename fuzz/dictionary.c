/* Writes a dictionary for libFuzzer: names and values of text keys, events and their arguments. */
#include <inttypes.h>
#include <stdio.h>

#include "event/catalogue.h"
#include "negotiate/keys.h"

static const char *const others[] = {
    /* Answers that any key may get (RFC 7143 6.2), and forms of values (6.1). */
    "Yes", "No", "Reject", "Irrelevant", "NotUnderstood", "0x", "0b", "~", "=", ",",
    /* Names, addresses and URLs. */
    "iqn.2004-01.com.example:", "eui.", "naa.", "iscsi://", "[::1]", ":3260", "%25", "%", "@", "/",
    "127.0.0.1", "xn--"};

static void word(const char *text) {
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            putchar('\\');
        }
        putchar(*text);
    }
    puts("\"");
}

static void key(const struct key_rule *rule) {
    printf("\"%s=\"\n", rule->name);
    word(rule->name);
    for (size_t i = 0; rule->values != NULL && rule->values[i] != NULL; i++) {
        word(rule->values[i]);
    }
    for (size_t i = 0; rule->proposals != NULL && rule->proposals[i] != NULL; i++) {
        word(rule->proposals[i]);
    }
    if (rule->type == KEY_TYPE_NUMBER) {
        printf("\"%" PRIu32 "\"\n\"%" PRIu32 "\"\n", rule->min, rule->max);
    }
}

int main(void) {
    puts("# Written by fuzz/dictionary.c from the tables of text keys and events.");
    for (unsigned id = 0; id < KEY_COUNT; id++) {
        key(sanscsi_key_rule((enum key_id)id));
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        word(others[i]);
    }
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        const struct event_info *event = sanscsi_event_info(sanscsi_event_id(i));
        word(event->name);
        for (size_t a = 0; a < event->arg_count; a++) {
            word(event->args[a].name);
        }
    }
    return 0;
}
