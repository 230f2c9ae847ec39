/* Prints what measure_memory.c prints of a session's own block, for a Cortex-M4: a program without
 * a C library, run by qemu-arm, which brings it Linux' calls. */
#include "memory_figures.h"

/* Numbers of Linux' calls on 32-bit ARM. */
enum { CALL_EXIT = 1, CALL_WRITE = 4, STANDARD_OUTPUT = 1 };

int main(void);

static int32_t call(int32_t number, int32_t first, const void *second, size_t third) {
    register int32_t number_register __asm__("r7") = number;
    register int32_t first_register __asm__("r0") = first;
    register const void *second_register __asm__("r1") = second;
    register size_t third_register __asm__("r2") = third;
    __asm__ volatile("svc #0"
                     : "+r"(first_register)
                     : "r"(number_register), "r"(second_register), "r"(third_register)
                     : "memory");
    return first_register;
}

static _Noreturn void leave(int32_t code) {
    for (;;) {
        (void)call(CALL_EXIT, code, NULL, 0);
    }
}

static void print(const char *text, size_t size) {
    if (call(CALL_WRITE, STANDARD_OUTPUT, text, size) != (int32_t)size) {
        leave(1);
    }
}

static void print_number(uint32_t number) {
    char digits[10];
    size_t at = sizeof(digits);
    do {
        at--;
        digits[at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    print(" ", 1);
    print(digits + at, sizeof(digits) - at);
}

int main(void) {
    static const char target[] = "iqn.2026-01.org.example:disk", host[] = "192.0.2.7";
    static uint32_t figures[MEMORY_FIGURES];
    static sanscsi_session_settings settings;
    sanscsi_session_settings_defaults(&settings);
    settings.target_name = target;
    settings.target_name_length = sizeof(target) - 1;
    settings.host = host;
    settings.host_length = sizeof(host) - 1;
    for (size_t i = 0; i < MEMORY_SETS; i++) {
        struct span name = span_of_string(memory_sets[i].name);
        memory_figures(&settings, &memory_sets[i].limits, figures);
        print((const char *)name.data, name.size);
        print(":", 1);
        for (size_t k = 0; k < MEMORY_FIGURES; k++) {
            print_number(figures[k]);
        }
        print("\n", 1);
    }
    leave(0);
}
