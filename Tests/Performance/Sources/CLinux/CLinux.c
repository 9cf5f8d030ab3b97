#define _GNU_SOURCE
#include "CLinux.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { batch = 512 };

int accept_nonblocking(int listener) {
    return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int poller_open(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

static void control(int poller, int operation, int descriptor, _Bool writable) {
    struct epoll_event event = {.events = EPOLLIN | (writable ? EPOLLOUT : 0), .data.fd = descriptor};
    epoll_ctl(poller, operation, descriptor, &event);
}

void poller_add(int poller, int descriptor, _Bool writable) {
    control(poller, EPOLL_CTL_ADD, descriptor, writable);
}

void poller_change(int poller, int descriptor, _Bool writable) {
    control(poller, EPOLL_CTL_MOD, descriptor, writable);
}

void poller_remove(int poller, int descriptor) {
    epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, 0);
}

int poller_wait(int poller, struct ready_descriptor *ready, int capacity, long long nanoseconds) {
    struct epoll_event events[batch];
    struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int count = epoll_pwait2(poller, events, capacity < batch ? capacity : batch, &timeout, 0);
    for (int index = 0; index < count; index++) {
        unsigned what = events[index].events;
        ready[index] = (struct ready_descriptor){
            .descriptor = events[index].data.fd,
            .is_readable = (what & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
            .is_writable = (what & EPOLLOUT) != 0,
        };
    }
    return count;
}
