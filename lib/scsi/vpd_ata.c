/* Page 89h, ATA Information, which a translation to ATA adds (SAT-3 12). */
#include "scsi/vpd_page.h"

enum { ATA_LEAST = 568, SIGNATURE = 20, IDENTIFY = 512 };

int32_t sanscsi_vpd_ata_information_parse(const void *data, size_t size,
                                          sanscsi_ata_information *ata) {
    if (!can_parse(data, size, ata, sizeof(*ata))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_vpd vpd;
    int32_t status = open_page(data, size, SANSCSI_VPD_ATA_INFORMATION, ATA_LEAST, &reader, &vpd);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_ata_information found = {.size = ata->size};
    sanscsi_reader_skip(&reader, 4);
    copy_text(found.vendor, sizeof(found.vendor), trim(sanscsi_reader_take(&reader, 8)));
    copy_text(found.product, sizeof(found.product), trim(sanscsi_reader_take(&reader, 16)));
    copy_text(found.revision, sizeof(found.revision), trim(sanscsi_reader_take(&reader, 4)));
    found.signature = sanscsi_reader_take(&reader, SIGNATURE).data;
    found.command = sanscsi_reader_u8(&reader);
    sanscsi_reader_skip(&reader, 3);
    found.identify = sanscsi_reader_take(&reader, IDENTIFY).data;
    *ata = found;
    return close_page(&reader, &vpd, size);
}
