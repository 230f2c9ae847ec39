/* Reads URLs and portals from the command line. */
#include "endpoint.h"

#include <string.h>

static const char url_form[] = "iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN";

int endpoint_is_url(const char *text) {
    return strncmp(text, "iscsi://", 8) == 0;
}

/* Cuts %SECRET out of iscsi://USER%SECRET@... */
static void cut_secret(char *text) {
    size_t length = strlen(text);
    char *at = strchr(text, '@');
    char *percent = at == NULL ? NULL : memchr(text, '%', (size_t)(at - text));
    if (percent == NULL) {
        return;
    }
    size_t cut = (size_t)(at - percent);
    memmove(percent, at, length - (size_t)(at - text));
    wipe(text + length - cut, cut);
}

/* Moves user and secret to where they are wiped. Returns 0, or -1 when one is too long. */
static int take_login(struct chap_login *chap, const sanscsi_url *url, char *secret) {
    int result = 0;
    if (url->user != NULL) {
        result = chap_text_set(&chap->name, url->user, strlen(url->user));
    }
    if (secret != NULL) {
        size_t length = strlen(secret);
        result |= chap_text_set(&chap->secret, secret, length);
        wipe(secret, length);
    }
    return result;
}

int endpoint_parse_url(struct endpoint *endpoint, char *text) {
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
    cut_secret(text);
    char *secret = url.secret == NULL ? NULL : endpoint->text + (url.secret - endpoint->text);
    if (take_login(&endpoint->chap, &url, secret) != 0) {
        endpoint_wipe(endpoint);
        usage_error("'%s': expected a user and a secret of 1 to 255 bytes", without_secret(text));
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
        usage_error("'%s' is not a portal: expected HOST[:PORT], IPv6 addresses in brackets",
                    without_secret(text));
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
    if (target_size + host_size > sizeof(endpoint->text)) {
        return -1;
    }
    memset(endpoint, 0, sizeof(*endpoint));
    memcpy(endpoint->text, target, target_size);
    memcpy(endpoint->text + target_size, host, host_size);
    endpoint->target = endpoint->text;
    endpoint->host = endpoint->text + target_size;
    endpoint->port = port;
    endpoint->is_ipv6 = is_ipv6;
    return 0;
}

void endpoint_wipe(struct endpoint *endpoint) {
    wipe(&endpoint->chap, sizeof(endpoint->chap));
}

const char *endpoint_portal(const struct endpoint *endpoint, char *buffer, size_t size) {
    snprintf(buffer, size, endpoint->is_ipv6 ? "[%s]:%u" : "%s:%u", endpoint->host,
             (unsigned)endpoint->port);
    return buffer;
}
