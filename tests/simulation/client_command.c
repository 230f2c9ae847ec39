/* Submits SCSI commands: reads, writes and others of random places, sizes and buffers. */
#include <string.h>

#include "simulation/operation.h"
#include "simulation/world.h"

static uint32_t choose_blocks(struct lane *lane) {
    static const uint32_t most[] = {2, 8, 8, 8, 16, 32, 32, 128};
    uint32_t limit = most[dice_below(&lane->world->dice, 8)];
    if (dice_one_in(&lane->world->dice, 200)) {
        limit = lane->lender.blocks;
    }
    limit = limit < lane->lender.blocks ? limit : lane->lender.blocks;
    return dice_between(&lane->world->dice, 1, limit);
}

static enum operation choose_operation(struct lane *lane) {
    uint32_t place = dice_below(&lane->world->dice, lane->world->disk.caches ? 120 : 100);
    return place < 42   ? OPERATION_READ
           : place < 82 ? OPERATION_WRITE
           : place < 86 ? OPERATION_VERIFY
           : place < 91 ? OPERATION_COMPARE_AND_WRITE
           : place < 96 ? OPERATION_EXCHANGE
                        : OPERATION_FLUSH;
}

/* A place where nobody is at work; false when none was found. */
static bool choose_place(struct lane *lane, struct work *work) {
    for (uint32_t tries = 0; tries < 8; tries++) {
        uint32_t most = lane->world->disk.blocks / 4;
        work->blocks = choose_blocks(lane);
        if (work->operation == OPERATION_COMPARE_AND_WRITE || work->blocks > most) {
            work->blocks = dice_between(&lane->world->dice, 1, 8);
        }
        work->lba = dice_below(&lane->world->dice, lane->world->disk.blocks - work->blocks + 1);
        /* Reads take their blocks alone, too, so that the first block names a command. */
        if (model_take(&lane->world->model, work->lba, work->blocks, work->writes)) {
            return true;
        }
    }
    return false;
}

static void write_cdb_10(const struct work *work, uint8_t opcode, uint8_t cdb[32]) {
    cdb[0] = opcode;
    put32(cdb + 2, work->lba);
    put16(cdb + 7, work->blocks);
}

/* SBC-3 5: the forms with 10, 16 and 32 bytes; returns the length. */
static uint32_t write_cdb(struct lane *lane, const struct work *work, uint8_t cdb[32]) {
    memset(cdb, 0, 32);
    bool read = work->operation == OPERATION_READ;
    switch ((uint32_t)work->operation) {
    case OPERATION_VERIFY:
        write_cdb_10(work, CDB_VERIFY_10, cdb);
        return 10;
    case OPERATION_FLUSH:
        write_cdb_10(work, CDB_SYNCHRONIZE_CACHE_10, cdb);
        return 10;
    case OPERATION_COMPARE_AND_WRITE:
        cdb[0] = CDB_COMPARE_AND_WRITE;
        put64(cdb + 2, work->lba);
        cdb[13] = (uint8_t)work->blocks;
        return 16;
    default:
        break;
    }
    bool exchange = work->operation == OPERATION_EXCHANGE;
    uint32_t form =
        dice_below(&lane->world->dice, lane->client.limits.max_cdb_length >= 32 ? 3 : 2);
    if (form == 0) {
        write_cdb_10(work, exchange ? CDB_EXCHANGE_10 : read ? CDB_READ_10 : CDB_WRITE_10, cdb);
        return 10;
    }
    if (form == 1 && exchange) {
        write_cdb_10(work, CDB_EXCHANGE_10, cdb);
        return 10;
    }
    if (form == 1) {
        cdb[0] = read ? CDB_READ_16 : CDB_WRITE_16;
        put64(cdb + 2, work->lba);
        put32(cdb + 10, work->blocks);
        return 16;
    }
    cdb[0] = CDB_LONG;
    cdb[7] = 0x18;
    put16(cdb + 8, exchange ? SERVICE_ACTION_EXCHANGE_32
                   : read   ? SERVICE_ACTION_READ_32
                            : SERVICE_ACTION_WRITE_32);
    put64(cdb + 12, work->lba);
    put32(cdb + 28, work->blocks);
    return 32;
}

/* The data of a write: a new value for all of its blocks. */
static void fill_write(struct lane *lane, struct work *work, const struct loan_list *list) {
    uint8_t *flat = lane->lender.flat;
    work->value = (uint32_t)(work->user >> 8);
    work->matches = !dice_one_in(&lane->world->dice, 8);
    if (work->operation == OPERATION_COMPARE_AND_WRITE) {
        for (uint32_t i = 0; i < work->blocks; i++) {
            const struct model_block *block = &lane->world->model.blocks[work->lba + i];
            uint32_t known = work->matches ? block->values[block->count - 1] : UINT32_MAX;
            model_bytes(known, work->lba + i, flat);
            flat += MODEL_BLOCK;
        }
    }
    for (uint32_t i = 0; i < work->blocks; i++) {
        model_bytes(work->value, work->lba + i, flat);
        flat += MODEL_BLOCK;
    }
    loan_fill(list, lane->lender.flat);
}

/* Buffers, now and then longer or shorter than what is read. */
static void make_loan(struct lane *lane, struct work *work, struct loan *loan) {
    struct dice *dice = &lane->world->dice;
    uint32_t bytes = work->blocks * MODEL_BLOCK;
    uint32_t in = 0;
    uint32_t out = 0;
    if (work->operation == OPERATION_READ) {
        in = bytes;
        if (dice_one_in(dice, 50)) {
            in = dice_between(dice, 1,
                              bytes * 2 < lane->lender.blocks * MODEL_BLOCK
                                  ? bytes * 2
                                  : lane->lender.blocks * MODEL_BLOCK);
        }
    } else if (work->operation == OPERATION_WRITE) {
        out = bytes;
    } else if (work->operation == OPERATION_COMPARE_AND_WRITE) {
        out = 2 * bytes;
    } else if (work->operation == OPERATION_EXCHANGE) {
        out = bytes;
        in = bytes;
    }
    if (!loan_make(&lane->lender, dice, client_index(&lane->client, work), out, in, LOAN_PIECES)) {
        fail(lane, "a buffer was written to after its task was done");
    }
    if (out > 0) {
        fill_write(lane, work, &loan->out);
    }
}

/* What is compared before must not be done twice. */
static void choose_flags(struct lane *lane, struct work *work, sanscsi_command *command) {
    struct dice *dice = &lane->world->dice;
    work->resend = work->operation != OPERATION_COMPARE_AND_WRITE && dice_one_in(dice, 2);
    work->immediate = dice_one_in(dice, 20);
    command->flags = (work->resend ? SANSCSI_COMMAND_RESEND : 0) |
                     (work->immediate ? SANSCSI_COMMAND_IMMEDIATE : 0);
    if (dice_one_in(dice, 3) && lane->target.full_feature &&
        lane->target.agreed.protocol_level == 2 &&
        sanscsi_session_state(lane->client.session) == SANSCSI_SESSION_LOGGED_IN) {
        command->priority = dice_below(dice, 16);
    }
    lane->world->disk.verdicts[work->lba].priority = (uint8_t)command->priority;
}

static void choose_command(struct lane *lane, struct work *work, const struct loan *loan,
                           sanscsi_command *command) {
    struct dice *dice = &lane->world->dice;
    sanscsi_command_defaults(command);
    work->lun = dice_below(dice, TARGET_UNITS);
    command->lun = (uint64_t)work->lun << 48;
    command->data_out = loan->out.pieces;
    command->data_out_count = loan->out.count;
    command->data_in = loan->in.pieces;
    command->data_in_count = loan->in.count;
    command->sense = dice_one_in(dice, 4) ? NULL : loan->sense;
    command->sense_size = command->sense == NULL ? 0 : dice_below(dice, LOAN_SENSE + 1);
    command->user = work->user;
    command->timeout = work->timeout;
    choose_flags(lane, work, command);
}

void client_submit_command(struct lane *lane, struct work *work) {
    struct client *client = &lane->client;
    uint32_t index = client_index(client, work);
    struct loan *loan = &lane->lender.loans[index];
    uint8_t cdb[32];
    work->operation = work->proof ? OPERATION_READ : choose_operation(lane);
    work->writes = work->operation == OPERATION_WRITE ||
                   work->operation == OPERATION_COMPARE_AND_WRITE ||
                   work->operation == OPERATION_EXCHANGE;
    work->slots = work->operation == OPERATION_EXCHANGE ? 2 : 1;
    if (!choose_place(lane, work)) {
        return;
    }
    make_loan(lane, work, loan);
    lane->world->disk.verdicts[work->lba].told = false;
    sanscsi_command command;
    choose_command(lane, work, loan, &command);
    command.cdb = cdb;
    command.cdb_length = write_cdb(lane, work, cdb);
    int32_t status = sanscsi_submit(client->session, &command, lane->world->now, &work->task);
    note(lane, "submit (operation, first block, blocks, user)", work->operation, work->lba,
         work->blocks, work->user);
    note(lane, "  of it (handle, timeout, flags, status)", work->task, work->timeout, command.flags,
         (uint64_t)(int64_t)status);
    if (!client_take_status(lane, work, status)) {
        model_give(&lane->world->model, work->lba, work->blocks);
        if (!loan_end(&lane->lender, index)) {
            fail(lane, "a refused submit touches buffers");
        }
    }
}
