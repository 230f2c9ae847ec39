/* The command line of replay. */
#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "iqn.2026-11.io.sanscsi:replay"

/* A number member of the settings, and the option that sets it. */
struct number_option {
    const char *option;
    size_t field;
    size_t bytes;
    uint64_t unit;
};

#define MEMBER(name) offsetof(sanscsi_session_settings, name), sizeof(uint32_t), 1
#define TIME(name) offsetof(sanscsi_session_settings, name), sizeof(uint64_t), 1000000

static const struct number_option numbers[] = {
    {"--port", MEMBER(port)},
    {"--max-login-exchanges", MEMBER(max_login_exchanges)},
    {"--max-pair-length", MEMBER(max_pair_length)},
    {"--max-login-text", MEMBER(max_login_text)},
    {"--max-discovery-text", MEMBER(max_discovery_text)},
    {"--max-unknown-keys", MEMBER(max_unknown_keys)},
    {"--max-redirects", MEMBER(max_redirects)},
    {"--redirect-authenticated", MEMBER(redirect_authenticated)},
    {"--follow-permanent", MEMBER(follow_permanent)},
    {"--authentication", MEMBER(authentication)},
    {"--chap-ask", MEMBER(chap_ask)},
    {"--chap-weak-secrets", MEMBER(chap_weak_secrets)},
    {"--tolerate", MEMBER(tolerate)},
    {"--login-timeout-ms", TIME(login_timeout)},
    {"--command-timeout-ms", TIME(command_timeout)},
    {"--abort-timeout-ms", TIME(abort_timeout)},
    {"--logout-timeout-ms", TIME(logout_timeout)},
};

static int read_number(sanscsi_session_settings *settings, const char *option, const char *value) {
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strcmp(option, numbers[i].option) == 0) {
            uint64_t wide = strtoull(value, NULL, 0) * numbers[i].unit;
            uint32_t narrow = (uint32_t)wide;
            uint8_t *field = (uint8_t *)settings + numbers[i].field;
            memcpy(field, numbers[i].bytes == sizeof(wide) ? (void *)&wide : (void *)&narrow,
                   numbers[i].bytes);
            return 1;
        }
    }
    return 0;
}

static int read_scenario(struct plan *plan, const char *value) {
    static const char *const names[] = {"login", "inquiry", "scan", "discover",
                                        "ping",  "read",    "write"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(value, names[i]) == 0) {
            plan->scenario = (enum scenario)i;
            return 1;
        }
    }
    return 0;
}

static int set_key(sanscsi_parameters *parameters, const char *key, size_t size,
                   const char *value) {
    return sanscsi_parameters_set(parameters, key, size, value, strlen(value)) == SANSCSI_OK;
}

static int read_set(struct plan *plan, const char *pair) {
    const char *equal = strchr(pair, '=');
    return equal != NULL &&
           set_key(&plan->settings.parameters, pair, (size_t)(equal - pair), equal + 1);
}

/* "crc32c,none" and the like, as the example program takes them. */
static int read_digest(uint32_t *digest, const char *value) {
    static const char *const names[] = {"none", "crc32c", "none,crc32c", "crc32c,none"};
    for (uint32_t i = 0; i < 4; i++) {
        if (strcmp(value, names[i]) == 0) {
            *digest = i;
            return 1;
        }
    }
    return 0;
}

static int read_algorithms(struct plan *plan, const char *value) {
    static const char *const names[] = {"md5", "sha1", "sha256", "sha3-256"};
    memset(plan->settings.chap_algorithms, 0, sizeof(plan->settings.chap_algorithms));
    for (size_t place = 0; place < 4; place++) {
        size_t size = strcspn(value, ",");
        for (size_t i = 0; i < 4; i++) {
            if (strlen(names[i]) == size && memcmp(value, names[i], size) == 0) {
                plan->settings.chap_algorithms[place] = (uint8_t)(SANSCSI_CHAP_MD5 + i);
            }
        }
        if (value[size] == 0) {
            return 1;
        }
        value += size + 1;
    }
    return 0;
}

static int read_text(struct plan *plan, const char *option, const char *value) {
    sanscsi_session_settings *settings = &plan->settings;
    size_t size = strlen(value);
    if (strcmp(option, "--host") == 0) {
        settings->host = value;
        settings->host_length = size;
    } else if (strcmp(option, "--target") == 0) {
        settings->target_name = value;
        settings->target_name_length = size;
    } else if (strcmp(option, "--chap-user") == 0) {
        settings->chap_name = value;
        settings->chap_name_length = size;
    } else if (strcmp(option, "--chap-secret") == 0) {
        plan->secret = value;
    } else if (strcmp(option, "--target-chap-user") == 0) {
        settings->target_chap_name = value;
        settings->target_chap_name_length = size;
    } else if (strcmp(option, "--target-chap-secret") == 0) {
        plan->target_secret = value;
    } else if (strcmp(option, "--initiator-name") == 0) {
        plan->name = value;
    } else if (strcmp(option, "--outputs") == 0) {
        plan->outputs = value;
    } else {
        return 0;
    }
    return 1;
}

static int read_option(struct plan *plan, const char *option, const char *value) {
    if (strcmp(option, "--scenario") == 0) {
        return read_scenario(plan, value);
    }
    if (strcmp(option, "--set") == 0) {
        return read_set(plan, value);
    }
    if (strcmp(option, "--header-digest") == 0) {
        return read_digest(&plan->settings.parameters.header_digest, value);
    }
    if (strcmp(option, "--data-digest") == 0) {
        return read_digest(&plan->settings.parameters.data_digest, value);
    }
    if (strcmp(option, "--chap-algorithms") == 0) {
        return read_algorithms(plan, value);
    }
    if (strcmp(option, "--silence") == 0) {
        plan->silence = atoi(value);
        return 1;
    }
    if (strcmp(option, "--reconnect") == 0) {
        plan->reconnect = (uint32_t)strtoul(value, NULL, 10);
        return 1;
    }
    if (strcmp(option, "--memory-limit") == 0) {
        plan->memory_limit = strtoul(value, NULL, 0);
        return 1;
    }
    return read_text(plan, option, value) || read_number(&plan->settings, option, value);
}

/* Secrets that the session shall not ask for are given to it at once. */
static void place_secrets(struct plan *plan) {
    sanscsi_session_settings *settings = &plan->settings;
    if ((settings->chap_ask & SANSCSI_SECRET_OWN) == 0 && plan->secret != NULL) {
        settings->chap_secret = plan->secret;
        settings->chap_secret_length = strlen(plan->secret);
    }
    if ((settings->chap_ask & SANSCSI_SECRET_TARGET) == 0 && plan->target_secret != NULL) {
        settings->target_chap_secret = plan->target_secret;
        settings->target_chap_secret_length = strlen(plan->target_secret);
    }
}

int plan_read(struct plan *plan, int argc, char **argv) {
    static const uint8_t isid[8] = {0x80, 0x12, 0x34, 0x56, 0x78, 0x9a, 1, 0};
    memset(plan, 0, sizeof(*plan));
    plan->silence = -1;
    plan->name = NAME;
    sanscsi_session_settings_defaults(&plan->settings);
    memcpy(plan->settings.isid, isid, sizeof(isid));
    for (int i = 1; i < argc; i += 2) {
        int flag = strcmp(argv[i], "--follow-permanent") == 0;
        if (!flag && i + 1 == argc) {
            fprintf(stderr, "%s needs a value\n", argv[i]);
            return 0;
        }
        if (!read_option(plan, argv[i], flag ? "1" : argv[i + 1])) {
            fprintf(stderr, "cannot use %s %s\n", argv[i], flag ? "" : argv[i + 1]);
            return 0;
        }
        i -= flag;
    }
    if (plan->scenario == SCENARIO_DISCOVER) {
        plan->settings.type = SANSCSI_SESSION_DISCOVERY;
        plan->settings.target_name = NULL;
        plan->settings.target_name_length = 0;
    }
    place_secrets(plan);
    return 1;
}
