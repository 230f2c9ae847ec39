/* Tests of <iscsi/name.h>: iSCSI names, portals, URLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/name.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int32_t check(const char *name) {
    return sanscsi_name_check(name, strlen(name));
}

static void good_names_pass(void **state) {
    (void)state;
    /* The first rows are examples of RFC 7143 4.2.7 and 13.4. */
    static const char *const names[] = {
        "iqn.1993-11.com.disk-vendor:diskarrays.sn.45678",
        "iqn.2001-04.com.example:storage:diskarrays-sn-a8675309", "iqn.2001-04.com.example",
        "eui.02004567A425678D", "naa.52004567BA64678D", "naa.62004567BA64678D0123456789ABCDEF",
        "iqn.2001-12.x", "iqn.2001-01.com.example:", "iqn.2001-01.com.example:..:--",
        "iqn.2001-01.com.example:\xc3\xa9",         /* U+00E9 */
        "iqn.2001-01.com.\xe6\x97\xa5\xe6\x9c\xac", /* U+65E5 U+672C */
        "iqn.2001-01.com.example:\xf0\x90\x80\x80", /* U+10000 */
        /* small letters beside capitals, and U+0234, which Unicode 3.2 does not know */
        "iqn.2001-04.com:\xc4\x81\xce\xb1\xd0\xb0\xd5\xa1\xf0\x90\x90\xa8",
        "iqn.2001-04.com:\xc8\xb4", "naa.0123456789abcdef"};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(check(names[i]), SANSCSI_OK);
    }
}

static void bad_names_are_refused(void **state) {
    (void)state;
    static const char *const names[] = {
        "", "iqn", "iqn.", "IQN.2001-04.com.example", "iqn:2001-04.com.example", "disk0",
        "iscsi.2001-04.com.example",
        /* dates */
        "iqn.2001-13.com.x", "iqn.2001-00.com.x", "iqn.01-04.com", "iqn.2001-4.com", "iqn.2001-04",
        "iqn.2001-04.", "iqn.2001-04:x", "iqn.2001_04.com", "iqn.200a-04.com", "iqn.2001-0a.com",
        "iqn.12001-04.com", "iqn.2001-041.com", "iqn.2001-04com",
        /* labels */
        "iqn.2001-04..com", "iqn.2001-04.com.", "iqn.2001-04.com..x", "iqn.2001-04.:x",
        "iqn.2001-04.com.:x",
        /* characters */
        "iqn.2001-04.com.Example", "iqn.2001-04.com.example:A", "iqn.2001-04.com.example:a b",
        "iqn.2001-04.com.example:a_b", "iqn.2001-04.com.example:a/b", "iqn.2001-04.com:a@b",
        "iqn.2001-04.com.example:a,b", "iqn.2001-04.com:\x7f", "iqn.2001-04.com:\n",
        "iqn.2001-04.com:a;b", "iqn.2001-04.com:[", "iqn.2001-04.com:~",
        /* broken UTF-8 */
        "iqn.2001-04.com:\x80", "iqn.2001-04.com:\xc3", "iqn.2001-04.com:\xc3(",
        "iqn.2001-04.com:\xc0\xae", "iqn.2001-04.com:\xc1\xbf", "iqn.2001-04.com:\xe0\x80\xae",
        "iqn.2001-04.com:\xe0\x9f\xbf", "iqn.2001-04.com:\xf0\x80\x80\xae",
        "iqn.2001-04.com:\xed\xa0\x80", "iqn.2001-04.com:\xf4\x90\x80\x80",
        "iqn.2001-04.com:\xf8\x88\x80\x80\x80", "iqn.2001-04.com:\xff", "iqn.2001-04.com:\xe6\x97",
        /* prohibited code points: U+0085, U+00A0, U+2003, U+200E, U+2028, U+3000, U+3002, U+E000,
         * U+FEFF, U+FFFE, U+FDD0, U+1FFFF, U+E0020, U+10FFFF */
        "iqn.2001-04.com:\xc2\x85", "iqn.2001-04.com:\xc2\xa0", "iqn.2001-04.com:\xe2\x80\x83",
        "iqn.2001-04.com:\xe2\x80\x8e", "iqn.2001-04.com:\xe2\x80\xa8",
        "iqn.2001-04.com:\xe3\x80\x80", "iqn.2001-04.com:\xe3\x80\x82",
        "iqn.2001-04.com:\xee\x80\x80", "iqn.2001-04.com:\xef\xbb\xbf",
        "iqn.2001-04.com:\xef\xbf\xbe", "iqn.2001-04.com:\xef\xb7\x90",
        "iqn.2001-04.com:\xf0\x9f\xbf\xbf", "iqn.2001-04.com:\xf3\xa0\x80\xa0",
        "iqn.2001-04.com:\xf4\x8f\xbf\xbf",
        /* mapped to nothing (RFC 3454 B.1): U+00AD, U+034F, U+1806, U+180B, U+FE00 */
        "iqn.2001-04.com:a\xc2\xad", "iqn.2001-04.com:a\xcd\x8f", "iqn.2001-04.com:a\xe1\xa0\x86",
        "iqn.2001-04.com:a\xe1\xa0\x8b", "iqn.2001-04.com:a\xef\xb8\x80",
        /* mapped to small letters (B.2): U+00C9, U+00DF, U+0100, U+0391, U+0410, U+0531, U+10400 */
        "iqn.2001-04.com:\xc3\x89", "iqn.2001-04.com:\xc3\x9f", "iqn.2001-04.com:\xc4\x80",
        "iqn.2001-04.com:\xce\x91", "iqn.2001-04.com:\xd0\x90", "iqn.2001-04.com:\xd4\xb1",
        "iqn.2001-04.com:\xf0\x90\x90\x80",
        /* changed by normalization form KC: U+00B2, U+0344, U+212B, U+2460, U+F900, U+FB01, U+FF41,
         * U+1D41A */
        "iqn.2001-04.com:\xc2\xb2", "iqn.2001-04.com:\xcd\x84", "iqn.2001-04.com:\xe2\x84\xab",
        "iqn.2001-04.com:\xe2\x91\xa0", "iqn.2001-04.com:\xef\xa4\x80",
        "iqn.2001-04.com:\xef\xac\x81", "iqn.2001-04.com:\xef\xbd\x81",
        "iqn.2001-04.com:\xf0\x9d\x90\x9a",
        /* right-to-left (D.1): U+05D0, U+0627; and what turns the direction: U+202E */
        "iqn.2001-04.com:\xd7\x90", "iqn.2001-04.com:\xd8\xa7", "iqn.2001-04.com:\xe2\x80\xae",
        /* eui and naa */
        "eui.", "eui.02004567A425678", "eui.02004567A425678D0", "eui.02004567A425678g",
        "EUI.02004567A425678D", "eui.0x004567A425678D", "naa.", "naa.52004567BA64678",
        "naa.52004567BA64678D0", "naa.52004567BA64678D0123456789ABCDE",
        "naa.52004567BA64678D0123456789ABCDEF0", "naa.52004567BA64678 "};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(check(names[i]), SANSCSI_INVALID_NAME);
    }
    assert_int_equal(sanscsi_name_check("iqn.2001-04.com:\0", 17), SANSCSI_INVALID_NAME);
    assert_int_equal(sanscsi_name_check(NULL, 0), SANSCSI_INVALID_ARGUMENT);
}

static void names_end_at_223_bytes(void **state) {
    (void)state;
    char name[256];
    memset(name, 'a', sizeof(name));
    memcpy(name, "iqn.2001-04.com.example:", 24);
    assert_int_equal(sanscsi_name_check(name, 223), SANSCSI_OK);
    assert_int_equal(sanscsi_name_check(name, 224), SANSCSI_INVALID_NAME);
    /* A code point cut by the end. */
    name[222] = '\xc3';
    assert_int_equal(sanscsi_name_check(name, 223), SANSCSI_INVALID_NAME);
}

/* Every code point beyond ASCII, surrogates among them. Count and sum of what is
 * refused are those of the tables of RFC 3454 in Python's module stringprep, with mapping and
 * normalization of its Unicode 3.2. */
static void every_code_point_is_known(void **state) {
    (void)state;
    uint32_t count = 0;
    uint64_t sum = 0;
    for (uint32_t point = 0x80; point < 0x110000; point++) {
        char name[24] = "iqn.2001-04.com:";
        size_t length = 16;
        if (point >= 0x10000) {
            name[length++] = (char)(0xf0 | point >> 18);
            name[length++] = (char)(0x80 | (point >> 12 & 0x3f));
        } else if (point >= 0x800) {
            name[length++] = (char)(0xe0 | point >> 12);
        }
        if (point >= 0x800) {
            name[length++] = (char)(0x80 | (point >> 6 & 0x3f));
        } else {
            name[length++] = (char)(0xc0 | point >> 6);
        }
        name[length++] = (char)(0x80 | (point & 0x3f));
        if (sanscsi_name_check(name, length) != SANSCSI_OK) {
            count++;
            sum += point;
        }
    }
    assert_int_equal(count, 145086);
    assert_true(sum == UINT64_C(138388713215));
}

static void good_portals_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *host;
        uint32_t port, tag, is_ipv6;
    } cases[] = {/* RFC 7143 13.8 */
                 {"10.0.0.1:5003,1", "10.0.0.1", 5003, 1, 0},
                 {"[1080:0:0:0:8:800:200C:417A],65", "1080:0:0:0:8:800:200C:417A", 3260, 65, 1},
                 {"[1080::8:800:200C:417A]:5003,1", "1080::8:800:200C:417A", 5003, 1, 1},
                 {"computingcenter.example.com,23", "computingcenter.example.com", 3260, 23, 0},
                 {"h", "h", 3260, UINT32_MAX, 0},
                 {"h:1", "h", 1, UINT32_MAX, 0},
                 {"h:65535,65535", "h", 65535, 65535, 0},
                 {"h:0xcbc,0x0", "h", 3260, 0, 0},
                 {"h,0bAQI=", "h", 3260, 258, 0},
                 {"my_host.example.", "my_host.example.", 3260, UINT32_MAX, 0},
                 {"a-b.3com.com", "a-b.3com.com", 3260, UINT32_MAX, 0},
                 {"255.255.255.255", "255.255.255.255", 3260, UINT32_MAX, 0},
                 {"[::]", "::", 3260, UINT32_MAX, 1},
                 {"[::1]:3261", "::1", 3261, UINT32_MAX, 1},
                 {"[1::]", "1::", 3260, UINT32_MAX, 1},
                 {"[1:2:3:4:5:6:7::]", "1:2:3:4:5:6:7::", 3260, UINT32_MAX, 1},
                 {"[::2:3:4:5:6:7:8]", "::2:3:4:5:6:7:8", 3260, UINT32_MAX, 1},
                 {"[::ffff:10.0.0.1]", "::ffff:10.0.0.1", 3260, UINT32_MAX, 1},
                 {"[1:2:3:4:5:6:10.0.0.1]", "1:2:3:4:5:6:10.0.0.1", 3260, UINT32_MAX, 1},
                 {"[::10.0.0.1]", "::10.0.0.1", 3260, UINT32_MAX, 1},
                 {"[fe80::1%eth0]:3260,2", "fe80::1%eth0", 3260, 2, 1},
                 {"[fe80::1%3]", "fe80::1%3", 3260, UINT32_MAX, 1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        sanscsi_portal portal = {.size = sizeof(portal)};
        assert_int_equal(sanscsi_portal_parse(cases[i].text, strlen(cases[i].text), &portal),
                         SANSCSI_OK);
        assert_int_equal(portal.size, sizeof(portal));
        assert_int_equal(portal.host_length, strlen(cases[i].host));
        assert_memory_equal(portal.host, cases[i].host, portal.host_length);
        assert_int_equal(portal.port, cases[i].port);
        assert_int_equal(portal.tag, cases[i].tag);
        assert_int_equal(portal.is_ipv6, cases[i].is_ipv6);
    }
}

static void bad_portals_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "", ":", ",", ":3260", ",1", ":3260,1", "h:", "h,", "h:,1", "h:3260,", "h:0", "h:65536",
        "h:99999999999999999999", "h:-1", "h:+1", "h: 1", "h:03260", "h:32a", "h:1:2", "h:1,1,2",
        "h,65536", "h,-1", "h,x", "h,1 ", "h/3260", "h 1", " h", "h@x", "-h", "h-", "a..b", ".a",
        ".", "..", "h\n", "h\xc3\xa9",
        /* IPv4 */
        "10.0.0", "10.0.0.256", "10.0.0.0.1", "10.0.0.01", "10.0.0.1.", "1",
        /* IPv6 */
        "fe80::1", "::1", "1:2:3:4:5:6:7:8", "fe80::1,1", "[]", "[", "]", "[::1", "::1]", "[[::1]]",
        "[::1]]", "[::1]x", "[::1]3260", "[::1]:", "x[::1]", "[::1]:0", "[::1],", "[:]", "[:::]",
        "[1]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1:2:3:4:5:6:7:8::]",
        "[::1:2:3:4:5:6:7:8]", "[1::2::3]", "[1:::2]", "[:1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:]",
        "[:1::2]", "[1::2:]", "[12345::]", "[g::]", "[::1%]",
        "[::1%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]", "[::1%a b]",
        "[::1%a%b]", "[%eth0]", "[::1.2.3]", "[::256.0.0.1]", "[::1.2.3.4:5]",
        "[1:2:3:4:5:6:7:1.2.3.4]", "[1.2.3.4]", "[h]", "[:: 1]", "[10.0.0.1]:3260"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        sanscsi_portal portal = {.size = sizeof(portal), .port = 77};
        assert_int_equal(sanscsi_portal_parse(texts[i], strlen(texts[i]), &portal),
                         SANSCSI_INVALID_ADDRESS);
        assert_int_equal(portal.port, 77);
    }
    sanscsi_portal portal = {.size = sizeof(portal)};
    assert_int_equal(sanscsi_portal_parse(NULL, 0, &portal), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_portal_parse("h", 1, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_portal_parse("h\0", 2, &portal), SANSCSI_INVALID_ADDRESS);
    portal.size = 0;
    assert_int_equal(sanscsi_portal_parse("h", 1, &portal), SANSCSI_INVALID_ARGUMENT);
}

static void hosts_have_their_limits(void **state) {
    (void)state;
    char host[300];
    sanscsi_portal portal = {.size = sizeof(portal)};
    memset(host, 'a', sizeof(host));
    assert_int_equal(sanscsi_portal_parse(host, 63, &portal), SANSCSI_OK);
    assert_int_equal(sanscsi_portal_parse(host, 64, &portal), SANSCSI_INVALID_ADDRESS);
    for (size_t i = 50; i < sizeof(host); i += 51) {
        host[i] = '.';
    }
    assert_int_equal(sanscsi_portal_parse(host, 255, &portal), SANSCSI_OK);
    assert_int_equal(sanscsi_portal_parse(host, 256, &portal), SANSCSI_INVALID_ADDRESS);
}

static void assert_text(const char *got, const char *wanted) {
    if (wanted == NULL) {
        assert_null(got);
    } else {
        assert_non_null(got);
        assert_string_equal(got, wanted);
    }
}

static void good_urls_are_read(void **state) {
    (void)state;
#define IQN "iqn.2001-04.com.example:a"
    static const struct {
        const char *text, *host, *target, *user, *secret;
        uint32_t port, lun, is_ipv6;
    } cases[] = {
        {"iscsi://h/" IQN "/0", "h", IQN, NULL, NULL, 3260, 0, 0},
        {"iscsi://10.0.0.1:3261/" IQN "/16383", "10.0.0.1", IQN, NULL, NULL, 3261, 16383, 0},
        {"iscsi://[::1]:3261/" IQN "/1", "::1", IQN, NULL, NULL, 3261, 1, 1},
        {"iscsi://[fe80::1%25eth0]/" IQN "/1", "fe80::1%eth0", IQN, NULL, NULL, 3260, 1, 1},
        {"iscsi://joe@h/" IQN "/1", "h", IQN, "joe", NULL, 3260, 1, 0},
        {"iscsi://joe%secret@h/" IQN "/1", "h", IQN, "joe", "secret", 3260, 1, 0},
        {"iscsi://joe%a%25b%40c%2Fd%3f%20@h/" IQN "/1", "h", IQN, "joe", "a%b@c/d? ", 3260, 1, 0},
        {"iscsi://j:k%s:t@[::1]/" IQN "/1", "::1", IQN, "j:k", "s:t", 3260, 1, 1},
        {"iscsi://h/iqn.2001-04.com.example%3Aa/7", "h", IQN, NULL, NULL, 3260, 7, 0},
        {"iscsi://h/IQN.2001-04.COM.Example%3aA/7", "h", IQN, NULL, NULL, 3260, 7, 0},
        {"iscsi://h/eui.02004567a425678D/7", "h", "eui.02004567a425678D", NULL, NULL, 3260, 7, 0},
        {"iscsi://h%2eexample/eui.02004567A425678D/7", "h.example", "eui.02004567A425678D", NULL,
         NULL, 3260, 7, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char buffer[128];
        sanscsi_url url = {.size = sizeof(url)};
        size_t length = strlen(cases[i].text);
        assert_int_equal(sanscsi_url_parse(cases[i].text, length, buffer, length + 8, &url),
                         SANSCSI_OK);
        assert_text(url.host, cases[i].host);
        assert_text(url.target, cases[i].target);
        assert_text(url.user, cases[i].user);
        assert_text(url.secret, cases[i].secret);
        assert_int_equal(url.port, cases[i].port);
        assert_int_equal(url.lun, cases[i].lun);
        assert_int_equal(url.is_ipv6, cases[i].is_ipv6);
    }
}

static const struct {
    const char *text;
    int32_t status;
} bad_urls[] = {{"", SANSCSI_INVALID_URL},
                {"iscsi:", SANSCSI_INVALID_URL},
                {"iscsi://", SANSCSI_INVALID_URL},
                {"http://h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iser://h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi:/h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi://h", SANSCSI_INVALID_URL},
                {"iscsi://h/" IQN, SANSCSI_INVALID_URL},
                {"iscsi://h/" IQN "/0?header_digest=crc32c", SANSCSI_INVALID_URL},
                {"iscsi://h/" IQN "/?x", SANSCSI_INVALID_URL},
                {"iscsi://h/" IQN "/0#x", SANSCSI_INVALID_URL},
                {"iscsi://h/" IQN "/0/1", SANSCSI_INVALID_URL},
                {"iscsi://h/" IQN "/0 ", SANSCSI_INVALID_URL},
                {"iscsi://h/" IQN "/0\n", SANSCSI_INVALID_URL},
                {"iscsi://@h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi://%secret@h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi://joe%@h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi://joe%s@x@h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi://joe%s%@h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi://joe%s%4@h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi://joe%s%zz@h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi://joe%s%00@h/" IQN "/0", SANSCSI_INVALID_URL},
                {"iscsi:///" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://joe@/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://h:0/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://h:/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://h:65536/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://h,1/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://::1/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://[::1/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://[::g]/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://h%00/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://h%/" IQN "/0", SANSCSI_INVALID_ADDRESS},
                {"iscsi://h//0", SANSCSI_INVALID_NAME},
                {"iscsi://h/disk/0", SANSCSI_INVALID_NAME},
                {"iscsi://h/EUI.02004567A425678D/0", SANSCSI_INVALID_NAME},
                {"iscsi://h/iqn.2001-04.com:%C3%89/0", SANSCSI_INVALID_NAME},
                {"iscsi://h/" IQN "%2/0", SANSCSI_INVALID_NAME},
                {"iscsi://h/" IQN "%00/0", SANSCSI_INVALID_NAME},
                {"iscsi://h/" IQN "%20/0", SANSCSI_INVALID_NAME},
                {"iscsi://h/" IQN "/", SANSCSI_INVALID_LUN},
                {"iscsi://h/" IQN "/16384", SANSCSI_INVALID_LUN},
                {"iscsi://h/" IQN "/99999999999999999999", SANSCSI_INVALID_LUN},
                {"iscsi://h/" IQN "/-1", SANSCSI_INVALID_LUN},
                {"iscsi://h/" IQN "/0x1", SANSCSI_INVALID_LUN},
                {"iscsi://h/" IQN "/01", SANSCSI_INVALID_LUN},
                {"iscsi://h/" IQN "/a", SANSCSI_INVALID_LUN}};

static void bad_urls_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(bad_urls); i++) {
        char buffer[128];
        sanscsi_url url = {.size = sizeof(url), .port = 77};
        assert_int_equal(sanscsi_url_parse(bad_urls[i].text, strlen(bad_urls[i].text), buffer,
                                           sizeof(buffer), &url),
                         bad_urls[i].status);
        assert_int_equal(url.port, 77);
    }
}

static void urls_need_room_and_arguments(void **state) {
    (void)state;
    static const char text[] = "iscsi://joe%secret@h:3260/" IQN "/0";
    /* joe, secret, h:3260 and the name, each with its zero */
    const size_t needed = 4 + 7 + 7 + sizeof(IQN);
    char buffer[128];
    sanscsi_url url = {.size = sizeof(url)};
    for (size_t size = 0; size < needed; size++) {
        assert_int_equal(sanscsi_url_parse(text, sizeof(text) - 1, buffer, size, &url),
                         SANSCSI_BUFFER_TOO_SMALL);
    }
    assert_int_equal(sanscsi_url_parse(text, sizeof(text) - 1, buffer, needed, &url), SANSCSI_OK);
    assert_int_equal(sanscsi_url_parse(NULL, 0, buffer, 8, &url), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_url_parse(text, 9, NULL, 8, &url), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_url_parse(text, 9, buffer, 8, NULL), SANSCSI_INVALID_ARGUMENT);
    url.size = 4;
    assert_int_equal(sanscsi_url_parse(text, 9, buffer, 8, &url), SANSCSI_INVALID_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_names_pass),         cmocka_unit_test(bad_names_are_refused),
        cmocka_unit_test(names_end_at_223_bytes),  cmocka_unit_test(every_code_point_is_known),
        cmocka_unit_test(good_portals_are_read),   cmocka_unit_test(bad_portals_are_refused),
        cmocka_unit_test(hosts_have_their_limits), cmocka_unit_test(good_urls_are_read),
        cmocka_unit_test(bad_urls_are_refused),    cmocka_unit_test(urls_need_room_and_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
