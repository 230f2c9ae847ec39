/* Names and portals: any text up to the bounds below. */
#include <iscsi/name.h>

#include "base/span.h"
#include "input.h"

#define NAME 5
#define PORTAL 5

/* Behind a right beginning, or anything. */
void check_name(void) {
    static const char types[][4] = {"iqn.", "eui.", "naa."};
    uint8_t room[4 + NAME];
    size_t size = any_size(NAME);
    //@ split size;
    size_t type = any_size(3);
    //@ split type;
    uint8_t *text = room + (NAME - size);
    any_bytes(text, 4 + size);
    for (size_t i = 0; type < 3 && i < 4; i++) {
        text[i] = (uint8_t)types[type][i];
    }
    int32_t status = sanscsi_name_check((const char *)text, 4 + size);
    //@ assert status == SANSCSI_OK || status == SANSCSI_INVALID_NAME;
}

void parse_portal(void) {
    uint8_t room[PORTAL];
    size_t size = any_size(PORTAL);
    //@ split size;
    const uint8_t *data = any_bytes(room + (PORTAL - size), size);
    sanscsi_portal portal = {.size = sizeof(portal)};
    int32_t status = sanscsi_portal_parse((const char *)data, size, &portal);
    //@ assert status == SANSCSI_OK || status == SANSCSI_INVALID_ADDRESS;
    //@ assert status == SANSCSI_OK ==> 1 <= portal.port <= 0xffff;
    struct span host = span_of(portal.host, portal.host_length);
    //@ assert status == SANSCSI_OK ==> WITHIN(host);
    //@ assert status == SANSCSI_OK ==> 1 <= portal.host_length <= size;
}
