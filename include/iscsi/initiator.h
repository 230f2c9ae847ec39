/** @file
 * The initiator: our node, from which sessions are made.
 */
#ifndef SANSCSI_INITIATOR_H
#define SANSCSI_INITIATOR_H

#include <iscsi/allocator.h>
#include <iscsi/status.h>
#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/**
 * Computes CRC32C over one piece of data (RFC 7143 13.1).
 * @param context the pointer given with the function
 * @param crc the result over the bytes before, 0 for the first piece
 * @param data the bytes
 * @param size how many
 * @return the CRC over all bytes so far; its least significant byte goes on the wire first
 */
typedef uint32_t (*sanscsi_crc32c_function)(void *context, uint32_t crc, const void *data,
                                            size_t size);

/**
 * Fills memory with random bytes fit for security.
 * @param context the pointer given with the function
 * @param bytes filled
 * @param size how many
 * @return 0, or any other value when there are no random bytes
 */
typedef int32_t (*sanscsi_random_function)(void *context, void *bytes, size_t size);

/** Message digests of CHAP by their numbers in CHAP_A (RFC 7143 12.1.3, IANA ppp-numbers). */
enum {
    SANSCSI_CHAP_MD5 = 5,     /**< MD5, 16 bytes (RFC 1321); every target knows it. */
    SANSCSI_CHAP_SHA1 = 6,    /**< SHA-1, 20 bytes (FIPS 180-4). */
    SANSCSI_CHAP_SHA256 = 7,  /**< SHA-256, 32 bytes (FIPS 180-4). */
    SANSCSI_CHAP_SHA3_256 = 8 /**< SHA3-256, 32 bytes (FIPS 202). */
};

/** Bytes of the longest digest. */
#define SANSCSI_MAX_DIGEST 32

/**
 * Computes a message digest over several pieces of data, one behind the other.
 * @param context the pointer given with the function
 * @param algorithm #SANSCSI_CHAP_MD5 etc.
 * @param pieces the data; may hold secrets, of which no copy may stay behind
 * @param count entries at @p pieces
 * @param digest receives 16, 20, 32 or 32 bytes
 * @return 0, or any other value when the digest cannot be had
 */
typedef int32_t (*sanscsi_hash_function)(void *context, uint32_t algorithm,
                                         const sanscsi_iovec *pieces, size_t count, void *digest);

/** What an initiator is made from. Zero or NULL in a member means what its comment says. */
typedef struct sanscsi_initiator_settings {
    uint32_t size;                      /**< sizeof(sanscsi_initiator_settings) */
    uint32_t max_sessions;              /**< Sessions that may exist at once (64; 0: 64). */
    const char *name;                   /**< Our iSCSI name, copied; required (RFC 7143 4.2.7). */
    size_t name_length;                 /**< Bytes at @ref name, up to 223. */
    const char *alias;                  /**< InitiatorAlias, copied; NULL: none (RFC 7143 13.7). */
    size_t alias_length;                /**< Bytes at @ref alias, up to 255. */
    const sanscsi_allocator *allocator; /**< Copied; NULL: sanscsi_default_allocator(). */
    sanscsi_crc32c_function crc32c;     /**< Lent; NULL: sanscsi_crc32c(). */
    void *crc32c_context;               /**< Handed to @ref crc32c. */
    /** Lent; NULL: ISIDs are derived from @ref name, and mutual CHAP cannot be had. */
    sanscsi_random_function random;
    void *random_context;       /**< Handed to @ref random. */
    sanscsi_hash_function hash; /**< For CHAP, lent; NULL: sanscsi_hash(). */
    void *hash_context;         /**< Handed to @ref hash. */
} sanscsi_initiator_settings;

/**
 * Fills settings with their defaults. The size as the caller knows it is an argument, since
 * the struct may be longer in the library that runs.
 * @param settings filled
 * @param size bytes of the caller's struct
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for NULL, or for a size that this library does not
 *         know: nothing is filled then but the size member, with 0, so that no function takes it
 */
SANSCSI_API int32_t sanscsi_initiator_settings_init(sanscsi_initiator_settings *settings,
                                                    size_t size);

/**
 * sanscsi_initiator_settings_init() with the size that these headers tell.
 * @param settings filled; NULL is ignored
 */
static inline void sanscsi_initiator_settings_defaults(sanscsi_initiator_settings *settings) {
    (void)sanscsi_initiator_settings_init(settings, sizeof(*settings));
}

/**
 * Makes an initiator.
 * @param settings read; nothing of it is kept but what its comments call lent
 * @param initiator set on success; ended by sanscsi_initiator_free()
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for a NULL pointer, a wrong size or no allocator;
 *         #SANSCSI_INVALID_NAME; #SANSCSI_TOO_LARGE for a long alias; #SANSCSI_NO_MEMORY
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t
sanscsi_initiator_new(const sanscsi_initiator_settings *settings, sanscsi_initiator **initiator);

/**
 * Ends an initiator and gives its memory back.
 * @param initiator the initiator, NULL is ignored; none of its sessions may exist any more
 */
SANSCSI_API void sanscsi_initiator_free(sanscsi_initiator *initiator);

/**
 * How many sessions of an initiator exist.
 * @param initiator the initiator
 * @return a count; 0 for NULL
 */
SANSCSI_API uint32_t sanscsi_initiator_sessions(const sanscsi_initiator *initiator);

/**
 * The library's own CRC32C: the processor's CRC instructions where it has them, else tables. In
 * builds without digests bit by bit: right, but too slow for digests.
 * @param context ignored
 * @param crc the result over the bytes before, 0 for the first piece
 * @param data the bytes
 * @param size how many
 * @return the CRC over all bytes so far
 */
SANSCSI_API uint32_t sanscsi_crc32c(void *context, uint32_t crc, const void *data, size_t size);

/**
 * The library's own message digests.
 * @param context ignored
 * @param algorithm #SANSCSI_CHAP_MD5 etc.
 * @param pieces the data, read only
 * @param count entries at @p pieces
 * @param digest receives 16, 20, 32 or 32 bytes
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for an unknown algorithm or a NULL pointer;
 *         #SANSCSI_NOT_SUPPORTED in builds without CHAP
 */
SANSCSI_API int32_t sanscsi_hash(void *context, uint32_t algorithm, const sanscsi_iovec *pieces,
                                 size_t count, void *digest);

SANSCSI_END_DECLS

#endif
