/** @file
 * sanscsi: the iSCSI protocol as a pure state machine. This header includes all others.
 */
#ifndef SANSCSI_SANSCSI_H
#define SANSCSI_SANSCSI_H

#include <iscsi/allocator.h>
#include <iscsi/counters.h>
#include <iscsi/event.h>
#include <iscsi/initiator.h>
#include <iscsi/inquiry.h>
#include <iscsi/name.h>
#include <iscsi/output.h>
#include <iscsi/scan.h>
#include <iscsi/scsi.h>
#include <iscsi/scsi_admin.h>
#include <iscsi/scsi_block.h>
#include <iscsi/scsi_copy.h>
#include <iscsi/scsi_reserve.h>
#include <iscsi/session.h>
#include <iscsi/settings.h>
#include <iscsi/status.h>
#include <iscsi/task.h>
#include <iscsi/types.h>
#include <iscsi/version.h>

#endif
