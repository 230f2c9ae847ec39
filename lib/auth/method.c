/* The table of authentication methods. */
#include "auth/method.h"

static const struct auth_method *const methods[] = {&sanscsi_auth_none, &sanscsi_auth_chap};

const struct auth_method *sanscsi_auth_find(struct span name) {
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (span_equal_string(name, methods[i]->name)) {
            return methods[i];
        }
    }
    return NULL;
}
