/* Builds without CHAP: None is the only method, and there are no message digests. */
#include "auth/method.h"

#include <iscsi/status.h>

const struct auth_method *sanscsi_auth_find(struct span name) {
    return span_equal_string(name, sanscsi_auth_none.name) ? &sanscsi_auth_none : NULL;
}

int32_t sanscsi_hash(void *context, uint32_t algorithm, const sanscsi_iovec *pieces, size_t count,
                     void *digest) {
    (void)context;
    (void)algorithm;
    (void)pieces;
    (void)count;
    (void)digest;
    return SANSCSI_NOT_SUPPORTED;
}
