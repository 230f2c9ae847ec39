/* The commands of the run: their CDBs, which client and target write and read each for itself. */
#ifndef SANSCSI_TESTS_SIMULATION_OPERATION_H
#define SANSCSI_TESTS_SIMULATION_OPERATION_H

enum operation {
    OPERATION_READ,
    OPERATION_WRITE,
    OPERATION_VERIFY,            /* without data */
    OPERATION_FLUSH,             /* SYNCHRONIZE CACHE */
    OPERATION_COMPARE_AND_WRITE, /* as many blocks to compare, then to write */
    OPERATION_EXCHANGE,          /* bidirectional: writes, and reads what was there before */
    OPERATION_COUNT
};

enum {
    CDB_READ_10 = 0x28,
    CDB_WRITE_10 = 0x2a,
    CDB_VERIFY_10 = 0x2f,
    CDB_SYNCHRONIZE_CACHE_10 = 0x35,
    CDB_EXCHANGE_10 = 0x53,
    CDB_LONG = 0x7f, /* 32 bytes; the service action tells more */
    CDB_READ_16 = 0x88,
    CDB_COMPARE_AND_WRITE = 0x89,
    CDB_WRITE_16 = 0x8a
};

enum { SERVICE_ACTION_EXCHANGE_32 = 7, SERVICE_ACTION_READ_32 = 9, SERVICE_ACTION_WRITE_32 = 11 };

#endif
