/* What the halves of the negotiation engine share: verdicts and the text of values. */
#ifndef SANSCSI_NEGOTIATE_STEPS_H
#define SANSCSI_NEGOTIATE_STEPS_H

#include "negotiate/engine.h"

/* What we owe the peer for a key in KEY_ANSWER_DUE; ANSWER_IRRELEVANT in KEY_SETTLED also means
 * that the peer answered so. */
enum key_answer { ANSWER_NONE, ANSWER_VALUE, ANSWER_REJECT, ANSWER_IRRELEVANT };

/* Whether a session's type leaves a key out of use (RFC 7143 13: "Irrelevant when"). */
static inline bool irrelevant_in_session(const struct negotiation *negotiation,
                                         const struct key_rule *rule) {
    return (negotiation->flags & NEGOTIATE_DISCOVERY) != 0 &&
           (rule->flags & KEY_IRRELEVANT_IN_DISCOVERY) != 0;
}

/* Whether the key takes part on this connection. */
static inline bool takes_part(const struct negotiation *negotiation, const struct key_rule *rule) {
    return (negotiation->flags & NEGOTIATE_LEADING) != 0 || (rule->flags & KEY_LEADING_ONLY) == 0;
}

/* `rule` may be NULL. */
struct negotiation_verdict sanscsi_negotiation_verdict(const struct negotiation *negotiation,
                                                       const struct key_rule *rule,
                                                       enum verdict_code code);

#endif
