/* What readers of single pages of vital product data share. */
#ifndef SANSCSI_SCSI_VPD_PAGE_H
#define SANSCSI_SCSI_VPD_PAGE_H

#include "scsi/parse.h"

enum { VPD_HEADER = 4 };

/* Whether this is the page meant, as sanscsi_vpd_parse() filled it. */
static inline bool is_page(const sanscsi_vpd *vpd, uint32_t page) {
    return is_struct(vpd, sizeof(*vpd)) && vpd->page == page && vpd->length <= vpd->page_length &&
           (vpd->bytes != NULL || vpd->length == 0);
}

/* Begins to read a page: its header, then a reader over what came of the rest. The page is
 * MALFORMED when it says that it is shorter than `least`. */
static inline int32_t open_page(const void *data, size_t size, uint32_t page, uint32_t least,
                                struct reader *reader, sanscsi_vpd *vpd) {
    vpd->size = sizeof(*vpd);
    int32_t status = sanscsi_vpd_parse(data, size, page, vpd);
    if (status != SANSCSI_OK && status != SANSCSI_TRUNCATED) {
        return status;
    }
    if (size >= VPD_HEADER && vpd->page_length < least) {
        return SANSCSI_MALFORMED;
    }
    sanscsi_reader_init(reader, vpd->bytes, vpd->length);
    return SANSCSI_OK;
}

/* A field that the reader missed is missing only if the page should have had more. */
static inline int32_t close_page(const struct reader *reader, const sanscsi_vpd *vpd, size_t size) {
    bool cut = size < VPD_HEADER || vpd->length < vpd->page_length;
    return cut && reader->failed ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

/* Points to the first `header` bytes of the next item of a page that is a list. 1; 0 at the end;
 * or a status. */
static inline int32_t next_of_page(const sanscsi_vpd *vpd, uint32_t page, const uint32_t *position,
                                   uint32_t header, const uint8_t **at) {
    if (position == NULL || !is_page(vpd, page) || *position > vpd->length) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (*position == vpd->page_length) {
        return 0;
    }
    int32_t status = item_status(*position, header, vpd->length, vpd->page_length);
    if (status != SANSCSI_OK) {
        return status;
    }
    *at = vpd->bytes + *position;
    return 1;
}

#endif
