/* Making of records: the part that a raised and an explained event share. */
#ifndef SANSCSI_EVENT_RECORD_H
#define SANSCSI_EVENT_RECORD_H

#include "event/catalogue.h"
#include "event/queue.h"

/* Fills everything but the causes and the arguments, whose number alone is set. */
void sanscsi_event_begin(sanscsi_event *event, const struct event_info *info,
                         const struct event_origin *origin);

#endif
