/* Tells usage errors and failures on standard error, in one line that any terminal can show. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "options.h"

/* Arguments may hold a target's text, or whatever a script passed on. */
__attribute__((format(printf, 1, 0))) static void tell(const char *format, va_list list) {
    char small[512];
    va_list again;
    va_copy(again, list);
    int needed = vsnprintf(small, sizeof(small), format, list);
    size_t length = needed < 0 ? 0 : (size_t)needed;
    char *large = length < sizeof(small) ? NULL : malloc(length + 1);
    if (large != NULL) {
        vsnprintf(large, length + 1, format, again);
    } else if (length >= sizeof(small)) {
        length = sizeof(small) - 1;
    }
    va_end(again);
    fputs("sanscsi: ", stderr);
    print_escaped(stderr, large != NULL ? large : small, length);
    fputc('\n', stderr);
    free(large);
}

int usage_error(const char *format, ...) {
    va_list list;
    va_start(list, format);
    tell(format, list);
    va_end(list);
    fputs("Try 'sanscsi --help'.\n", stderr);
    return EXIT_USAGE;
}

int failure(const char *format, ...) {
    va_list list;
    va_start(list, format);
    tell(format, list);
    va_end(list);
    return EXIT_FAILED;
}
