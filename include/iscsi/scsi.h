/** @file
 * SCSI: CDB builders and parsers of what comes back. Pure functions on bytes.
 */
#ifndef SANSCSI_SCSI_H
#define SANSCSI_SCSI_H

#include <iscsi/status.h>
#include <iscsi/types.h>

#endif
