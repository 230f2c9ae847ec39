/** @file
 * iSCSI names, portals and URLs.
 */
#ifndef SANSCSI_NAME_H
#define SANSCSI_NAME_H

#include <iscsi/status.h>
#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/** The longest iSCSI name, in bytes (RFC 7143 4.2.7.1). */
#define SANSCSI_MAX_NAME_LENGTH 223

/** The TCP port of iSCSI (RFC 7143 13.8). */
#define SANSCSI_DEFAULT_PORT 3260

/**
 * Checks an iSCSI name: iqn, eui or naa format, allowed characters, length (RFC 7143 4.2.7).
 * @param name the name
 * @param length bytes at @p name
 * @return #SANSCSI_OK, #SANSCSI_INVALID_NAME, or #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_name_check(const char *name, size_t length);

/** A portal. */
typedef struct sanscsi_portal {
    uint32_t size;       /**< sizeof(sanscsi_portal), set by the library. */
    uint32_t port;       /**< TCP port. */
    const uint8_t *host; /**< Host name, IPv4 or IPv6 address, without brackets. */
    size_t host_length;  /**< Bytes at @ref host. */
    uint32_t tag;        /**< Portal group tag, or UINT32_MAX when none is told. */
    uint32_t is_ipv6;    /**< 1 when @ref host is an IPv6 address. */
} sanscsi_portal;

/**
 * Reads HOST[:PORT][,TAG]: a host name, an IPv4 address, or an IPv6 address in brackets with an
 * optional scope id (RFC 7143 13.8, RFC 4007). A missing port is 3260, a missing tag UINT32_MAX.
 * @param text the text
 * @param length bytes at @p text
 * @param portal filled; its host borrows from @p text; its size member is set by the caller
 * @return #SANSCSI_OK, #SANSCSI_INVALID_ADDRESS, or #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_portal_parse(const char *text, size_t length,
                                                            sanscsi_portal *portal);

/** A parsed URL. Texts lie in the caller's buffer, percent-escapes decoded, zero-terminated. */
typedef struct sanscsi_url {
    uint32_t size;      /**< sizeof(sanscsi_url), set by the caller. */
    uint32_t port;      /**< TCP port. */
    const char *host;   /**< Host without brackets. */
    const char *target; /**< Target name. */
    const char *user;   /**< CHAP user, or NULL. */
    const char *secret; /**< CHAP secret, or NULL. */
    uint32_t lun;       /**< Logical unit number, 0 to 16383. */
    uint32_t is_ipv6;   /**< 1 when the host is an IPv6 address. */
} sanscsi_url;

/**
 * Reads iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN, as other iSCSI tools write it. The
 * first `%` before the `@` divides user and secret; percent-escapes are decoded in secret, host
 * and target name. Capitals of ASCII in an iqn name become small letters (RFC 3722).
 * @param text the URL
 * @param length bytes at @p text
 * @param buffer receives the decoded texts
 * @param size bytes at @p buffer; length + 8 is always enough
 * @param url filled; borrows from @p buffer; its size member is set by the caller
 * @return #SANSCSI_OK; #SANSCSI_INVALID_URL; #SANSCSI_INVALID_ADDRESS for host or port;
 *         #SANSCSI_INVALID_NAME for the target name; #SANSCSI_INVALID_LUN;
 *         #SANSCSI_BUFFER_TOO_SMALL; #SANSCSI_INVALID_ARGUMENT for a NULL pointer
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_url_parse(const char *text, size_t length,
                                                         char *buffer, size_t size,
                                                         sanscsi_url *url);

SANSCSI_END_DECLS

#endif
