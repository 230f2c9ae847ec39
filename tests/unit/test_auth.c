/* The interface of authentication methods (lib/auth/method.h), and None behind it: it says nothing,
 * waits for nothing, and takes no key (RFC 7143 12.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "auth/method.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Values of AuthMethod are compared byte by byte (RFC 7143 6.1). */
static void names_of_methods(void **state) {
    (void)state;
    static const char *const others[] = {"",          "none", "NONE", "Non", "None ",
                                         "None,None", "chap", "KRB5", "SRP", "Reject"};
    assert_ptr_equal(sanscsi_auth_find(SPAN_LITERAL("None")), &sanscsi_auth_none);
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_null(sanscsi_auth_find(span_of_string(others[i])));
    }
}

static void none_needs_nothing(void **state) {
    (void)state;
    const struct auth_method *none = &sanscsi_auth_none;
    struct auth_setup setup;
    struct auth_failure why;
    struct builder out;
    uint8_t bytes[16];
    memset(&setup, 0, sizeof(setup));
    memset(&why, 0, sizeof(why));
    sanscsi_builder_init(&out, bytes, sizeof(bytes));
    assert_int_equal(none->exchange_size, 0);
    assert_false(none->offers_list);
    assert_true(none->begin(NULL, &setup, &why));
    none->write(NULL, &out);
    assert_int_equal(out.size, 0);
    assert_true(none->ready(NULL));
    assert_false(none->awaits(NULL));
    assert_int_equal(none->end(NULL, &why), AUTH_PROCEED);
    assert_true(none->complete(NULL));
    assert_int_equal(why.event, 0);
}

/* It asks for no secret, and one that is given all the same holds nothing up. */
static void none_asks_for_no_secret(void **state) {
    (void)state;
    struct auth_failure why;
    struct auth_question question;
    memset(&why, 0, sizeof(why));
    memset(&question, 0xee, sizeof(question));
    sanscsi_auth_none.question(NULL, &question);
    assert_int_equal(question.which, 0);
    assert_int_equal(question.name.size, 0);
    assert_int_equal(sanscsi_auth_none.give(NULL, SPAN_LITERAL("twelve bytes"), &why),
                     AUTH_PROCEED);
    assert_int_equal(why.event, 0);
}

static void none_takes_no_key(void **state) {
    (void)state;
    static const char *const keys[] = {"CHAP_A", "CHAP_N", "X-key"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct auth_failure why;
        memset(&why, 0, sizeof(why));
        assert_false(
            sanscsi_auth_none.receive(NULL, span_of_string(keys[i]), SPAN_LITERAL("5"), &why));
        assert_int_equal(why.event, SANSCSI_EVENT_UNEXPECTED_NEGOTIATION);
        assert_memory_equal(why.values[0].text.data, keys[i], strlen(keys[i]));
        assert_int_equal(why.values[0].text.size, strlen(keys[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_methods),
        cmocka_unit_test(none_needs_nothing),
        cmocka_unit_test(none_asks_for_no_secret),
        cmocka_unit_test(none_takes_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
