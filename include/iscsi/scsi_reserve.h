/** @file
 * SCSI: reservations, those of SPC-2 and persistent ones. Rules for CDBs, outputs, sizes and lists
 * are those of scsi.h, for builders of parameter data those of scsi_block.h.
 */
#ifndef SANSCSI_SCSI_RESERVE_H
#define SANSCSI_SCSI_RESERVE_H

#include <iscsi/scsi.h>
#include <iscsi/status.h>
#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/**
 * RESERVE(6): the whole unit for this I_T nexus (SPC-2 7.21).
 * @param cdb written
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_reserve6(uint8_t cdb[16]);

/**
 * RELEASE(6) (SPC-2 7.18).
 * @param cdb written
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_release6(uint8_t cdb[16]);

/**
 * RESERVE(10): the whole unit for this I_T nexus (SPC-2 7.20).
 * @param cdb written
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_reserve10(uint8_t cdb[16]);

/**
 * RELEASE(10) (SPC-2 7.17).
 * @param cdb written
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_release10(uint8_t cdb[16]);

/** Service actions of PERSISTENT RESERVE IN (SPC-4 6). */
enum {
    SANSCSI_PR_READ_KEYS = 0,           /**< sanscsi_pr_keys_parse(). */
    SANSCSI_PR_READ_RESERVATION = 1,    /**< sanscsi_pr_reservation_parse(). */
    SANSCSI_PR_REPORT_CAPABILITIES = 2, /**< sanscsi_pr_capabilities_parse(). */
    SANSCSI_PR_READ_FULL_STATUS = 3     /**< sanscsi_pr_full_status_parse(). */
};

/** Service actions of PERSISTENT RESERVE OUT (SPC-4 6). */
enum {
    SANSCSI_PR_REGISTER = 0,            /**< Registers the service action key, 0 unregisters. */
    SANSCSI_PR_RESERVE = 1,             /**< Reserves. */
    SANSCSI_PR_RELEASE = 2,             /**< Releases. */
    SANSCSI_PR_CLEAR = 3,               /**< Releases, and removes all registrations. */
    SANSCSI_PR_PREEMPT = 4,             /**< Takes the place of the service action key's holders. */
    SANSCSI_PR_PREEMPT_AND_ABORT = 5,   /**< The same, and aborts their tasks. */
    SANSCSI_PR_REGISTER_AND_IGNORE = 6, /**< Registers, whatever was registered before. */
    SANSCSI_PR_REGISTER_AND_MOVE = 7    /**< Hands the reservation on: sanscsi_pr_move_build(). */
};

/** Types of persistent reservations (SPC-4 6). */
enum {
    SANSCSI_PR_WRITE_EXCLUSIVE = 1,              /**< Others read. */
    SANSCSI_PR_EXCLUSIVE_ACCESS = 3,             /**< Others neither read nor write. */
    SANSCSI_PR_WRITE_EXCLUSIVE_REGISTRANTS = 5,  /**< Registrants write, others read. */
    SANSCSI_PR_EXCLUSIVE_ACCESS_REGISTRANTS = 6, /**< Registrants only. */
    SANSCSI_PR_WRITE_EXCLUSIVE_ALL = 7,          /**< As 5; all registrants hold it. */
    SANSCSI_PR_EXCLUSIVE_ACCESS_ALL = 8          /**< As 6; all registrants hold it. */
};

/**
 * PERSISTENT RESERVE IN (SPC-4 6).
 * @param cdb written
 * @param action #SANSCSI_PR_READ_KEYS etc., up to 31
 * @param allocation_length bytes wanted, up to 65535
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t
sanscsi_cdb_persistent_reserve_in(uint8_t cdb[16], uint32_t action, uint32_t allocation_length);

/**
 * PERSISTENT RESERVE OUT (SPC-4 6). The scope is the logical unit.
 * @param cdb written
 * @param action #SANSCSI_PR_REGISTER etc., up to 31
 * @param type #SANSCSI_PR_WRITE_EXCLUSIVE etc., up to 15; 0 where the action has none
 * @param parameter_length bytes sent
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_persistent_reserve_out(
    uint8_t cdb[16], uint32_t action, uint32_t type, uint32_t parameter_length);

/** @name What PERSISTENT RESERVE OUT sends
 * @{ */

/** Flags of parameter lists: bits of their flag bytes (SPC-4 6). */
enum {
    SANSCSI_PR_ALL_TARGET_PORTS = 0x04, /**< ALL_TG_PT: register on all target ports. */
    SANSCSI_PR_UNREGISTER = 0x02,       /**< UNREG, REGISTER AND MOVE: drop our own key. */
    SANSCSI_PR_PERSIST = 0x01           /**< APTPL: survive a loss of power. */
};

/**
 * The parameter list of PERSISTENT RESERVE OUT, but for REGISTER AND MOVE: 24 bytes, or with
 * TransportIDs 28 and those (SPC-4 6).
 * @param key RESERVATION KEY
 * @param service_key SERVICE ACTION RESERVATION KEY
 * @param flags #SANSCSI_PR_ALL_TARGET_PORTS, #SANSCSI_PR_PERSIST
 * @param transport_ids for REGISTER: initiator ports to register too (SPEC_I_PT), one behind the
 *        other from sanscsi_transport_id_build(); NULL without
 * @param transport_ids_length their bytes, a multiple of 4; 0 without
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see scsi_block.h
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_pr_out_build(uint64_t key, uint64_t service_key,
                                                            uint32_t flags,
                                                            const void *transport_ids,
                                                            size_t transport_ids_length, void *data,
                                                            size_t size, size_t *length);

/**
 * The parameter list of REGISTER AND MOVE (SPC-4 6).
 * @param key RESERVATION KEY
 * @param service_key SERVICE ACTION RESERVATION KEY, not 0
 * @param flags #SANSCSI_PR_UNREGISTER, #SANSCSI_PR_PERSIST
 * @param relative_port RELATIVE TARGET PORT IDENTIFIER, up to 65535
 * @param transport_id of the initiator port that gets the reservation
 * @param transport_id_length its bytes, a multiple of 4, at least 24
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see scsi_block.h
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_pr_move_build(uint64_t key, uint64_t service_key,
                                                             uint32_t flags, uint32_t relative_port,
                                                             const void *transport_id,
                                                             size_t transport_id_length, void *data,
                                                             size_t size, size_t *length);

/** A TransportID, which names an initiator port (SPC-4 7.6.4). The members from has_isid on are
 * those of iSCSI. */
typedef struct sanscsi_transport_id {
    uint32_t size;        /**< sizeof(sanscsi_transport_id), set by the caller. */
    uint32_t protocol;    /**< PROTOCOL IDENTIFIER: 5 for iSCSI. */
    uint32_t length;      /**< Bytes of the whole TransportID. Not read by the builder. */
    uint32_t has_isid;    /**< 1: format 01b, a port by name and ISID; 0: 00b, name alone. */
    uint64_t isid;        /**< The 6 bytes of the ISID, big-endian; 0 without. */
    const uint8_t *name;  /**< iSCSI name; borrowed; NULL for other protocols. */
    uint32_t name_length; /**< Bytes of the name, 1 to 223, without zeros. */
    uint32_t reserved;    /**< 0. */
} sanscsi_transport_id;

/**
 * Writes an iSCSI TransportID: a multiple of 4 bytes, at least 24 (SPC-4 7.6.4).
 * @param id what to write
 * @param data written
 * @param size bytes at @p data; 248 are always enough
 * @param length set to the bytes written
 * @return see scsi_block.h; #SANSCSI_INVALID_ARGUMENT also for another protocol, a name that is
 *         empty, longer than 223 bytes or has ASCII characters that no iSCSI name has (RFC 7143
 *         4.2.7.2: a to z, digits, dash, dot, colon; sanscsi_name_check() judges the rest), and an
 *         ISID above 2^48
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_transport_id_build(const sanscsi_transport_id *id,
                                                                  void *data, size_t size,
                                                                  size_t *length);

/**
 * Reads a TransportID. Of other protocols than iSCSI, protocol and length are told alone.
 * @param data what came
 * @param size bytes at @p data; bytes behind the TransportID are not looked at
 * @param id filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for an iSCSI name without end,
 *         without ISID where that is announced, or in a format that is reserved;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_transport_id_parse(const void *data, size_t size,
                                                                  sanscsi_transport_id *id);
/** @} */

/** @name What PERSISTENT RESERVE IN answers
 * @{ */

/**
 * Reads the answer to READ KEYS; sanscsi_pr_key_get() takes the keys.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is PRGENERATION
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length that is no multiple of
 *         8; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_pr_keys_parse(const void *data, size_t size,
                                                             sanscsi_items *items);

/**
 * One registered key.
 * @param items from sanscsi_pr_keys_parse(), its data still there
 * @param index 0 for the first
 * @param key set on success
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT, also for an index beyond what came
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_pr_key_get(const sanscsi_items *items,
                                                          uint32_t index, uint64_t *key);

/** The answer to READ RESERVATION (SPC-4 6). */
typedef struct sanscsi_pr_reservation {
    uint32_t size;       /**< sizeof(sanscsi_pr_reservation), set by the caller. */
    uint32_t generation; /**< PRGENERATION. */
    uint32_t held;       /**< 1 when a persistent reservation is held; the rest is 0 without. */
    uint32_t scope;      /**< SCOPE: 0 the logical unit. */
    uint64_t key;        /**< RESERVATION KEY; 0 for the types that all registrants hold. */
    uint32_t type;       /**< #SANSCSI_PR_WRITE_EXCLUSIVE etc., 0 to 15. */
    uint32_t reserved;   /**< 0. */
} sanscsi_pr_reservation;

/**
 * Reads the answer to READ RESERVATION.
 * @param data what came
 * @param size bytes at @p data
 * @param reservation filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length other than 0 and 16;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t
sanscsi_pr_reservation_parse(const void *data, size_t size, sanscsi_pr_reservation *reservation);

/** The answer to REPORT CAPABILITIES (SPC-4 6). All but two members are 0 or 1. */
typedef struct sanscsi_pr_capabilities {
    uint32_t size;               /**< sizeof(sanscsi_pr_capabilities), set by the caller. */
    uint32_t reserve_compatible; /**< CRH: RESERVE and RELEASE work beside a registration. */
    uint32_t specify_ports;      /**< SIP_C: TransportIDs may be sent. */
    uint32_t all_target_ports;   /**< ATP_C: ALL_TG_PT may be set. */
    uint32_t can_persist;        /**< PTPL_C: reservations can survive a loss of power. */
    uint32_t type_mask_valid;    /**< TMV: @ref types is told. */
    uint32_t allowed_commands;   /**< ALLOW COMMANDS, 0 to 7. */
    uint32_t persists;           /**< PTPL_A: they do now. */
    uint32_t types;              /**< Bit 1 << type for each supported type; 0 without TMV. */
    uint32_t replace_lost;       /**< RLR_C: a lost reservation can be replaced (SPC-5). */
} sanscsi_pr_capabilities;

/**
 * Reads the answer to REPORT CAPABILITIES.
 * @param data what came
 * @param size bytes at @p data
 * @param capabilities filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length below 8;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t
sanscsi_pr_capabilities_parse(const void *data, size_t size, sanscsi_pr_capabilities *capabilities);

/**
 * Reads the answer to READ FULL STATUS; sanscsi_pr_full_status_next() takes its descriptors.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is PRGENERATION
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_pr_full_status_parse(const void *data, size_t size,
                                                                    sanscsi_items *items);

/** One registered I_T nexus (SPC-4 6, full status descriptor). */
typedef struct sanscsi_pr_full_status {
    uint32_t size;                /**< sizeof(sanscsi_pr_full_status), set by the caller. */
    uint32_t all_target_ports;    /**< ALL_TG_PT: 1 when it is registered on all ports. */
    uint64_t key;                 /**< RESERVATION KEY. */
    uint32_t holder;              /**< R_HOLDER: 1 when it holds the reservation. */
    uint32_t scope;               /**< SCOPE; of the holder alone. */
    uint32_t type;                /**< TYPE; of the holder alone. */
    uint32_t relative_port;       /**< RELATIVE TARGET PORT IDENTIFIER; 0 with ALL_TG_PT. */
    const uint8_t *transport_id;  /**< For sanscsi_transport_id_parse(); borrowed; or NULL. */
    uint32_t transport_id_length; /**< Bytes of it. */
    uint32_t reserved;            /**< 0. */
} sanscsi_pr_full_status;

/**
 * Takes the next descriptor.
 * @param items from sanscsi_pr_full_status_parse(), its data still there
 * @param position 0 for the first; moved behind the descriptor taken
 * @param item filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_TRUNCATED when the rest did not come;
 *         #SANSCSI_MALFORMED when a descriptor exceeds the list; #SANSCSI_INVALID_ARGUMENT, also
 *         for another list
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_pr_full_status_next(const sanscsi_items *items,
                                                                   uint32_t *position,
                                                                   sanscsi_pr_full_status *item);
/** @} */

SANSCSI_END_DECLS

#endif
