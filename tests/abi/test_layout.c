/* Holds layout.csv against the compiler and machine of this build: members where they belong. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <iscsi/sanscsi.h>

struct place {
    const char *record;
    const char *member; /* "": the size of the struct */
    size_t found;
    size_t expected[3]; /* on 64-bit machines, on 32-bit ones, on i386 */
};

static const struct place places[] = {
#include "layout_rows.h"
};

int main(void) {
#if UINTPTR_MAX == UINT64_MAX
    const int kind = 0;
#elif defined(__i386__)
    const int kind = 2;
#else
    const int kind = 1;
#endif
    int wrong = 0;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const struct place *place = &places[i];
        if (place->found != place->expected[kind]) {
            printf("%s.%s: %zu instead of %zu\n", place->record, place->member, place->found,
                   place->expected[kind]);
            wrong++;
        }
    }
    printf("%zu places\n", sizeof(places) / sizeof(places[0]));
    return wrong > 0;
}
