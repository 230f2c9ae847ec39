/* SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once. */
#ifndef EXAMPLE_SIGNALS_H
#define EXAMPLE_SIGNALS_H

/* Installs the handlers. Returns 0, or -1 after a failure that has been told. */
int signals_open(void);

/* A descriptor that becomes readable with the first signal. */
int signals_fd(void);

/* How many signals have come. */
int signals_seen(void);

/* While on, a first signal ends the process too: it is in a call that cannot be interrupted. */
void signals_end_at_once(int on);

/* A file to remove when a signal ends the process at once; NULL: none. Borrowed. */
void signals_remove(const char *path);

#endif
