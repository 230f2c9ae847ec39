/* The parts of the harness of SCSI functions. */
#ifndef SANSCSI_FUZZ_SCSI_H
#define SANSCSI_FUZZ_SCSI_H

#include "fuzz.h"

/* scsi_parsers.c: one of the parsers over the rest of the input. */
void fuzz_scsi_parse(struct reader *input);
/* scsi_cdbs.c: one of the CDB builders with arguments from the input. */
void fuzz_scsi_cdb(struct reader *input);
/* scsi_builders.c: parameter data, LUNs and texts. */
void fuzz_scsi_build(struct reader *input);

#endif
