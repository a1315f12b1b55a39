// What `import Glibc` does not offer: Linux calls as plain functions, their constants as typed values.
//
// Rules of this header: no _GNU_SOURCE (it breaks Swift's view of Glibc), every name starts with tc_ or
// TC_, every call keeps errno and returns -1 (or NULL) on failure as the system call does. What needs GNU
// declarations, or is not called per event, lives in CLinux.c.
#ifndef TAILCAST_CLINUX_H
#define TAILCAST_CLINUX_H

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

// MARK: epoll

static const uint32_t TC_EPOLLIN = EPOLLIN;
static const uint32_t TC_EPOLLPRI = EPOLLPRI;
static const uint32_t TC_EPOLLOUT = EPOLLOUT;
static const uint32_t TC_EPOLLERR = EPOLLERR;
static const uint32_t TC_EPOLLHUP = EPOLLHUP;
static const uint32_t TC_EPOLLRDHUP = EPOLLRDHUP;
static const uint32_t TC_EPOLLET = EPOLLET;
static const int32_t TC_EPOLL_CTL_ADD = EPOLL_CTL_ADD;
static const int32_t TC_EPOLL_CTL_MOD = EPOLL_CTL_MOD;
static const int32_t TC_EPOLL_CTL_DEL = EPOLL_CTL_DEL;

/// A new close-on-exec epoll descriptor.
static inline int tc_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

/// Adds, modifies or deletes `fd`; `data` comes back with each of its events.
static inline int tc_epoll_ctl(int epfd, int op, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event;
  event.events = events;
  event.data.u64 = data;
  return epoll_ctl(epfd, op, fd, &event);
}

static inline int tc_epoll_wait(int epfd, struct epoll_event *events, int capacity, int timeout_ms) {
  return epoll_wait(epfd, events, capacity, timeout_ms);
}

// The structure is packed on x86-64 and not elsewhere, and Swift sees its union badly: hence accessors.
static inline uint32_t tc_epoll_events(const struct epoll_event *event) { return event->events; }
static inline uint64_t tc_epoll_data(const struct epoll_event *event) { return event->data.u64; }

// MARK: eventfd, signalfd, timerfd

static const int32_t TC_EFD_NONBLOCK = EFD_NONBLOCK;
static const int32_t TC_EFD_CLOEXEC = EFD_CLOEXEC;

static inline int tc_eventfd(uint32_t initial, int flags) { return eventfd(initial, flags); }

/// A close-on-exec, non-blocking descriptor of the signals in `signals`.
int tc_signalfd(const int32_t *signals, size_t count);

/// The number of the next pending signal, 0 if none is pending, -1 on failure.
int tc_signalfd_next(int fd);

/// A close-on-exec, non-blocking CLOCK_MONOTONIC timer.
static inline int tc_timerfd(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

/// Arms the timer once, `nanoseconds` from now; 0 disarms it.
int tc_timerfd_arm(int fd, uint64_t nanoseconds);

// MARK: sockets and pipes

static const int32_t TC_SOCK_STREAM = SOCK_STREAM;
static const int32_t TC_SOCK_DGRAM = SOCK_DGRAM;
static const int32_t TC_SOCK_NONBLOCK = SOCK_NONBLOCK;
static const int32_t TC_SOCK_CLOEXEC = SOCK_CLOEXEC;
static const int32_t TC_MSG_NOSIGNAL = MSG_NOSIGNAL;
static const int32_t TC_MSG_DONTWAIT = MSG_DONTWAIT;
static const int32_t TC_MSG_PEEK = MSG_PEEK;
static const int32_t TC_O_NONBLOCK = O_NONBLOCK;
static const int32_t TC_O_CLOEXEC = O_CLOEXEC;

/// accept4; `flags` are TC_SOCK_NONBLOCK and TC_SOCK_CLOEXEC.
int tc_accept4(int fd, struct sockaddr *_Nullable address, socklen_t *_Nullable length, int flags);

/// pipe2 into the two descriptors at `ends`, read end first; `flags` are TC_O_NONBLOCK and TC_O_CLOEXEC.
int tc_pipe2(int32_t *ends, int flags);

/// The credentials of a Unix socket's other side when it connected (SO_PEERCRED).
int tc_peer_credentials(int fd, uint32_t *uid, uint32_t *gid, int32_t *pid);

// MARK: processes

/// A close-on-exec descriptor that becomes readable when the process ends.
int tc_pidfd_open(int32_t pid);

/// Reaps the child behind a pidfd without blocking. Returns 1 when it has ended, 0 when it still runs.
/// `signalled` tells whether `status` is a signal number or an exit code.
int tc_pidfd_reap(int pidfd, int32_t *signalled, int32_t *status);

/// 1 when the process behind the pidfd is a child not yet reaped; -1 with ECHILD when it is not.
int tc_pidfd_is_child(int pidfd);

int tc_pidfd_send_signal(int pidfd, int signal);

/// This process's environment as posix_spawn takes it.
char *_Nullable *_Nonnull tc_environ(void);

static const int16_t TC_POSIX_SPAWN_SETSID = 0x80;
static const int16_t TC_POSIX_SPAWN_SETSIGMASK = POSIX_SPAWN_SETSIGMASK;
static const int16_t TC_POSIX_SPAWN_SETSIGDEF = POSIX_SPAWN_SETSIGDEF;

/// The child's working directory. Returns an error number, as the rest of posix_spawn.
int tc_spawn_addchdir(posix_spawn_file_actions_t *actions, const char *path);

/// Closes every descriptor from `from` up in the child. Returns an error number.
int tc_spawn_addclosefrom(posix_spawn_file_actions_t *actions, int from);

// MARK: threads

/// Names the calling thread; the kernel keeps the first 15 bytes.
void tc_thread_name(const char *name);

int32_t tc_gettid(void);

// MARK: inotify

static const uint32_t TC_IN_ACCESS = IN_ACCESS;
static const uint32_t TC_IN_MODIFY = IN_MODIFY;
static const uint32_t TC_IN_ATTRIB = IN_ATTRIB;
static const uint32_t TC_IN_CLOSE_WRITE = IN_CLOSE_WRITE;
static const uint32_t TC_IN_CLOSE_NOWRITE = IN_CLOSE_NOWRITE;
static const uint32_t TC_IN_CLOSE = IN_CLOSE;
static const uint32_t TC_IN_OPEN = IN_OPEN;
static const uint32_t TC_IN_MOVED_FROM = IN_MOVED_FROM;
static const uint32_t TC_IN_MOVED_TO = IN_MOVED_TO;
static const uint32_t TC_IN_MOVE = IN_MOVE;
static const uint32_t TC_IN_CREATE = IN_CREATE;
static const uint32_t TC_IN_DELETE = IN_DELETE;
static const uint32_t TC_IN_DELETE_SELF = IN_DELETE_SELF;
static const uint32_t TC_IN_MOVE_SELF = IN_MOVE_SELF;
static const uint32_t TC_IN_UNMOUNT = IN_UNMOUNT;
static const uint32_t TC_IN_Q_OVERFLOW = IN_Q_OVERFLOW;
static const uint32_t TC_IN_IGNORED = IN_IGNORED;
static const uint32_t TC_IN_ONLYDIR = IN_ONLYDIR;
static const uint32_t TC_IN_DONT_FOLLOW = IN_DONT_FOLLOW;
static const uint32_t TC_IN_EXCL_UNLINK = IN_EXCL_UNLINK;
static const uint32_t TC_IN_MASK_ADD = IN_MASK_ADD;
static const uint32_t TC_IN_MASK_CREATE = IN_MASK_CREATE;
static const uint32_t TC_IN_ISDIR = IN_ISDIR;
static const uint32_t TC_IN_ONESHOT = IN_ONESHOT;
static const uint32_t TC_IN_ALL_EVENTS = IN_ALL_EVENTS;

/// A close-on-exec, non-blocking inotify descriptor.
static inline int tc_inotify_init(void) { return inotify_init1(IN_NONBLOCK | IN_CLOEXEC); }

static inline int tc_inotify_add_watch(int fd, const char *path, uint32_t mask) {
  return inotify_add_watch(fd, path, mask);
}

static inline int tc_inotify_rm_watch(int fd, int watch) { return inotify_rm_watch(fd, watch); }

/// One event of a buffer that was read from an inotify descriptor.
struct tc_inotify_event {
  int32_t watch;
  uint32_t mask;
  uint32_t cookie;
  /// Length of the name, without the padding that the kernel adds; 0 when the event has none.
  uint32_t name_length;
  /// Points into the buffer; NULL when the event has no name.
  const uint8_t *_Nullable name;
};

/// Decodes the event at `offset` of `length` bytes at `buffer`.
/// Returns the offset of the next event, or 0 when no whole event is left.
size_t tc_inotify_next(const void *buffer, size_t length, size_t offset, struct tc_inotify_event *event);

// MARK: files

static const uint64_t TC_RESOLVE_NO_XDEV = RESOLVE_NO_XDEV;
static const uint64_t TC_RESOLVE_NO_MAGICLINKS = RESOLVE_NO_MAGICLINKS;
static const uint64_t TC_RESOLVE_NO_SYMLINKS = RESOLVE_NO_SYMLINKS;
static const uint64_t TC_RESOLVE_BENEATH = RESOLVE_BENEATH;
static const uint64_t TC_RESOLVE_IN_ROOT = RESOLVE_IN_ROOT;
static const int32_t TC_O_DIRECTORY = O_DIRECTORY;
static const int32_t TC_O_NOFOLLOW = O_NOFOLLOW;
static const int32_t TC_O_PATH = 010000000;
static const int32_t TC_AT_FDCWD = AT_FDCWD;
static const int32_t TC_AT_SYMLINK_NOFOLLOW = AT_SYMLINK_NOFOLLOW;
static const int32_t TC_AT_EMPTY_PATH = 0x1000;
static const uint32_t TC_RENAME_NOREPLACE = 1;

/// openat2: opens `path` under the directory `dirfd` with the `resolve` restrictions (TC_RESOLVE_…).
int tc_openat2(int dirfd, const char *path, int32_t flags, uint32_t mode, uint64_t resolve);

/// renameat2, for TC_RENAME_NOREPLACE.
int tc_renameat2(int from_dir, const char *from, int to_dir, const char *to, uint32_t flags);

/// What a follower needs to know of a file.
struct tc_stat {
  uint64_t device;
  uint64_t inode;
  uint64_t size;
  /// Nanoseconds since 1970.
  int64_t modified_ns;
  int64_t changed_ns;
  /// Type and permission bits.
  uint32_t mode;
  uint32_t uid;
  uint32_t gid;
  uint32_t links;
};

int tc_fstat(int fd, struct tc_stat *out);

/// `flags`: 0, TC_AT_SYMLINK_NOFOLLOW or TC_AT_EMPTY_PATH.
int tc_fstatat(int dirfd, const char *path, struct tc_stat *out, int flags);

/// The type of the file system that `fd` is on (statfs(2), `f_type`); 0 if it cannot be told.
uint32_t tc_fs_type(int fd);

// MARK: memory

/// Where `needle` first stands in `bytes` (memmem(3)); NULL if nowhere.
const void *_Nullable tc_find(
    const void *bytes, size_t count, const void *needle, size_t length);

static const uint32_t TC_MFD_CLOEXEC = 1;

int tc_memfd_create(const char *name, uint32_t flags);

/// Maps `bytes` of fresh zeroed memory twice, back to back: byte `bytes + i` is byte `i`, so a stretch of
/// up to `bytes` never wraps. `bytes` is a positive multiple of the page size, else NULL with EINVAL.
void *_Nullable tc_ring_map(size_t bytes);

/// Unmaps what `tc_ring_map(bytes)` returned.
int tc_ring_unmap(void *base, size_t bytes);

// MARK: terminals

/// The size of the terminal `fd` in character cells.
int tc_window_size(int fd, uint16_t *rows, uint16_t *columns);

/// Tells the programs of the terminal `fd` that it has another size (SIGWINCH).
int tc_set_window_size(int fd, uint16_t rows, uint16_t columns);

/// The close-on-exec, non-blocking master of a new pseudoterminal; the path of its other side goes to `path`.
int tc_pty_open(uint16_t rows, uint16_t columns, char *path, size_t capacity);

#pragma clang assume_nonnull end
#endif
