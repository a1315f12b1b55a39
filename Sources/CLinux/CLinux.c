#define _GNU_SOURCE
#include "CLinux.h"
#include <sys/vfs.h>

#include <linux/memfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Static_assert(TC_POSIX_SPAWN_SETSID == POSIX_SPAWN_SETSID, "the header cannot see the GNU constant");
_Static_assert(TC_O_PATH == O_PATH, "the header cannot see the GNU constant");
_Static_assert(TC_AT_EMPTY_PATH == AT_EMPTY_PATH, "the header cannot see the GNU constant");
_Static_assert(TC_MFD_CLOEXEC == MFD_CLOEXEC, "the header cannot see the GNU constant");
_Static_assert(TC_RENAME_NOREPLACE == RENAME_NOREPLACE, "the header cannot see the GNU constant");

int tc_signalfd(const int32_t *signals, size_t count) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < count; i++)
    if (sigaddset(&set, signals[i]) != 0) return -1;
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int tc_signalfd_next(int fd) {
  struct signalfd_siginfo info;
  ssize_t n;
  do n = read(fd, &info, sizeof info);
  while (n < 0 && errno == EINTR);
  if (n == (ssize_t)sizeof info) return (int)info.ssi_signo;
  return n < 0 && errno == EAGAIN ? 0 : -1;
}

int tc_timerfd_arm(int fd, uint64_t nanoseconds) {
  struct itimerspec spec = {0};
  spec.it_value.tv_sec = (time_t)(nanoseconds / 1000000000u);
  spec.it_value.tv_nsec = (long)(nanoseconds % 1000000000u);
  return timerfd_settime(fd, 0, &spec, NULL);
}

int tc_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
  return accept4(fd, address, length, flags);
}

int tc_pipe2(int32_t *ends, int flags) { return pipe2(ends, flags); }

int tc_peer_credentials(int fd, uint32_t *uid, uint32_t *gid, int32_t *pid) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
  *uid = peer.uid;
  *gid = peer.gid;
  *pid = peer.pid;
  return 0;
}

int tc_pidfd_open(int32_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

static int wait_pidfd(int pidfd, siginfo_t *info, int options) {
  int r;
  // waitid leaves the structure alone when nothing has ended; si_pid 0 then says so.
  memset(info, 0, sizeof *info);
  do r = waitid(P_PIDFD, (id_t)pidfd, info, WEXITED | WNOHANG | options);
  while (r < 0 && errno == EINTR);
  return r;
}

int tc_pidfd_reap(int pidfd, int32_t *signalled, int32_t *status) {
  siginfo_t info;
  if (wait_pidfd(pidfd, &info, 0) != 0) return -1;
  if (info.si_pid == 0) return 0;
  *signalled = info.si_code != CLD_EXITED;
  *status = info.si_status;
  return 1;
}

int tc_pidfd_is_child(int pidfd) {
  siginfo_t info;
  return wait_pidfd(pidfd, &info, WNOWAIT) == 0 ? 1 : -1;
}

int tc_pidfd_send_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

char **tc_environ(void) { return environ; }

int tc_spawn_addchdir(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

int tc_spawn_addclosefrom(posix_spawn_file_actions_t *actions, int from) {
  return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

void tc_thread_name(const char *name) {
  char kept[16];
  // A longer name would be refused as a whole.
  strncpy(kept, name, sizeof kept - 1);
  kept[sizeof kept - 1] = 0;
  pthread_setname_np(pthread_self(), kept);
}

int32_t tc_gettid(void) { return (int32_t)syscall(SYS_gettid); }

size_t tc_inotify_next(const void *buffer, size_t length, size_t offset, struct tc_inotify_event *event) {
  struct inotify_event head;
  if (offset > length || length - offset < sizeof head) return 0;
  const uint8_t *at = (const uint8_t *)buffer + offset;
  memcpy(&head, at, sizeof head);
  if (length - offset - sizeof head < head.len) return 0;
  event->watch = head.wd;
  event->mask = head.mask;
  event->cookie = head.cookie;
  event->name_length = head.len == 0 ? 0 : (uint32_t)strnlen((const char *)at + sizeof head, head.len);
  event->name = event->name_length == 0 ? NULL : at + sizeof head;
  return offset + sizeof head + head.len;
}

int tc_openat2(int dirfd, const char *path, int32_t flags, uint32_t mode, uint64_t resolve) {
  struct open_how how = {0};
  how.flags = (uint64_t)(uint32_t)flags;
  how.mode = mode;
  how.resolve = resolve;
  int fd;
  do fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof how);
  while (fd < 0 && errno == EINTR);
  return fd;
}

int tc_renameat2(int from_dir, const char *from, int to_dir, const char *to, uint32_t flags) {
  return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

static void copy_stat(const struct stat *in, struct tc_stat *out) {
  out->device = in->st_dev;
  out->inode = in->st_ino;
  out->size = (uint64_t)in->st_size;
  out->modified_ns = (int64_t)in->st_mtim.tv_sec * 1000000000 + in->st_mtim.tv_nsec;
  out->changed_ns = (int64_t)in->st_ctim.tv_sec * 1000000000 + in->st_ctim.tv_nsec;
  out->mode = in->st_mode;
  out->uid = in->st_uid;
  out->gid = in->st_gid;
  out->links = (uint32_t)in->st_nlink;
}

int tc_fstat(int fd, struct tc_stat *out) {
  struct stat in;
  if (fstat(fd, &in) != 0) return -1;
  copy_stat(&in, out);
  return 0;
}

int tc_fstatat(int dirfd, const char *path, struct tc_stat *out, int flags) {
  struct stat in;
  if (fstatat(dirfd, path, &in, flags) != 0) return -1;
  copy_stat(&in, out);
  return 0;
}

int tc_memfd_create(const char *name, uint32_t flags) { return memfd_create(name, flags); }

void *tc_ring_map(size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (bytes == 0 || bytes % page != 0 || bytes > SIZE_MAX / 2) {
    errno = EINVAL;
    return NULL;
  }
  int fd = memfd_create("ring", MFD_CLOEXEC);
  if (fd < 0) return NULL;
  // Reserve the whole range first: mapping the second half over an address that only happened to be free
  // could overwrite what another thread maps there in between.
  uint8_t *base = MAP_FAILED;
  if (ftruncate(fd, (off_t)bytes) == 0)
    base = mmap(NULL, bytes * 2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base != MAP_FAILED) {
    int access = PROT_READ | PROT_WRITE, how = MAP_SHARED | MAP_FIXED;
    if (mmap(base, bytes, access, how, fd, 0) == MAP_FAILED ||
        mmap(base + bytes, bytes, access, how, fd, 0) == MAP_FAILED) {
      int saved = errno;
      munmap(base, bytes * 2);
      errno = saved;
      base = MAP_FAILED;
    }
  }
  int saved = errno;
  close(fd);
  errno = saved;
  return base == MAP_FAILED ? NULL : base;
}

int tc_ring_unmap(void *base, size_t bytes) { return munmap(base, bytes * 2); }

int tc_window_size(int fd, uint16_t *rows, uint16_t *columns) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return 0;
}

int tc_set_window_size(int fd, uint16_t rows, uint16_t columns) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  return ioctl(fd, TIOCSWINSZ, &size);
}

int tc_pty_open(uint16_t rows, uint16_t columns, char *path, size_t capacity) {
  int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -1;
  if (grantpt(fd) == 0 && unlockpt(fd) == 0 && ptsname_r(fd, path, capacity) == 0 &&
      tc_set_window_size(fd, rows, columns) == 0)
    return fd;
  int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

const void *tc_find(const void *bytes, size_t count, const void *needle, size_t length) {
  return memmem(bytes, count, needle, length);
}

uint32_t tc_fs_type(int fd) {
  struct statfs info;
  return fstatfs(fd, &info) == 0 ? (uint32_t)info.f_type : 0;
}
