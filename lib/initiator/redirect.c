/* Redirection of a login: which are followed, and the routes that come of them (RFC 7143 11.13.5,
 * 13.8). A temporary redirection holds for one start; the next one begins at the original address
 * again. */
#include "initiator/session.h"

/* Reasons of event 115. */
enum { REFUSED_LOOP = 1, REFUSED_HOPS = 2, REFUSED_EARLY = 3, ACCEPTED = 0 };

void sanscsi_route_init(struct route *route, uint8_t *text, struct span host, uint32_t port) {
    struct builder out;
    bool bracketed = span_contains(host, ':');
    memcpy(text, host.data, host.size);
    text[host.size] = 0;
    route->host = (const char *)text;
    route->host_length = host.size;
    route->port = port;
    sanscsi_builder_init(&out, text + host.size + 1, route_text_size(host.size) - host.size - 1);
    sanscsi_builder_string(&out, bracketed ? "[" : "");
    sanscsi_builder_span(&out, host);
    sanscsi_builder_string(&out, bracketed ? "]:" : ":");
    sanscsi_builder_decimal(&out, port);
    route->portal = span_of(out.data, out.size);
}

void sanscsi_session_take_route(sanscsi_session *session, struct route *route) {
    session->route = route;
    session->origin.portal = route->portal;
}

void sanscsi_session_return_route(sanscsi_session *session) {
    sanscsi_session_take_route(session, session->base);
    session->base->from = NULL;
    session->next_route = NULL;
    session->hops = 0;
}

/* Whether a start may still go to a route, or come back to it: those are the ways on which it came
 * to the present one, from where a start begins. */
static bool in_use(const sanscsi_session *session, const struct route *route) {
    for (const struct route *at = session->route; at != NULL; at = at->from) {
        if (at == route) {
            return true;
        }
    }
    return route == session->next_route;
}

void sanscsi_session_sweep_routes(sanscsi_session *session) {
    struct route **at = &session->routes;
    while (*at != NULL) {
        struct route *route = *at;
        if (in_use(session, route)) {
            at = &route->made;
        } else {
            *at = route->made;
            sanscsi_release(session->allocator, route, route->memory);
        }
    }
}

void sanscsi_session_free_routes(sanscsi_session *session) {
    session->base = &session->home;
    sanscsi_session_return_route(session);
    sanscsi_session_sweep_routes(session);
}

/* A route to where the login is sent; NULL after raising event 21. */
static struct route *make_route(sanscsi_session *session, const struct login_redirect *redirect) {
    size_t memory = sizeof(struct route) + route_text_size(redirect->host.size);
    struct route *route = sanscsi_allocate(session->allocator, memory);
    if (route == NULL) {
        struct event_value size = EVENT_NUMBER(memory);
        sanscsi_session_raise(session, SANSCSI_EVENT_LOGIN_NO_MEMORY, 0, &size);
        return NULL;
    }
    sanscsi_route_init(route, (uint8_t *)(route + 1), redirect->host, redirect->port);
    route->memory = memory;
    route->from = session->route;
    route->made = session->routes;
    route->permanent =
        redirect->permanent && (session->route == session->base || session->route->permanent);
    session->routes = route;
    return route;
}

static uint32_t judge(const sanscsi_session *session, const struct login_redirect *redirect,
                      const struct route *route) {
    for (const struct route *at = route->from; at != NULL; at = at->from) {
        if (at->port == route->port && at->host_length == route->host_length &&
            memcmp(at->host, route->host, at->host_length) == 0) {
            return REFUSED_LOOP;
        }
    }
    if (session->hops >= session->settings.max_redirects) {
        return REFUSED_HOPS;
    }
    bool early = session->settings.redirect_authenticated != 0 && !redirect->authenticated;
    return early ? REFUSED_EARLY : ACCEPTED;
}

/* Events 42 and 43 tell of the redirection, 115 why it is not followed. */
static bool may_follow(sanscsi_session *session, const struct login_response *response,
                       const struct login_redirect *redirect, const struct route *route) {
    struct event_value told[] = {
        EVENT_NUMBER(response->status_detail),
        EVENT_TEXT(session->route->portal),
        EVENT_TEXT(route->portal),
    };
    if (redirect->permanent && session->settings.follow_permanent == 0) {
        sanscsi_session_raise(session, SANSCSI_EVENT_REDIRECT_PERMANENT, 0, told);
        return false;
    }
    uint32_t reason = judge(session, redirect, route);
    if (reason != ACCEPTED) {
        struct event_value values[] = {
            EVENT_NUMBER(reason),
            EVENT_NUMBER(session->hops),
            EVENT_TEXT(route->portal),
        };
        sanscsi_session_raise(session, SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED, 0, values);
        return false;
    }
    sanscsi_session_raise(session,
                          redirect->permanent ? SANSCSI_EVENT_REDIRECT_PERMANENT
                                              : SANSCSI_EVENT_REDIRECT_TEMPORARY,
                          0, told);
    return true;
}

bool sanscsi_session_redirect(sanscsi_session *session, const struct login *login) {
    struct route *route = make_route(session, &login->redirect);
    if (route == NULL || !may_follow(session, &login->response, &login->redirect, route)) {
        return false;
    }
    session->next_route = route;
    session->hops++;
    count_one(&session->counters, COUNTER_REDIRECTS_FOLLOWED);
    return true;
}

void sanscsi_session_redirect_succeeded(sanscsi_session *session) {
    if (session->route == session->base) {
        return;
    }
    struct event_value values[] = {
        EVENT_TEXT(session->base->portal),
        EVENT_TEXT(session->route->portal),
    };
    sanscsi_session_raise(session, SANSCSI_EVENT_REDIRECT_SUCCEEDED, 0, values);
    struct route *lasting = session->route;
    while (lasting != session->base && !lasting->permanent) {
        lasting = lasting->from;
    }
    session->base = lasting;
}
