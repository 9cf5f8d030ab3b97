// What Swift's Glibc module leaves out.
#ifndef CLINUX_H
#define CLINUX_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/epoll.h>
#include <sys/socket.h>

/// The next connection that waits on a listening socket, non-blocking; below 0 when none does.
int accept_nonblocking(int listener);

#endif
