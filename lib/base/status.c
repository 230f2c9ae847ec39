/* Names and sentences of the statuses. */
#include <iscsi/status.h>

struct status_entry {
    int32_t status;
    const char *name;
    const char *text;
};

#define ENTRY(status, text)                                                                        \
    { status, #status, text }

static const struct status_entry entries[] = {
    ENTRY(SANSCSI_OK, "Done."),
    ENTRY(SANSCSI_INVALID_ARGUMENT, "A pointer, size, flag or value is not allowed here."),
    ENTRY(SANSCSI_INVALID_NAME,
          "Not an iSCSI name: iqn.YYYY-MM.REVERSED-DOMAIN[:STRING], eui. with 16 hexadecimal "
          "digits, or naa. with 16 or 32."),
    ENTRY(SANSCSI_INVALID_ADDRESS,
          "Not an address: HOST[:PORT] with a port from 1 to 65535, IPv6 hosts in brackets."),
    ENTRY(SANSCSI_INVALID_URL,
          "Not an iSCSI URL: iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN."),
    ENTRY(SANSCSI_INVALID_LUN, "Not a LUN from 0 to 16383 in a supported addressing method."),
    ENTRY(SANSCSI_UNKNOWN_KEY, "Not an operational text key that can be proposed."),
    ENTRY(SANSCSI_INVALID_VALUE, "The value is not one that this text key takes."),
    ENTRY(SANSCSI_UNKNOWN_CONNECTION, "The session has no connection with this CID."),
    ENTRY(SANSCSI_UNKNOWN_TASK, "There is no such task, or it has ended."),
    ENTRY(SANSCSI_TOO_LARGE, "More than the protocol, a buffer or a limit allows."),
    ENTRY(SANSCSI_BUFFER_TOO_SMALL, "The buffer does not hold the result."),
    ENTRY(SANSCSI_UNKNOWN_EVENT, "No event has this number."),
    ENTRY(SANSCSI_WEAK_SECRET, "A CHAP secret has fewer than 12 bytes."),
    ENTRY(SANSCSI_SHARED_SECRET, "Initiator and target must not have the same CHAP secret."),
    ENTRY(SANSCSI_NOT_SUPPORTED, "This build of the library has been made without it."),
    ENTRY(SANSCSI_NOT_CONNECTED, "The connection has no transport now."),
    ENTRY(SANSCSI_NOT_LOGGED_IN, "The session is not in full feature phase."),
    ENTRY(SANSCSI_IN_TRANSITION, "The session is logging in or out; try again later."),
    ENTRY(SANSCSI_NO_FREE_TASK, "Every task slot is in use; poll, then try again."),
    ENTRY(SANSCSI_TOO_MANY_SESSIONS, "The initiator's maximum of sessions exists already."),
    ENTRY(SANSCSI_ALREADY_STARTED, "The operation is under way already."),
    ENTRY(SANSCSI_WRONG_SESSION_TYPE, "Not allowed in a session of this type."),
    ENTRY(SANSCSI_NOT_ASKED_FOR, "The session does not wait for this."),
    ENTRY(SANSCSI_NOT_NEGOTIATED, "The login did not agree on what this takes."),
    ENTRY(SANSCSI_PROTOCOL_ERROR, "The peer broke the protocol; the connection has ended."),
    ENTRY(SANSCSI_MALFORMED, "Bytes from the peer do not have the required form."),
    ENTRY(SANSCSI_TRUNCATED, "Bytes from the peer end too early."),
    ENTRY(SANSCSI_NO_MEMORY, "The allocator had no memory."),
};

static const struct status_entry *find(int32_t status) {
    static const struct status_entry unknown = {0, "SANSCSI_UNKNOWN_STATUS",
                                                "This number is not a status."};
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (entries[i].status == status) {
            return &entries[i];
        }
    }
    return &unknown;
}

const char *sanscsi_status_name(int32_t status) {
    return find(status)->name;
}

const char *sanscsi_status_text(int32_t status) {
    return find(status)->text;
}
