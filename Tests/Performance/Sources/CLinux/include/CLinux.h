// What Swift's Glibc module leaves out. No system header is included here: with _GNU_SOURCE it would define types otherwise
// than that module does, and the compiler refuses a file that sees both.
#ifndef CLINUX_H
#define CLINUX_H

/// The next connection that waits on a listening socket, non-blocking; below 0 when none does.
int accept_nonblocking(int listener);

/// A descriptor, and what it is ready for.
struct ready_descriptor {
    int descriptor;
    _Bool is_readable;
    _Bool is_writable;
};

/// An epoll descriptor; below 0, with errno, when there is none to be had.
int poller_open(void);

void poller_add(int poller, int descriptor, _Bool writable);
void poller_change(int poller, int descriptor, _Bool writable);
void poller_remove(int poller, int descriptor);

/// Waits for at most `nanoseconds`, fills up to `capacity` places and returns how many; below 0, with errno, on an error.
int poller_wait(int poller, struct ready_descriptor *ready, int capacity, long long nanoseconds);

#endif
