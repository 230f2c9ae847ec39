/* What sessions may be made from. */
#ifndef SANSCSI_INITIATOR_SETTINGS_H
#define SANSCSI_INITIATOR_SETTINGS_H

#include <iscsi/settings.h>

#include <stdbool.h>

/* The status of sanscsi_session_new() for settings, SANSCSI_OK when they are good. */
int32_t sanscsi_session_settings_check(const sanscsi_session_settings *settings);

/* Its part for CHAP: SANSCSI_NOT_SUPPORTED in builds without. */
int32_t sanscsi_chap_settings_check(const sanscsi_session_settings *settings);

bool sanscsi_limits_valid(const sanscsi_limits *limits);

/* Puts the defaults where zeros stand for them. */
void sanscsi_session_settings_fill(sanscsi_session_settings *settings);

#endif
