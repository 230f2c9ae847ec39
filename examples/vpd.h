/* Shows pages of vital product data. */
#ifndef EXAMPLE_VPD_H
#define EXAMPLE_VPD_H

#include <iscsi/sanscsi.h>

/*
 * Prints a page: decoded where it is known, else its bytes. data is the whole answer that vpd was
 * parsed from. Returns 0, or -1 after a failure that was told.
 */
int vpd_print(const sanscsi_vpd *vpd, const void *data, size_t length, uint32_t as_json);

#endif
