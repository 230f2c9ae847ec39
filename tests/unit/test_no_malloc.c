/* A library without a default allocator, as builds without a C library are: the program brings one,
 * or has no initiator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <iscsi/sanscsi.h>

#include "support/bytes.h"

static void an_allocator_is_required(void **state) {
    (void)state;
    static const char name[] = "iqn.2024-01.org.example:host";
    struct counting counting;
    sanscsi_initiator_settings settings;
    sanscsi_initiator *node = NULL;
    sanscsi_initiator_settings_defaults(&settings);
    settings.name = name;
    settings.name_length = sizeof(name) - 1;
    assert_null(sanscsi_default_allocator());
    assert_int_equal(sanscsi_initiator_new(&settings, &node), SANSCSI_INVALID_ARGUMENT);
    assert_null(node);
    counting_init(&counting);
    settings.allocator = &counting.allocator;
    assert_int_equal(sanscsi_initiator_new(&settings, &node), SANSCSI_OK);
    assert_int_equal(counting.blocks, 1);
    sanscsi_initiator_free(node);
    assert_int_equal(counting.blocks, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_allocator_is_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
