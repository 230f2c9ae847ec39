/* All PDUs of RFC 7143 section 11: structs and codecs for both roles. */
#ifndef SANSCSI_WIRE_PDU_H
#define SANSCSI_WIRE_PDU_H

/*
 * One struct per PDU, its members named by the RFC, numbers in host order; one encoder and one
 * decoder each, which know the layout and nothing else:
 *
 * - Encoding writes all 48 bytes, every reserved bit as 0. A member wider than its field is cut
 *   to the field's bits. Members marked "fixed" are sent as the layout fixes them, whatever the
 *   struct says.
 * - Decoding cannot fail and sets every member. Reserved bits are ignored, the opcode is the
 *   caller's to check. Whether the values are lawful, "fixed" ones included, is judged above.
 *
 * TotalAHSLength is 0 in all PDUs but the SCSI Command; sanscsi_bhs_peek() tells what came.
 */
#include "wire/bhs.h"
#include "wire/pdu_session.h"
#include "wire/pdu_task.h"

#endif
