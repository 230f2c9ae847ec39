/* Tells the memory sanitizer of memory what it cannot see: that it is written, or may be unwritten.
 */
#ifndef SANSCSI_TESTS_WRITTEN_H
#define SANSCSI_TESTS_WRITTEN_H

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define WRITTEN(memory, size) __msan_unpoison(memory, size)
#define WRITTEN_STRING(string) __msan_unpoison_string(string)
#endif
#endif

#ifndef WRITTEN
#define WRITTEN(memory, size) ((void)(memory), (void)(size))
#define WRITTEN_STRING(string) ((void)(string))
#endif

#endif
