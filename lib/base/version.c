/* The version of the library that runs. */
#include <iscsi/version.h>

const char *sanscsi_version(void) {
    return SANSCSI_VERSION;
}
