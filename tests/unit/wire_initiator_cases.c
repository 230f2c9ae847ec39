/* Golden PDUs of the initiator, written by hand from the figures of RFC 7143 11 and RFC 7144. */
#include "wire_cases.h"

#include "wire/pdu.h"

static const struct nop_out nop_out_golden = {
    .immediate = true,
    .final = true,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .target_transfer_tag = 0x21222324,
    .cmd_sn = 0x31323334,
    .exp_stat_sn = 0x41424344,
};
static const struct wire_field nop_out_fields[] = {
    FLAG(nop_out, immediate, 0, 0x40),
    FIXED_FLAG(nop_out, final, 1, 0x80),
    FIELD(nop_out, data_segment_length),
    FIELD(nop_out, lun),
    FIELD(nop_out, itt),
    FIELD(nop_out, target_transfer_tag),
    FIELD(nop_out, cmd_sn),
    FIELD(nop_out, exp_stat_sn),
};
ADAPT(nop_out)

static const struct scsi_command_pdu scsi_command_pdu_golden = {
    .immediate = true,
    .final = true,
    .read = false,
    .write = true,
    .attr = 3,
    .pri = 9,
    .total_ahs_length = 7,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .expected_data_transfer_length = 0x21222324,
    .cmd_sn = 0x31323334,
    .exp_stat_sn = 0x41424344,
    .cdb = {0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd,
            0xce, 0xcf},
};
static const struct wire_field scsi_command_pdu_fields[] = {
    FLAG(scsi_command_pdu, immediate, 0, 0x40),
    FLAG(scsi_command_pdu, final, 1, 0x80),
    FLAG(scsi_command_pdu, read, 1, 0x40),
    FLAG(scsi_command_pdu, write, 1, 0x20),
    FIELD(scsi_command_pdu, attr),
    FIELD(scsi_command_pdu, pri),
    FIELD(scsi_command_pdu, total_ahs_length),
    FIELD(scsi_command_pdu, data_segment_length),
    FIELD(scsi_command_pdu, lun),
    FIELD(scsi_command_pdu, itt),
    FIELD(scsi_command_pdu, expected_data_transfer_length),
    FIELD(scsi_command_pdu, cmd_sn),
    FIELD(scsi_command_pdu, exp_stat_sn),
    FIELD(scsi_command_pdu, cdb),
};
ADAPT(scsi_command_pdu)

static const struct tmf_request tmf_request_golden = {
    .immediate = true,
    .final = true,
    .function = 12,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .referenced_task_tag = 0x21222324,
    .cmd_sn = 0x31323334,
    .exp_stat_sn = 0x41424344,
    .ref_cmd_sn = 0x81828384,
    .exp_data_sn = 0x91929394,
};
static const struct wire_field tmf_request_fields[] = {
    FLAG(tmf_request, immediate, 0, 0x40),
    FIXED_FLAG(tmf_request, final, 1, 0x80),
    FIELD(tmf_request, function),
    FIELD(tmf_request, data_segment_length),
    FIELD(tmf_request, lun),
    FIELD(tmf_request, itt),
    FIELD(tmf_request, referenced_task_tag),
    FIELD(tmf_request, cmd_sn),
    FIELD(tmf_request, exp_stat_sn),
    FIELD(tmf_request, ref_cmd_sn),
    FIELD(tmf_request, exp_data_sn),
};
ADAPT(tmf_request)

static const struct login_request login_request_golden = {
    .immediate = true,
    .transit = true,
    .more = false,
    .csg = 1,
    .nsg = 3,
    .version_max = 2,
    .version_min = 1,
    .data_segment_length = 0xa1a2a3,
    .isid = {1, 2, 3, 4, 5, 6},
    .tsih = 0x0708,
    .itt = 0x11121314,
    .cid = 0x2122,
    .cmd_sn = 0x31323334,
    .exp_stat_sn = 0x41424344,
};
static const struct wire_field login_request_fields[] = {
    FIXED_FLAG(login_request, immediate, 0, 0x40),
    FLAG(login_request, transit, 1, 0x80),
    FLAG(login_request, more, 1, 0x40),
    FIELD(login_request, csg),
    FIELD(login_request, nsg),
    FIELD(login_request, version_max),
    FIELD(login_request, version_min),
    FIELD(login_request, data_segment_length),
    FIELD(login_request, isid),
    FIELD(login_request, tsih),
    FIELD(login_request, itt),
    FIELD(login_request, cid),
    FIELD(login_request, cmd_sn),
    FIELD(login_request, exp_stat_sn),
};
ADAPT(login_request)

static const struct text_request text_request_golden = {
    .immediate = true,
    .final = false,
    .more = true,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .target_transfer_tag = 0x21222324,
    .cmd_sn = 0x31323334,
    .exp_stat_sn = 0x41424344,
};
static const struct wire_field text_request_fields[] = {
    FLAG(text_request, immediate, 0, 0x40),
    FLAG(text_request, final, 1, 0x80),
    FLAG(text_request, more, 1, 0x40),
    FIELD(text_request, data_segment_length),
    FIELD(text_request, lun),
    FIELD(text_request, itt),
    FIELD(text_request, target_transfer_tag),
    FIELD(text_request, cmd_sn),
    FIELD(text_request, exp_stat_sn),
};
ADAPT(text_request)

static const struct data_out data_out_golden = {
    .final = true,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .target_transfer_tag = 0x21222324,
    .exp_stat_sn = 0x41424344,
    .data_sn = 0x81828384,
    .buffer_offset = 0x91929394,
};
static const struct wire_field data_out_fields[] = {
    FLAG(data_out, final, 1, 0x80),
    FIELD(data_out, data_segment_length),
    FIELD(data_out, lun),
    FIELD(data_out, itt),
    FIELD(data_out, target_transfer_tag),
    FIELD(data_out, exp_stat_sn),
    FIELD(data_out, data_sn),
    FIELD(data_out, buffer_offset),
};
ADAPT(data_out)

static const struct logout_request logout_request_golden = {
    .immediate = true,
    .final = true,
    .reason_code = 2,
    .data_segment_length = 0xa1a2a3,
    .itt = 0x11121314,
    .cid = 0x2122,
    .cmd_sn = 0x31323334,
    .exp_stat_sn = 0x41424344,
};
static const struct wire_field logout_request_fields[] = {
    FLAG(logout_request, immediate, 0, 0x40),
    FIXED_FLAG(logout_request, final, 1, 0x80),
    FIELD(logout_request, reason_code),
    FIELD(logout_request, data_segment_length),
    FIELD(logout_request, itt),
    FIELD(logout_request, cid),
    FIELD(logout_request, cmd_sn),
    FIELD(logout_request, exp_stat_sn),
};
ADAPT(logout_request)

static const struct snack_request snack_request_golden = {
    .final = true,
    .type = 3,
    .data_segment_length = 0xa1a2a3,
    .lun = 0x0102030405060708,
    .itt = 0x11121314,
    .target_transfer_tag = 0x21222324,
    .exp_stat_sn = 0x41424344,
    .beg_run = 0x81828384,
    .run_length = 0x91929394,
};
static const struct wire_field snack_request_fields[] = {
    FIXED_FLAG(snack_request, final, 1, 0x80),
    FIELD(snack_request, type),
    FIELD(snack_request, data_segment_length),
    FIELD(snack_request, lun),
    FIELD(snack_request, itt),
    FIELD(snack_request, target_transfer_tag),
    FIELD(snack_request, exp_stat_sn),
    FIELD(snack_request, beg_run),
    FIELD(snack_request, run_length),
};
ADAPT(snack_request)

/* Rows of four words, from bytes 0, 16 and 32 on. */
const struct wire_case wire_initiator_cases[WIRE_INITIATOR_CASES] = {
    CASE(nop_out, 0x00,
         "40800000 00a1a2a3 01020304 05060708 "
         "11121314 21222324 31323334 41424344 "
         "00000000 00000000 00000000 00000000",
         "807fffff ff000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 "
         "ffffffff ffffffff ffffffff ffffffff"),
    CASE(scsi_command_pdu, 0x01,
         "41a39000 07a1a2a3 01020304 05060708 "
         "11121314 21222324 31323334 41424344 "
         "c0c1c2c3 c4c5c6c7 c8c9cacb cccdcecf",
         "80180fff 00000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000"),
    CASE(tmf_request, 0x02,
         "428c0000 00a1a2a3 01020304 05060708 "
         "11121314 21222324 31323334 41424344 "
         "81828384 91929394 00000000 00000000",
         "8000ffff ff000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 "
         "00000000 00000000 ffffffff ffffffff"),
    CASE(login_request, 0x03,
         "43870201 00a1a2a3 01020304 05060708 "
         "11121314 21220000 31323334 41424344 "
         "00000000 00000000 00000000 00000000",
         "80300000 ff000000 00000000 00000000 "
         "00000000 0000ffff 00000000 00000000 "
         "ffffffff ffffffff ffffffff ffffffff"),
    CASE(text_request, 0x04,
         "44400000 00a1a2a3 01020304 05060708 "
         "11121314 21222324 31323334 41424344 "
         "00000000 00000000 00000000 00000000",
         "803fffff ff000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 "
         "ffffffff ffffffff ffffffff ffffffff"),
    CASE(data_out, 0x05,
         "05800000 00a1a2a3 01020304 05060708 "
         "11121314 21222324 00000000 41424344 "
         "00000000 81828384 91929394 00000000",
         "c07fffff ff000000 00000000 00000000 "
         "00000000 00000000 ffffffff 00000000 "
         "ffffffff 00000000 00000000 ffffffff"),
    CASE(logout_request, 0x06,
         "46820000 00a1a2a3 00000000 00000000 "
         "11121314 21220000 31323334 41424344 "
         "00000000 00000000 00000000 00000000",
         "8000ffff ff000000 ffffffff ffffffff "
         "00000000 0000ffff 00000000 00000000 "
         "ffffffff ffffffff ffffffff ffffffff"),
    CASE(snack_request, 0x10,
         "10830000 00a1a2a3 01020304 05060708 "
         "11121314 21222324 00000000 41424344 "
         "00000000 00000000 81828384 91929394",
         "c070ffff ff000000 00000000 00000000 "
         "00000000 00000000 ffffffff 00000000 "
         "ffffffff ffffffff 00000000 00000000"),
};
