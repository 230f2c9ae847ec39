/* Builds without CHAP: settings that would offer it are refused. */
#include "initiator/settings.h"

int32_t sanscsi_chap_settings_check(const sanscsi_session_settings *settings) {
    if (settings->authentication > SANSCSI_AUTHENTICATION_NONE_OR_CHAP) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    bool offered = settings->authentication > SANSCSI_AUTHENTICATION_NONE;
    bool given = settings->chap_name_length > 0 || settings->chap_secret_length > 0 ||
                 settings->target_chap_name_length > 0 || settings->target_chap_secret_length > 0 ||
                 settings->chap_ask != 0;
    return offered || given ? SANSCSI_NOT_SUPPORTED : SANSCSI_OK;
}
