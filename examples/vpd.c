/* Decodes and prints pages of vital product data, one printer a page. */
#include "vpd.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "options.h"

/* One page on its way to the output: text lines, or members of one JSON object. */
struct page {
    const sanscsi_vpd *vpd;
    const void *data;
    size_t length;
    uint32_t as_json;
    struct json json;
};

static void show_number(struct page *page, const char *name, uint64_t value) {
    if (page->as_json) {
        json_number(&page->json, name, value);
    } else {
        printf("%s: %" PRIu64 "\n", name, value);
    }
}

static void show_text(struct page *page, const char *name, const char *text, size_t length) {
    if (page->as_json) {
        json_string(&page->json, name, text, length);
        return;
    }
    printf("%s: ", name);
    print_escaped(stdout, text, length);
    fputc('\n', stdout);
}

static int32_t show_pages(struct page *page) {
    uint32_t code = 0;
    if (page->as_json) {
        json_open(&page->json, "pages", '[');
    }
    for (uint32_t i = 0; sanscsi_vpd_page_get(page->vpd, i, &code) == SANSCSI_OK; i++) {
        if (page->as_json) {
            json_number(&page->json, NULL, code);
        } else {
            printf("0x%02x\n", (unsigned)code);
        }
    }
    if (page->as_json) {
        json_close(&page->json, ']');
    }
    return SANSCSI_OK;
}

static int32_t show_serial(struct page *page) {
    static char text[UINT16_MAX + 1];
    size_t length = 0;
    int32_t status =
        sanscsi_vpd_serial_parse(page->data, page->length, text, sizeof(text), &length);
    if (status == SANSCSI_OK) {
        show_text(page, "serial_number", text, length);
    }
    return status;
}

static void show_designator(struct page *page, const sanscsi_designator *designator) {
    static const char *const associations[] = {"unit", "port", "target", "reserved"};
    char text[516] = "";
    size_t length = 0;
    int has_text = sanscsi_designator_format(designator, text, sizeof(text), &length) == SANSCSI_OK;
    const char *association = associations[designator->association & 3];
    if (page->as_json) {
        json_open(&page->json, NULL, '{');
        json_text(&page->json, "association", association);
        json_number(&page->json, "type", designator->type);
        json_number(&page->json, "code_set", designator->code_set);
        json_hex(&page->json, "bytes", designator->bytes, designator->length);
        if (has_text) {
            json_string(&page->json, "name", text, length);
        }
        json_close(&page->json, '}');
        return;
    }
    printf("%s, type %u: ", association, (unsigned)designator->type);
    for (uint32_t i = 0; i < designator->length && !has_text; i++) {
        printf("%02x", designator->bytes[i]);
    }
    print_escaped(stdout, text, length);
    fputc('\n', stdout);
}

static int32_t show_designators(struct page *page) {
    sanscsi_designator designator = {.size = sizeof(designator)};
    uint32_t position = 0;
    int32_t taken = 0;
    if (page->as_json) {
        json_open(&page->json, "designators", '[');
    }
    while ((taken = sanscsi_vpd_designator_next(page->vpd, &position, &designator)) == 1) {
        show_designator(page, &designator);
    }
    if (page->as_json) {
        json_close(&page->json, ']');
    }
    return taken;
}

static int32_t show_limits(struct page *page) {
    sanscsi_block_limits limits = {.size = sizeof(limits)};
    int32_t status = sanscsi_vpd_block_limits_parse(page->data, page->length, &limits);
    if (status == SANSCSI_OK) {
        show_number(page, "max_compare_write", limits.max_compare_write);
        show_number(page, "optimal_granularity", limits.optimal_granularity);
        show_number(page, "max_transfer", limits.max_transfer);
        show_number(page, "optimal_transfer", limits.optimal_transfer);
        show_number(page, "max_prefetch", limits.max_prefetch);
        show_number(page, "max_unmap_blocks", limits.max_unmap_blocks);
        show_number(page, "max_unmap_descriptors", limits.max_unmap_descriptors);
        show_number(page, "unmap_granularity", limits.unmap_granularity);
        show_number(page, "unmap_alignment", limits.unmap_alignment);
        show_number(page, "max_write_same", limits.max_write_same);
    }
    return status;
}

static int32_t show_characteristics(struct page *page) {
    sanscsi_block_characteristics characteristics = {.size = sizeof(characteristics)};
    int32_t status =
        sanscsi_vpd_block_characteristics_parse(page->data, page->length, &characteristics);
    if (status == SANSCSI_OK) {
        show_number(page, "rotation_rate", characteristics.rotation_rate);
        show_number(page, "product_type", characteristics.product_type);
        show_number(page, "form_factor", characteristics.form_factor);
    }
    return status;
}

static int32_t show_provisioning(struct page *page) {
    sanscsi_provisioning provisioning = {.size = sizeof(provisioning)};
    int32_t status = sanscsi_vpd_provisioning_parse(page->data, page->length, &provisioning);
    if (status == SANSCSI_OK) {
        show_number(page, "type", provisioning.type);
        show_number(page, "unmap", provisioning.unmap);
        show_number(page, "write_same16", provisioning.write_same16);
        show_number(page, "write_same10", provisioning.write_same10);
        show_number(page, "reads_zeros", provisioning.reads_zeros);
        show_number(page, "anchor", provisioning.anchor);
        show_number(page, "threshold_exponent", provisioning.threshold_exponent);
    }
    return status;
}

static int32_t show_bytes(struct page *page) {
    const sanscsi_vpd *vpd = page->vpd;
    if (page->as_json) {
        json_hex(&page->json, "bytes", vpd->bytes, vpd->length);
        return SANSCSI_OK;
    }
    for (uint32_t i = 0; i < vpd->length; i++) {
        int ends = i % 16 == 15 || i + 1 == vpd->length;
        printf("%02x%c", vpd->bytes[i], ends ? '\n' : ' ');
    }
    return SANSCSI_OK;
}

int vpd_print(const sanscsi_vpd *vpd, const void *data, size_t length, uint32_t as_json) {
    static const struct {
        uint32_t page;
        int32_t (*show)(struct page *page);
    } printers[] = {
        {SANSCSI_VPD_SUPPORTED_PAGES, show_pages},
        {SANSCSI_VPD_SERIAL_NUMBER, show_serial},
        {SANSCSI_VPD_DEVICE_IDENTIFICATION, show_designators},
        {SANSCSI_VPD_BLOCK_LIMITS, show_limits},
        {SANSCSI_VPD_BLOCK_CHARACTERISTICS, show_characteristics},
        {SANSCSI_VPD_PROVISIONING, show_provisioning},
    };
    struct page page = {.vpd = vpd, .data = data, .length = length, .as_json = as_json};
    int32_t (*show)(struct page * page) = show_bytes;
    for (size_t i = 0; i < sizeof(printers) / sizeof(printers[0]); i++) {
        show = printers[i].page == vpd->page ? printers[i].show : show;
    }
    json_start(&page.json, stdout);
    if (as_json) {
        json_open(&page.json, NULL, '{');
        json_number(&page.json, "page", vpd->page);
    }
    int32_t status = show(&page);
    if (as_json) {
        json_close(&page.json, '}');
    }
    if (status != SANSCSI_OK) {
        failure("INQUIRY page %02xh: %s", (unsigned)vpd->page, sanscsi_status_text(status));
        return -1;
    }
    return 0;
}
