/* limit: the least that a server can do to show growing JSONL files to many browsers, and so the ceiling for one.
 *
 *   limit --root DIR [--port N] [--threads N]        prints "port N" when it listens on 127.0.0.1
 *   GET /api/v1/sessions/NAME                        200 or 404: whether DIR/NAME.jsonl exists
 *   GET /api/v1/sessions/NAME/stream                 the file from its start, then what is appended, as SSE
 *
 * The bytes of an event are those of tailcast's `raw` view: one HTTP chunk with `id: EPOCH-OFFSET` and `data: LINE`.
 *
 * A channel is a file: its framed bytes lie in one log in memory, from the file's first line on. A connection is a
 * cursor in its channel's log. A turn of a loop takes all events, follows the files that changed, and ends with a
 * flush: one send() per connection of everything between its cursor and the log's head. The first loop follows all
 * files and tells the others by eventfd; each loop has its own listening socket (SO_REUSEPORT).
 *
 * What it leaves out on purpose: access control, resuming, other views, truncation, reading history from the file
 * (a log is kept whole), requests that come in two pieces.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_LOOPS = 8,
  MAX_CHANNELS = 16384,
  MAX_NAME = 128,
  ACCEPT_BATCH = 64,
  EVENT_BATCH = 512,
  PAGE_BYTES = 1 << 20, /* what one pread takes, and the longest line */
  HEARTBEAT_SECONDS = 15
};
/* Address space of a log; pages become memory as they are written. */
static const size_t LOG_BYTES = (size_t)8 << 30;

struct channel {
  char name[MAX_NAME];
  int file;
  uint32_t epoch;
  uint64_t offset; /* of the first byte of the file that is not in the log */
  unsigned char *log;
  _Atomic size_t head;
  bool touched; /* by the batch of inotify events at hand */
  struct {
    int *fds; /* this loop's connections */
    int count, room;
    bool dirty;
    atomic_bool posted; /* lies in the loop's mailbox */
    uint32_t flushed;   /* when, in seconds */
  } at[MAX_LOOPS];
};

struct connection {
  struct channel *channel; /* NULL before the request */
  size_t cursor;
  int index; /* in the channel's fds */
  uint32_t sent; /* when something was last sent to this one alone, in seconds */
  int8_t loop; /* -1: none */
  bool blocked; /* its socket is full; EPOLLOUT will come */
};

struct loop {
  int number, epoll, listener, wake;
  pthread_mutex_t lock; /* of the mailbox */
  struct channel **mailbox, **dirty;
  int mailed, dirtied;
  uint32_t now, beat; /* seconds */
};

static const char *root = ".";
static int loop_count = 1, inotify;
static struct loop loops[MAX_LOOPS];
static struct connection *connections; /* by descriptor */
static int connection_limit;
/* Guards the three below, and every channel's file, offset and log but for its head. */
static pthread_mutex_t channels_lock = PTHREAD_MUTEX_INITIALIZER;
static struct channel *channels[MAX_CHANNELS], **by_watch;
static int channel_count, watch_room;
static unsigned char page[PAGE_BYTES];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void *must(void *memory) {
  if (!memory) die("memory");
  return memory;
}

static uint32_t seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return (uint32_t)time.tv_sec;
}

/* ---- files ---------------------------------------------------------------------------------------------- */

static uint32_t hash(const unsigned char *bytes, size_t count) {
  uint32_t value = 2166136261u;
  for (size_t i = 0; i < count; i++) value = (value ^ bytes[i]) * 16777619u;
  return value;
}

static unsigned char *hexadecimal(unsigned char *out, size_t value) {
  int shift = 60;
  while (shift > 0 && !(value >> shift)) shift -= 4;
  for (; shift >= 0; shift -= 4) *out++ = (unsigned char)"0123456789abcdef"[value >> shift & 15];
  return out;
}

/* Writes the chunk of one line (without its LF) that ends at `end` in the file; returns where it ends in the log. */
static unsigned char *frame(unsigned char *out, const struct channel *channel, uint64_t end,
                            const unsigned char *line, size_t count) {
  char id[64];
  size_t length = (size_t)snprintf(id, sizeof id, "id: %08x-%llu\ndata: ", channel->epoch, (unsigned long long)end);
  out = hexadecimal(out, length + count + 2);
  out = (unsigned char *)mempcpy(out, "\r\n", 2);
  out = (unsigned char *)mempcpy(out, id, length);
  out = (unsigned char *)mempcpy(out, line, count);
  return (unsigned char *)mempcpy(out, "\n\n\r\n", 4);
}

/* Reads the whole lines that a file has got; true when there were any. */
static bool follow(struct channel *channel) {
  size_t head = atomic_load_explicit(&channel->head, memory_order_relaxed), before = head;
  for (;;) {
    ssize_t got = pread(channel->file, page, sizeof page, (off_t)channel->offset);
    if (got <= 0) break;
    unsigned char *at = page, *end = page + got, *feed;
    while ((feed = memchr(at, '\n', (size_t)(end - at)))) {
      size_t count = (size_t)(feed - at);
      if (channel->offset == 0) channel->epoch = hash(at, count);
      channel->offset += count + 1;
      if (head + count + 128 > LOG_BYTES) die("a log is full");
      head = (size_t)(frame(channel->log + head, channel, channel->offset, at, count) - channel->log);
      at = feed + 1;
    }
    if (at == page && got == (ssize_t)sizeof page) die("a line is too long");
    if (got < (ssize_t)sizeof page) break;
  }
  atomic_store_explicit(&channel->head, head, memory_order_release);
  return head != before;
}

/* The channel of a file, which is opened and watched when it is asked for first; NULL when there is none. */
static struct channel *channel_named(const char *name) {
  pthread_mutex_lock(&channels_lock);
  struct channel *channel = NULL;
  for (int i = 0; i < channel_count && !channel; i++)
    if (!strcmp(channels[i]->name, name)) channel = channels[i];
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.jsonl", root, name);
  int file = channel || channel_count == MAX_CHANNELS ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    channel = must(calloc(1, sizeof *channel));
    memcpy(channel->name, name, strlen(name) + 1);
    channel->file = file;
    channel->log = mmap(NULL, LOG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (channel->log == MAP_FAILED) die("mmap");
    int watch = inotify_add_watch(inotify, path, IN_MODIFY);
    if (watch < 0) die("inotify_add_watch");
    if (watch >= watch_room) {
      watch_room = watch * 2 + 64;
      by_watch = must(realloc(by_watch, (size_t)watch_room * sizeof *by_watch));
    }
    by_watch[watch] = channel;
    channels[channel_count++] = channel;
    follow(channel);
  }
  pthread_mutex_unlock(&channels_lock);
  return channel;
}

static void mark(struct loop *loop, struct channel *channel) {
  if (channel->at[loop->number].dirty) return;
  channel->at[loop->number].dirty = true;
  loop->dirty[loop->dirtied++] = channel;
}

static void post(struct loop *loop, struct channel *channel) {
  if (atomic_exchange(&channel->at[loop->number].posted, true)) return;
  pthread_mutex_lock(&loop->lock);
  bool first = loop->mailed == 0;
  loop->mailbox[loop->mailed++] = channel;
  pthread_mutex_unlock(&loop->lock);
  if (first && eventfd_write(loop->wake, 1) < 0) die("eventfd");
}

static void take_mail(struct loop *loop) {
  eventfd_t count;
  eventfd_read(loop->wake, &count);
  pthread_mutex_lock(&loop->lock);
  for (int i = 0; i < loop->mailed; i++) {
    atomic_store(&loop->mailbox[i]->at[loop->number].posted, false);
    mark(loop, loop->mailbox[i]);
  }
  loop->mailed = 0;
  pthread_mutex_unlock(&loop->lock);
}

/* A thousand appends can be one event and one append several: events only say which files to look at. */
static void files_changed(struct loop *home) {
  static char events[64 << 10] __attribute__((aligned(8)));
  static struct channel *touched[MAX_CHANNELS];
  int count = 0;
  ssize_t got = read(inotify, events, sizeof events);
  pthread_mutex_lock(&channels_lock);
  for (ssize_t at = 0; at < got;) {
    const struct inotify_event *event = (const void *)(events + at);
    at += (ssize_t)(sizeof *event + event->len);
    if (event->mask & IN_Q_OVERFLOW) {
      count = channel_count;
      memcpy(touched, channels, (size_t)count * sizeof *touched);
      break;
    }
    struct channel *channel = event->wd >= 0 && event->wd < watch_room ? by_watch[event->wd] : NULL;
    if (!channel || channel->touched) continue;
    channel->touched = true;
    touched[count++] = channel;
  }
  for (int i = 0; i < count; i++) {
    touched[i]->touched = false;
    if (!follow(touched[i])) continue;
    mark(home, touched[i]);
    for (int other = 1; other < loop_count; other++) post(&loops[other], touched[i]);
  }
  pthread_mutex_unlock(&channels_lock);
}

/* ---- connections ---------------------------------------------------------------------------------------- */

static void drop(struct loop *loop, int fd) {
  struct connection *connection = &connections[fd];
  struct channel *channel = connection->channel;
  if (channel) {
    int last = channel->at[loop->number].fds[--channel->at[loop->number].count];
    channel->at[loop->number].fds[connection->index] = last;
    connections[last].index = connection->index;
  }
  *connection = (struct connection){.loop = -1};
  close(fd);
}

/* Sends what the connection lacks of its channel's log, with one send; false when it is gone. */
static bool advance(struct loop *loop, int fd, size_t head) {
  struct connection *connection = &connections[fd];
  if (connection->cursor == head) return true;
  size_t wanted = head - connection->cursor;
  ssize_t sent = send(fd, connection->channel->log + connection->cursor, wanted, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN) {
    drop(loop, fd);
    return false;
  }
  if (sent > 0) connection->cursor += (size_t)sent;
  connection->blocked = sent != (ssize_t)wanted;
  return true;
}

static void flush(struct loop *loop) {
  for (int i = 0; i < loop->dirtied; i++) {
    struct channel *channel = loop->dirty[i];
    channel->at[loop->number].dirty = false;
    channel->at[loop->number].flushed = loop->now;
    size_t head = atomic_load_explicit(&channel->head, memory_order_acquire);
    for (int reader = 0; reader < channel->at[loop->number].count;) {
      int fd = channel->at[loop->number].fds[reader];
      if (connections[fd].blocked || advance(loop, fd, head)) reader++;
    }
  }
  loop->dirtied = 0;
}

static void start_stream(struct loop *loop, int fd, struct channel *channel) {
  char hello[512], head[1024], id[32];
  snprintf(id, sizeof id, "%08x-0", channel->epoch);
  int length = snprintf(hello, sizeof hello,
                        "event: hello\nid: %s\ndata: {\"session_id\":\"%s\",\"cursor\":\"%s\"}\n\n", id,
                        channel->name, id);
  int total = snprintf(head, sizeof head,
                       "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache, no-transform\r\n"
                       "x-accel-buffering: no\r\ntransfer-encoding: chunked\r\n\r\nc\r\nretry: 2000\n\r\n%x\r\n%s\r\n",
                       (unsigned)length, hello);
  if (send(fd, head, (size_t)total, MSG_NOSIGNAL | MSG_DONTWAIT) != total) {
    drop(loop, fd);
    return;
  }
  int room = channel->at[loop->number].room, count = channel->at[loop->number].count;
  if (count == room) {
    channel->at[loop->number].room = room ? room * 2 : 8;
    size_t bytes = (size_t)channel->at[loop->number].room * sizeof(int);
    channel->at[loop->number].fds = must(realloc(channel->at[loop->number].fds, bytes));
  }
  channel->at[loop->number].fds[count] = fd;
  channel->at[loop->number].count = count + 1;
  connections[fd].channel = channel;
  connections[fd].index = count;
  connections[fd].sent = loop->now;
  advance(loop, fd, atomic_load_explicit(&channel->head, memory_order_acquire));
}

static void answer(struct loop *loop, int fd, char *request) {
  static const char prefix[] = "GET /api/v1/sessions/";
  char *name = request + sizeof prefix - 1;
  char *end = strstr(request, "\r\n\r\n") && !strncmp(request, prefix, sizeof prefix - 1) ? strpbrk(name, "/? ") : NULL;
  struct channel *channel = NULL;
  bool stream = end && !strncmp(end, "/stream", 7);
  if (end && end > name && end - name < MAX_NAME && *name != '.') {
    *end = 0;
    channel = channel_named(name);
  }
  if (channel && stream) {
    start_stream(loop, fd, channel);
    return;
  }
  static const char found[] = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\n{}\n";
  static const char missing[] = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
  const char *text = channel ? found : missing;
  ssize_t sent = send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
  (void)sent; /* whoever takes not even this is gone */
  drop(loop, fd);
}

static void ready(struct loop *loop, int fd, uint32_t events) {
  struct connection *connection = &connections[fd];
  if (connection->loop != loop->number) return; /* it was dropped in this turn */
  char request[4096];
  ssize_t got = events & EPOLLIN ? recv(fd, request, sizeof request - 1, MSG_DONTWAIT) : -1;
  bool ended = events & EPOLLIN && (got == 0 || (got < 0 && errno != EAGAIN));
  if (ended || events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
    drop(loop, fd);
  } else if (got > 0 && !connection->channel) {
    request[got] = 0;
    answer(loop, fd, request);
  } else if (events & EPOLLOUT && connection->blocked) {
    advance(loop, fd, atomic_load_explicit(&connection->channel->head, memory_order_acquire));
  }
}

static void accept_some(struct loop *loop) {
  for (int i = 0; i < ACCEPT_BATCH; i++) {
    int fd = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), yes = 1;
    if (fd < 0) return;
    if (fd >= connection_limit) die("too many connections");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections[fd] = (struct connection){.loop = (int8_t)loop->number};
    /* Edges: a full socket reports its next room by itself, and nothing is registered anew. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = fd};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  }
}

/* Once a second: a comment to each connection that has got nothing for the time of a heartbeat. */
static void heartbeat(struct loop *loop) {
  loop->beat = loop->now;
  for (int fd = 0; fd < connection_limit; fd++) {
    struct connection *connection = &connections[fd];
    if (connection->loop != loop->number || !connection->channel || connection->blocked) continue;
    uint32_t flushed = connection->channel->at[loop->number].flushed;
    uint32_t last = flushed > connection->sent ? flushed : connection->sent;
    if (loop->now - last < HEARTBEAT_SECONDS) continue;
    connection->sent = loop->now;
    if (send(fd, "3\r\n:\n\n\r\n", 8, MSG_NOSIGNAL | MSG_DONTWAIT) != 8) drop(loop, fd);
  }
}

/* ---- loops ---------------------------------------------------------------------------------------------- */

static void *run(void *argument) {
  struct loop *loop = argument;
  struct epoll_event events[EVENT_BATCH];
  for (;;) {
    int count = epoll_wait(loop->epoll, events, EVENT_BATCH, 1000);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    loop->now = seconds();
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == loop->listener) accept_some(loop);
      else if (fd == loop->wake) take_mail(loop);
      else if (fd == inotify) files_changed(loop);
      else ready(loop, fd, events[i].events);
    }
    flush(loop);
    if (loop->now != loop->beat) heartbeat(loop);
  }
  return NULL;
}

static void watch(struct loop *loop, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

static void make(struct loop *loop, int number, struct sockaddr_in *address) {
  loop->number = number;
  loop->epoll = epoll_create1(EPOLL_CLOEXEC);
  loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  loop->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  loop->mailbox = must(calloc(MAX_CHANNELS, sizeof *loop->mailbox));
  loop->dirty = must(calloc(MAX_CHANNELS, sizeof *loop->dirty));
  pthread_mutex_init(&loop->lock, NULL);
  int yes = 1;
  socklen_t length = sizeof *address;
  if (setsockopt(loop->listener, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) < 0 ||
      bind(loop->listener, (struct sockaddr *)address, length) < 0 || listen(loop->listener, 4096) < 0 ||
      getsockname(loop->listener, (struct sockaddr *)address, &length) < 0)
    die("listen");
  watch(loop, loop->listener);
  watch(loop, loop->wake);
}

int main(int count, char **arguments) {
  int port = 0;
  for (int i = 1; i < count; i += 2) {
    const char *name = arguments[i], *value = i + 1 < count ? arguments[i + 1] : NULL;
    if (value && !strcmp(name, "--root")) root = value;
    else if (value && !strcmp(name, "--port")) port = atoi(value);
    else if (value && !strcmp(name, "--threads")) loop_count = atoi(value);
    else loop_count = 0;
    if (loop_count < 1 || loop_count > MAX_LOOPS || port < 0 || port > 65535) {
      fprintf(stderr, "limit --root DIR [--port N] [--threads 1...%d]\n", MAX_LOOPS);
      return 2;
    }
  }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  connection_limit = files.rlim_max > 1 << 17 ? 1 << 17 : (int)files.rlim_max;
  connections = must(calloc((size_t)connection_limit, sizeof *connections));
  for (int fd = 0; fd < connection_limit; fd++) connections[fd].loop = -1;
  inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (inotify < 0) die("inotify_init1");
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < loop_count; i++) make(&loops[i], i, &address);
  watch(&loops[0], inotify);
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (int i = 1; i < loop_count; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, &loops[i])) die("pthread_create");
  }
  run(&loops[0]);
}
