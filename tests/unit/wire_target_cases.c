/* Golden PDUs of the target, written by hand from the figures of RFC 7143 11 and RFC 7144. */
#include "wire_cases.h"

#include "wire/pdu.h"

static const struct nop_in nop_in_golden = {
    .final = true,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .target_transfer_tag = 0x21222324,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
};
static const struct wire_field nop_in_fields[] = {
    FIXED_FLAG(nop_in, final, 1, 0x80),
    FIELD(nop_in, data_segment_length),
    FIELD(nop_in, lun),
    FIELD(nop_in, itt),
    FIELD(nop_in, target_transfer_tag),
    FIELD(nop_in, stat_sn),
    FIELD(nop_in, exp_cmd_sn),
    FIELD(nop_in, max_cmd_sn),
};
ADAPT(nop_in)

static const struct scsi_response scsi_response_golden = {
    .final = true,
    .bidirectional_read_overflow = true,
    .bidirectional_read_underflow = false,
    .overflow = false,
    .underflow = true,
    .response = 0x81,
    .status = 0x28,
    .data_segment_length = 0xa1a2a3,
    .status_qualifier = 0xb1b2,
    .itt = 0x11121314,
    .snack_tag = 0x21222324,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
    .exp_data_sn = 0x81828384,
    .bidirectional_read_residual_count = 0x91929394,
    .residual_count = 0xc1c2c3c4,
};
static const struct wire_field scsi_response_fields[] = {
    FIXED_FLAG(scsi_response, final, 1, 0x80),
    FLAG(scsi_response, bidirectional_read_overflow, 1, 0x10),
    FLAG(scsi_response, bidirectional_read_underflow, 1, 0x08),
    FLAG(scsi_response, overflow, 1, 0x04),
    FLAG(scsi_response, underflow, 1, 0x02),
    FIELD(scsi_response, response),
    FIELD(scsi_response, status),
    FIELD(scsi_response, data_segment_length),
    FIELD(scsi_response, status_qualifier),
    FIELD(scsi_response, itt),
    FIELD(scsi_response, snack_tag),
    FIELD(scsi_response, stat_sn),
    FIELD(scsi_response, exp_cmd_sn),
    FIELD(scsi_response, max_cmd_sn),
    FIELD(scsi_response, exp_data_sn),
    FIELD(scsi_response, bidirectional_read_residual_count),
    FIELD(scsi_response, residual_count),
};
ADAPT(scsi_response)

static const struct tmf_response tmf_response_golden = {
    .final = true,
    .response = 5,
    .data_segment_length = 0xa1a2a3,
    .additional_response_information = 0xb1b2b3,
    .itt = 0x11121314,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
};
static const struct wire_field tmf_response_fields[] = {
    FIXED_FLAG(tmf_response, final, 1, 0x80),
    FIELD(tmf_response, response),
    FIELD(tmf_response, data_segment_length),
    FIELD(tmf_response, additional_response_information),
    FIELD(tmf_response, itt),
    FIELD(tmf_response, stat_sn),
    FIELD(tmf_response, exp_cmd_sn),
    FIELD(tmf_response, max_cmd_sn),
};
ADAPT(tmf_response)

static const struct login_response login_response_golden = {
    .transit = false,
    .more = true,
    .csg = 1,
    .nsg = 2,
    .version_max = 2,
    .version_active = 1,
    .data_segment_length = 0xa1a2a3,
    .isid = {1, 2, 3, 4, 5, 6},
    .tsih = 0x0708,
    .itt = 0x11121314,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
    .status_class = 2,
    .status_detail = 0x0b,
};
static const struct wire_field login_response_fields[] = {
    FLAG(login_response, transit, 1, 0x80),
    FLAG(login_response, more, 1, 0x40),
    FIELD(login_response, csg),
    FIELD(login_response, nsg),
    FIELD(login_response, version_max),
    FIELD(login_response, version_active),
    FIELD(login_response, data_segment_length),
    FIELD(login_response, isid),
    FIELD(login_response, tsih),
    FIELD(login_response, itt),
    FIELD(login_response, stat_sn),
    FIELD(login_response, exp_cmd_sn),
    FIELD(login_response, max_cmd_sn),
    FIELD(login_response, status_class),
    FIELD(login_response, status_detail),
};
ADAPT(login_response)

static const struct text_response text_response_golden = {
    .final = true,
    .more = false,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .target_transfer_tag = 0x21222324,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
};
static const struct wire_field text_response_fields[] = {
    FLAG(text_response, final, 1, 0x80),
    FLAG(text_response, more, 1, 0x40),
    FIELD(text_response, data_segment_length),
    FIELD(text_response, lun),
    FIELD(text_response, itt),
    FIELD(text_response, target_transfer_tag),
    FIELD(text_response, stat_sn),
    FIELD(text_response, exp_cmd_sn),
    FIELD(text_response, max_cmd_sn),
};
ADAPT(text_response)

static const struct data_in data_in_golden = {
    .final = true,
    .acknowledge = false,
    .overflow = false,
    .underflow = true,
    .status_present = true,
    .status = 0x28,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .target_transfer_tag = 0x21222324,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
    .data_sn = 0x81828384,
    .buffer_offset = 0x91929394,
    .residual_count = 0xc1c2c3c4,
};
static const struct wire_field data_in_fields[] = {
    FLAG(data_in, final, 1, 0x80),
    FLAG(data_in, acknowledge, 1, 0x40),
    FLAG(data_in, overflow, 1, 0x04),
    FLAG(data_in, underflow, 1, 0x02),
    FLAG(data_in, status_present, 1, 0x01),
    FIELD(data_in, status),
    FIELD(data_in, data_segment_length),
    FIELD(data_in, lun),
    FIELD(data_in, itt),
    FIELD(data_in, target_transfer_tag),
    FIELD(data_in, stat_sn),
    FIELD(data_in, exp_cmd_sn),
    FIELD(data_in, max_cmd_sn),
    FIELD(data_in, data_sn),
    FIELD(data_in, buffer_offset),
    FIELD(data_in, residual_count),
};
ADAPT(data_in)

static const struct logout_response logout_response_golden = {
    .final = true,
    .response = 3,
    .data_segment_length = 0xa1a2a3,
    .itt = 0x11121314,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
    .time2wait = 0xb1b2,
    .time2retain = 0xb3b4,
};
static const struct wire_field logout_response_fields[] = {
    FIXED_FLAG(logout_response, final, 1, 0x80),
    FIELD(logout_response, response),
    FIELD(logout_response, data_segment_length),
    FIELD(logout_response, itt),
    FIELD(logout_response, stat_sn),
    FIELD(logout_response, exp_cmd_sn),
    FIELD(logout_response, max_cmd_sn),
    FIELD(logout_response, time2wait),
    FIELD(logout_response, time2retain),
};
ADAPT(logout_response)

static const struct r2t r2t_golden = {
    .final = true,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .target_transfer_tag = 0x21222324,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
    .r2t_sn = 0x81828384,
    .buffer_offset = 0x91929394,
    .desired_data_transfer_length = 0xc1c2c3c4,
};
static const struct wire_field r2t_fields[] = {
    FIXED_FLAG(r2t, final, 1, 0x80),
    FIELD(r2t, data_segment_length),
    FIELD(r2t, lun),
    FIELD(r2t, itt),
    FIELD(r2t, target_transfer_tag),
    FIELD(r2t, stat_sn),
    FIELD(r2t, exp_cmd_sn),
    FIELD(r2t, max_cmd_sn),
    FIELD(r2t, r2t_sn),
    FIELD(r2t, buffer_offset),
    FIELD(r2t, desired_data_transfer_length),
};
ADAPT(r2t)

static const struct async_message async_message_golden = {
    .final = true,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0xffffffff,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
    .async_event = 5,
    .async_vcode = 0xfe,
    .parameter1 = 0xb1b2,
    .parameter2 = 0xb3b4,
    .parameter3 = 0xb5b6,
};
static const struct wire_field async_message_fields[] = {
    FIXED_FLAG(async_message, final, 1, 0x80),
    FIELD(async_message, data_segment_length),
    FIELD(async_message, lun),
    FIXED_FIELD(async_message, itt),
    FIELD(async_message, stat_sn),
    FIELD(async_message, exp_cmd_sn),
    FIELD(async_message, max_cmd_sn),
    FIELD(async_message, async_event),
    FIELD(async_message, async_vcode),
    FIELD(async_message, parameter1),
    FIELD(async_message, parameter2),
    FIELD(async_message, parameter3),
};
ADAPT(async_message)

static const struct reject reject_golden = {
    .final = true,
    .reason = 9,
    .data_segment_length = 0xa1a2a3,
    .itt = 0xffffffff,
    .stat_sn = 0x51525354,
    .exp_cmd_sn = 0x61626364,
    .max_cmd_sn = 0x71727374,
    .data_sn = 0x81828384,
};
static const struct wire_field reject_fields[] = {
    FIXED_FLAG(reject, final, 1, 0x80), FIELD(reject, reason),  FIELD(reject, data_segment_length),
    FIXED_FIELD(reject, itt),           FIELD(reject, stat_sn), FIELD(reject, exp_cmd_sn),
    FIELD(reject, max_cmd_sn),          FIELD(reject, data_sn),
};
ADAPT(reject)

/* Rows of four words, from bytes 0, 16 and 32 on. */
const struct wire_case wire_target_cases[WIRE_TARGET_CASES] = {
    CASE(nop_in, 0x20,
         "20800000 00a1a2a3 01020304 05060708 "
         "11121314 21222324 51525354 61626364 "
         "71727374 00000000 00000000 00000000",
         "c07fffff ff000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 "
         "00000000 ffffffff ffffffff ffffffff"),
    CASE(scsi_response, 0x21,
         "21928128 00a1a2a3 b1b20000 00000000 "
         "11121314 21222324 51525354 61626364 "
         "71727374 81828384 91929394 c1c2c3c4",
         "c0610000 ff000000 0000ffff ffffffff "
         "00000000 00000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000"),
    CASE(tmf_response, 0x22,
         "22800500 00a1a2a3 b1b2b300 00000000 "
         "11121314 00000000 51525354 61626364 "
         "71727374 00000000 00000000 00000000",
         "c07f00ff ff000000 000000ff ffffffff "
         "00000000 ffffffff 00000000 00000000 "
         "00000000 ffffffff ffffffff ffffffff"),
    CASE(login_response, 0x23,
         "23460201 00a1a2a3 01020304 05060708 "
         "11121314 00000000 51525354 61626364 "
         "71727374 020b0000 00000000 00000000",
         "c0300000 ff000000 00000000 00000000 "
         "00000000 ffffffff 00000000 00000000 "
         "00000000 0000ffff ffffffff ffffffff"),
    CASE(text_response, 0x24,
         "24800000 00a1a2a3 01020304 05060708 "
         "11121314 21222324 51525354 61626364 "
         "71727374 00000000 00000000 00000000",
         "c03fffff ff000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 "
         "00000000 ffffffff ffffffff ffffffff"),
    CASE(data_in, 0x25,
         "25830028 00a1a2a3 01020304 05060708 "
         "11121314 21222324 51525354 61626364 "
         "71727374 81828384 91929394 c1c2c3c4",
         "c038ff00 ff000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000"),
    CASE(logout_response, 0x26,
         "26800300 00a1a2a3 00000000 00000000 "
         "11121314 00000000 51525354 61626364 "
         "71727374 00000000 b1b2b3b4 00000000",
         "c07f00ff ff000000 ffffffff ffffffff "
         "00000000 ffffffff 00000000 00000000 "
         "00000000 ffffffff 00000000 ffffffff"),
    CASE(r2t, 0x31,
         "31800000 00a1a2a3 01020304 05060708 "
         "11121314 21222324 51525354 61626364 "
         "71727374 81828384 91929394 c1c2c3c4",
         "c07fffff ff000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000"),
    CASE(async_message, 0x32,
         "32800000 00a1a2a3 01020304 05060708 "
         "ffffffff 00000000 51525354 61626364 "
         "71727374 05feb1b2 b3b4b5b6 00000000",
         "c07fffff ff000000 00000000 00000000 "
         "00000000 ffffffff 00000000 00000000 "
         "00000000 00000000 00000000 ffffffff"),
    CASE(reject, 0x3f,
         "3f800900 00a1a2a3 00000000 00000000 "
         "ffffffff 00000000 51525354 61626364 "
         "71727374 81828384 00000000 00000000",
         "c07f00ff ff000000 ffffffff ffffffff "
         "00000000 ffffffff 00000000 00000000 "
         "00000000 00000000 ffffffff ffffffff"),
};
