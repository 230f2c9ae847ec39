/* Counts of what was met, and their names. */
#include "simulation/count.h"

#include <inttypes.h>
#include <stdio.h>

#include "simulation/world.h"

static const char *const names[COUNT_OF_COUNTS] = {
    [COUNT_GOOD_READS] = "good reads",
    [COUNT_GOOD_WRITES] = "good writes",
    [COUNT_GOOD_VERIFIES] = "good verifies",
    [COUNT_GOOD_FLUSHES] = "good flushes",
    [COUNT_GOOD_COMPARES] = "good compare-and-writes",
    [COUNT_MISCOMPARES] = "miscompares",
    [COUNT_CHECKS] = "CHECK CONDITION",
    [COUNT_BUSY] = "BUSY and the like",
    [COUNT_FAILURES] = "target failures",
    [COUNT_UNDERFLOWS] = "underflows",
    [COUNT_OVERFLOWS] = "overflows",
    [COUNT_BYTES_LOST] = "reads that lost bytes",
    [COUNT_CANCELLED] = "tasks cancelled",
    [COUNT_TIMEOUTS] = "tasks timed out",
    [COUNT_TERMINATED] = "tasks terminated by the target",
    [COUNT_OFFLINE] = "tasks lost with a connection",
    [COUNT_NO_FREE_TASK] = "submits without a free task",
    [COUNT_PINGS] = "pings",
    [COUNT_MANAGED] = "task management answered",
    [COUNT_DECLARED] = "segment lengths declared anew",
    [COUNT_NEGOTIATIONS] = "negotiations answered",
    [COUNT_SESSIONS] = "sessions",
    [COUNT_LOGINS] = "logins",
    [COUNT_LOSSES] = "sessions lost that may come back",
    [COUNT_COMEBACKS] = "sessions that came back",
    [COUNT_RESENT] = "commands answered on a later connection",
    [COUNT_IMMEDIATES] = "immediate commands",
    [COUNT_LOGINS_FAILED] = "logins refused or not answered",
    [COUNT_CONNECTS_REFUSED] = "connects refused",
    [COUNT_CUTS] = "cuts in full feature phase",
    [COUNT_CUTS_IN_LOGIN] = "cuts in login",
    [COUNT_CLOSES] = "connections closed by us",
    [COUNT_LOGOUTS] = "logouts",
    [COUNT_FLIPS] = "wrong bits sent",
    [COUNT_FLIPS_FOUND] = "wrong bits and numbers found at once",
    [COUNT_DEAF] = "wrong digests of ours",
    [COUNT_REFUSED_ABORTS] = "ABORT TASK refused",
    [COUNT_ABORTS] = "ABORT TASK done",
    [COUNT_DATA_SHORTENED] = "bursts that end early",
    [COUNT_DATA_STOPPED] = "writes whose data stops",
    [COUNT_TERMINATIONS] = "task terminations acknowledged",
    [COUNT_LATE_ANSWERS] = "answers of aborted tasks",
    [COUNT_EARLY_ANSWERS] = "answers before the data",
    [COUNT_UNSOLICITED_BURSTS] = "unsolicited bursts",
    [COUNT_R2TS] = "R2Ts",
    [COUNT_R2TS_OUT_OF_ORDER] = "writes with R2Ts out of order",
    [COUNT_DATA_IN_OUT_OF_ORDER] = "sequences out of order",
    [COUNT_STATUS_IN_DATA] = "statuses in Data-In",
    [COUNT_WINDOWS_CLOSED] = "windows closed",
    [COUNT_NUMBERS_BACKWARD] = "old window numbers",
    [COUNT_TARGET_PINGS] = "pings of the target",
    [COUNT_ASYNC] = "async messages",
    [COUNT_WISHES] = "async messages followed in time",
    [COUNT_PARTIAL_WRITES] = "writes done in part",
    [COUNT_LONG_CDBS] = "long CDBs",
    [COUNT_DOUBTS_SETTLED] = "doubtful blocks read",
    [COUNT_GOOD_EXCHANGES] = "good bidirectional commands",
    [COUNT_ECHOES] = "pings with data",
    [COUNT_MISCOUNTS] = "wrong StatSNs sent",
    [COUNT_WILD_FLIPS] = "wrong bits that nobody can find",
    [COUNT_REDIRECTIONS] = "redirections",
    [COUNT_PROOFS] = "proofs of the initiator",
    [COUNT_PROOFS_REFUSED] = "of them refused",
    [COUNT_PROOFS_BAD] = "wrong proofs of the target",
    [COUNT_HOLES] = "directions that go silent",
    [COUNT_RESTARTS] = "restarts of the target",
    [COUNT_WRITES_TAKEN_BACK] = "blocks lost with the cache",
    [COUNT_TASKS_ABORTED] = "tasks aborted for another session",
    [COUNT_TASKS_VANISHED] = "and ended without a word",
    [COUNT_TOLERATED] = "broken rules tolerated",
    [COUNT_FOLLOWED] = "redirections followed",
};

void count(struct lane *lane, enum count what) {
    lane->world->counts[what]++;
}

void count_add(uint64_t sums[COUNT_OF_COUNTS], const struct world *world) {
    for (uint32_t i = 0; i < COUNT_OF_COUNTS; i++) {
        sums[i] += world->counts[i];
    }
}

const char *count_report(const uint64_t counts[COUNT_OF_COUNTS]) {
    const char *missing = NULL;
    for (uint32_t i = 0; i < COUNT_OF_COUNTS; i++) {
        printf("%10" PRIu64 " %s\n", counts[i], names[i]);
        if (counts[i] == 0 && missing == NULL) {
            missing = names[i];
        }
    }
    return missing;
}
