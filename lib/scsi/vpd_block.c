/* The pages of vital product data that block devices have: B0h to B3h (SBC-3 6.5). */
#include "scsi/vpd_page.h"

enum {
    LIMITS_LEAST = 12, /* the page of early SBC-2; later ones only grew */
    OTHERS_LEAST = 4,
    REFERRALS_LEAST = 12
};

int32_t sanscsi_vpd_block_limits_parse(const void *data, size_t size,
                                       sanscsi_block_limits *limits) {
    if (!can_parse(data, size, limits, sizeof(*limits))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_vpd vpd;
    int32_t status = open_page(data, size, SANSCSI_VPD_BLOCK_LIMITS, LIMITS_LEAST, &reader, &vpd);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_block_limits found = {.size = limits->size, .page_length = vpd.page_length};
    found.write_same_nonzero = bit_of(sanscsi_reader_u8(&reader), 0);
    found.max_compare_write = sanscsi_reader_u8(&reader);
    found.optimal_granularity = sanscsi_reader_be16(&reader);
    found.max_transfer = sanscsi_reader_be32(&reader);
    found.optimal_transfer = sanscsi_reader_be32(&reader);
    found.max_prefetch = sanscsi_reader_be32(&reader);
    found.max_unmap_blocks = sanscsi_reader_be32(&reader);
    found.max_unmap_descriptors = sanscsi_reader_be32(&reader);
    found.unmap_granularity = sanscsi_reader_be32(&reader);
    uint32_t alignment = sanscsi_reader_be32(&reader);
    found.unmap_alignment_valid = bit_of(alignment, 31);
    found.unmap_alignment = alignment & UINT32_C(0x7fffffff);
    found.max_write_same = sanscsi_reader_be64(&reader);
    *limits = found;
    return close_page(&reader, &vpd, size);
}

int32_t sanscsi_vpd_block_characteristics_parse(const void *data, size_t size,
                                                sanscsi_block_characteristics *characteristics) {
    if (!can_parse(data, size, characteristics, sizeof(*characteristics))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_vpd vpd;
    int32_t status =
        open_page(data, size, SANSCSI_VPD_BLOCK_CHARACTERISTICS, OTHERS_LEAST, &reader, &vpd);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_block_characteristics found = {.size = characteristics->size};
    found.rotation_rate = sanscsi_reader_be16(&reader);
    found.product_type = sanscsi_reader_u8(&reader);
    found.form_factor = sanscsi_reader_u8(&reader) & 0x0f;
    *characteristics = found;
    return close_page(&reader, &vpd, size);
}

int32_t sanscsi_vpd_provisioning_parse(const void *data, size_t size,
                                       sanscsi_provisioning *provisioning) {
    if (!can_parse(data, size, provisioning, sizeof(*provisioning))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_vpd vpd;
    int32_t status = open_page(data, size, SANSCSI_VPD_PROVISIONING, OTHERS_LEAST, &reader, &vpd);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_provisioning found = {.size = provisioning->size};
    found.threshold_exponent = sanscsi_reader_u8(&reader);
    uint8_t flags = sanscsi_reader_u8(&reader);
    found.type = sanscsi_reader_u8(&reader) & 7;
    sanscsi_reader_skip(&reader, 1);
    found.unmap = bit_of(flags, 7);
    found.write_same16 = bit_of(flags, 6);
    found.write_same10 = bit_of(flags, 5);
    found.reads_zeros = bit_of(flags, 2);
    found.anchor = bit_of(flags, 1);
    found.group_descriptor = bit_of(flags, 0);
    *provisioning = found;
    return close_page(&reader, &vpd, size);
}

int32_t sanscsi_vpd_referrals_parse(const void *data, size_t size, sanscsi_referrals *referrals) {
    if (!can_parse(data, size, referrals, sizeof(*referrals))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_vpd vpd;
    int32_t status = open_page(data, size, SANSCSI_VPD_REFERRALS, REFERRALS_LEAST, &reader, &vpd);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_referrals found = {.size = referrals->size};
    sanscsi_reader_skip(&reader, 4);
    found.segment_size = sanscsi_reader_be32(&reader);
    found.segment_multiplier = sanscsi_reader_be32(&reader);
    *referrals = found;
    return close_page(&reader, &vpd, size);
}
