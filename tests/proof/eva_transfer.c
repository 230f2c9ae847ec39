/* Finding the buffer that holds an offset of a transfer: any list of ENTRIES buffers of up to BYTES
 * bytes, any place where the cursor stands, any offset. */
#include "input.h"
#include "session/task.h"

#define ENTRIES 3
#define BYTES 3

/* Sets the lengths of the buffers; returns the transfer's. */
static uint32_t any_list(sanscsi_iovec *list) {
    uint32_t length = 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        size_t size = any_size(BYTES);
        //@ split size;
        list[i] = (sanscsi_iovec){.size = size};
        length += (uint32_t)size;
    }
    return length;
}

void seek(void) {
    sanscsi_iovec list[ENTRIES];
    uint32_t length = any_list(list);
    if (length == 0) {
        return;
    }
    struct task task = {.list = list, .length = length};
    for (size_t i = 0; i < 2; i++) { /* the second finds the cursor anywhere */
        uint32_t offset = Frama_C_unsigned_int_interval(0, length - 1);
        //@ split offset;
        uint32_t index;
        size_t within, before = 0;
        task_seek(&task, offset, &index, &within);
        //@ assert index < ENTRIES;
        //@ assert within < list[index].size;
        for (size_t k = 0; k < index; k++) {
            before += list[k].size;
        }
        //@ assert before + within == offset;
    }
}
