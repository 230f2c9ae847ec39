/* What a connection that breaks between two calls looks like: the send number BROKEN_AT and every
 * call on sockets behind it fail, as after a reset. Linked in place of the system's calls. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Names that the linker gives. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);

static long sends;

static long limit(void) {
    const char *text = getenv("BROKEN_AT");
    return text == NULL ? 0 : strtol(text, NULL, 10);
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags) {
    if (++sends >= limit()) {
        errno = EPIPE;
        return -1;
    }
    return __real_sendmsg(fd, message, flags);
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags) {
    if (sends >= limit()) {
        errno = ECONNRESET;
        return -1;
    }
    return __real_recvmsg(fd, message, flags);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
