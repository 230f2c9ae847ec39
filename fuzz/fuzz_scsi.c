/* Property: SCSI parsers stay within their bytes and end; what is built is what the standards say.
 */
#include "scsi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader input;
    sanscsi_reader_init(&input, data, size);
    switch (sanscsi_reader_u8(&input) % 8) {
    case 0:
        fuzz_scsi_cdb(&input);
        break;
    case 1:
        fuzz_scsi_build(&input);
        break;
    default:
        fuzz_scsi_parse(&input);
        break;
    }
    return 0;
}
