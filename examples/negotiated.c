/* Prints the parameters of a session that has logged in, by their names in RFC 7143. */
#include "negotiated.h"

#include <string.h>

#include "json.h"

enum kind { NUMBER, TRUTH, DIGEST, REPORTING, OPTIONAL };

struct line {
    const char *key;
    enum kind kind;
    size_t field; /* offset in sanscsi_parameters */
};

#define FIELD(name) offsetof(sanscsi_parameters, name)

static const struct line lines[] = {
    {"HeaderDigest", DIGEST, FIELD(header_digest)},
    {"DataDigest", DIGEST, FIELD(data_digest)},
    {"MaxConnections", NUMBER, FIELD(max_connections)},
    {"InitialR2T", TRUTH, FIELD(initial_r2t)},
    {"ImmediateData", TRUTH, FIELD(immediate_data)},
    {"MaxRecvDataSegmentLength", NUMBER, FIELD(max_recv_data_segment_length)},
    {"MaxRecvDataSegmentLength of the target", NUMBER, FIELD(target_max_recv_data_segment_length)},
    {"MaxBurstLength", NUMBER, FIELD(max_burst_length)},
    {"FirstBurstLength", NUMBER, FIELD(first_burst_length)},
    {"DefaultTime2Wait", NUMBER, FIELD(default_time2wait)},
    {"DefaultTime2Retain", NUMBER, FIELD(default_time2retain)},
    {"MaxOutstandingR2T", NUMBER, FIELD(max_outstanding_r2t)},
    {"DataPDUInOrder", TRUTH, FIELD(data_pdu_in_order)},
    {"DataSequenceInOrder", TRUTH, FIELD(data_sequence_in_order)},
    {"ErrorRecoveryLevel", NUMBER, FIELD(error_recovery_level)},
    {"TaskReporting", REPORTING, FIELD(task_reporting)},
    {"iSCSIProtocolLevel", NUMBER, FIELD(protocol_level)},
    {"TargetPortalGroupTag", OPTIONAL, FIELD(target_portal_group_tag)},
};

static void print_value(FILE *file, enum kind kind, uint32_t value) {
    static const char *const reporting[] = {"RFC3720", "ResponseFence", "FastAbort"};
    if (kind == TRUTH) {
        fputs(value != 0 ? "Yes" : "No", file);
    } else if (kind == DIGEST) {
        fputs(value == SANSCSI_DIGEST_NONE ? "None" : "CRC32C", file);
    } else if (kind == REPORTING && value < sizeof(reporting) / sizeof(reporting[0])) {
        fputs(reporting[value], file);
    } else if (kind == OPTIONAL && value == UINT32_MAX) {
        fputs("not told", file);
    } else {
        fprintf(file, "%lu", (unsigned long)value);
    }
}

/* The answers are the target's own words. */
static void print_answers(FILE *file, const char *answers, size_t length) {
    size_t at = 0;
    while (at < length) {
        const char *end = memchr(answers + at, '\0', length - at);
        size_t size = end == NULL ? length - at : (size_t)(end - (answers + at));
        fputs("    answered: ", file);
        print_escaped(file, answers + at, size);
        fputc('\n', file);
        at += size + 1;
    }
}

void negotiated_print(FILE *file, const sanscsi_session *session, const sanscsi_output *output) {
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    if (sanscsi_session_parameters(session, &parameters) != SANSCSI_OK) {
        return;
    }
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        uint32_t value = 0;
        memcpy(&value, (const char *)&parameters + lines[i].field, sizeof(value));
        fprintf(file, "    %s: ", lines[i].key);
        print_value(file, lines[i].kind, value);
        fputc('\n', file);
    }
    print_answers(file, output->answers, output->answers_length);
}
