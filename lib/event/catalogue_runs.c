/* The catalogue of events, put together. */
#include "event/catalogue.h"

const struct event_run *const sanscsi_event_runs[] = {
    &sanscsi_events_scan,     &sanscsi_events_login,   &sanscsi_events_chap,
    &sanscsi_events_session,  &sanscsi_events_library, &sanscsi_events_access,
    &sanscsi_events_recovery, &sanscsi_events_unasked,
};

const size_t sanscsi_event_run_count = COUNT_OF(sanscsi_event_runs);
