/* Whose answer a list is: no list is taken for that of another parser. */
#ifndef SANSCSI_SCSI_KINDS_H
#define SANSCSI_SCSI_KINDS_H

enum kind {
    KIND_LBA_STATUS = 1,
    KIND_DEFECTS,
    KIND_KEYS,
    KIND_FULL_STATUS,
    KIND_OPERATION_CODES,
    KIND_PORT_GROUPS,
    KIND_DIAGNOSTIC,
    KIND_SECURITY,
    KIND_TOC
};

#endif
