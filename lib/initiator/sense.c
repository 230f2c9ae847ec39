/* Sense data in the data segments of SCSI Responses and Asynchronous Messages (RFC 7143 11.4.7). */
#include <iscsi/scsi.h>

#include "initiator/session.h"

bool sanscsi_session_read_sense(const struct connection *conn, uint32_t segment_length,
                                struct session_sense *sense) {
    struct reader reader;
    sanscsi_reader_init(&reader, conn->segment, min_u32(segment_length, CONN_SEGMENT_SIZE));
    memset(sense, 0, sizeof(*sense));
    sense->total = (uint16_t)sanscsi_reader_be16(&reader);
    if (reader.failed || sense->total > segment_length - SENSE_LENGTH_SIZE) {
        return false;
    }
    sense->bytes =
        sanscsi_reader_take(&reader, min_size(sense->total, sanscsi_reader_left(&reader)));
    sense->rest_total = segment_length - SENSE_LENGTH_SIZE - sense->total;
    sense->rest = sanscsi_reader_take(&reader, sanscsi_reader_left(&reader));
    sanscsi_sense parsed = {.size = sizeof(parsed)};
    int32_t status = sanscsi_sense_parse(sense->bytes.data, sense->bytes.size, &parsed);
    if (status == SANSCSI_OK || status == SANSCSI_TRUNCATED) {
        sense->key = (uint8_t)parsed.sense_key;
        sense->code = (uint16_t)parsed.code;
    }
    return true;
}
