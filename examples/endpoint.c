/* Reads URLs and portals from the command line. */
#include "endpoint.h"

#include <string.h>

static const char url_form[] = "iscsi://HOST[:PORT]/TARGET-NAME/LUN";

int endpoint_is_url(const char *text) {
    return strncmp(text, "iscsi://", 8) == 0;
}

/* What of a URL may be shown: the part before an @ can hold a secret. */
static const char *without_secret(const char *text) {
    const char *at = strrchr(text, '@');
    return at == NULL ? text : at + 1;
}

int endpoint_parse_url(struct endpoint *endpoint, const char *text) {
    sanscsi_url url = {.size = sizeof(url)};
    memset(endpoint, 0, sizeof(*endpoint));
    if (!endpoint_is_url(text)) {
        usage_error("'%s' is not a URL: expected %s", without_secret(text), url_form);
        return -1;
    }
    int32_t status =
        sanscsi_url_parse(text, strlen(text), endpoint->text, sizeof(endpoint->text), &url);
    if (status != SANSCSI_OK) {
        usage_error("'%s': %s Expected %s", without_secret(text), sanscsi_status_text(status),
                    url_form);
        return -1;
    }
    if (url.user != NULL || url.secret != NULL) {
        memset(endpoint, 0, sizeof(*endpoint));
        usage_error("the URL has a user: CHAP is not supported yet");
        return -1;
    }
    endpoint->host = url.host;
    endpoint->target = url.target;
    endpoint->port = url.port;
    endpoint->is_ipv6 = url.is_ipv6;
    endpoint->lun = url.lun;
    return 0;
}

int endpoint_parse_portal(struct endpoint *endpoint, const char *text) {
    sanscsi_portal portal = {.size = sizeof(portal)};
    memset(endpoint, 0, sizeof(*endpoint));
    int32_t status = sanscsi_portal_parse(text, strlen(text), &portal);
    if (status != SANSCSI_OK || portal.tag != UINT32_MAX ||
        portal.host_length >= sizeof(endpoint->text)) {
        usage_error("'%s' is not a portal: expected HOST[:PORT], IPv6 addresses in brackets", text);
        return -1;
    }
    memcpy(endpoint->text, portal.host, portal.host_length);
    endpoint->host = endpoint->text;
    endpoint->port = portal.port;
    endpoint->is_ipv6 = portal.is_ipv6;
    return 0;
}

int endpoint_set(struct endpoint *endpoint, const char *target, const char *host, uint32_t port,
                 uint32_t is_ipv6) {
    size_t target_size = strlen(target) + 1;
    size_t host_size = strlen(host) + 1;
    memset(endpoint, 0, sizeof(*endpoint));
    if (target_size + host_size > sizeof(endpoint->text)) {
        return -1;
    }
    memcpy(endpoint->text, target, target_size);
    memcpy(endpoint->text + target_size, host, host_size);
    endpoint->target = endpoint->text;
    endpoint->host = endpoint->text + target_size;
    endpoint->port = port;
    endpoint->is_ipv6 = is_ipv6;
    return 0;
}

const char *endpoint_portal(const struct endpoint *endpoint, char *buffer, size_t size) {
    snprintf(buffer, size, endpoint->is_ipv6 ? "[%s]:%u" : "%s:%u", endpoint->host,
             (unsigned)endpoint->port);
    return buffer;
}
