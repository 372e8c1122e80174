/*
 * The limit: what fan-out costs when nothing is left but the kernel. Told what to send through a pipe, it writes
 * ready-made frames, one write for each socket and tick. No protocol: every upgrade gets the same answer, a frame
 * from a reader is the number of a channel, and nobody is checked, counted or remembered.
 *
 * On its standard input: a channel (32 bits), a size (32 bits), and so many bytes of frame; the channel END_TICK
 * ends a tick. On its standard output, once: the port.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define END_TICK 0xffffffffu
#define MAX_FD 65536
#define MAX_CHANNELS 65536
#define SLAB (64u << 20)

static const char ACCEPT[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct list { uint32_t *items; uint32_t size, room; };
struct piece { uint32_t at, size; };
struct reader {
  int upgraded, dirty;
  struct piece *pieces;      /* what it gets in this tick, as places in the slab */
  uint32_t count, room;
  char *left;                /* what the kernel would not take yet */
  size_t left_size;
};

static struct list channels[MAX_CHANNELS];
static struct reader readers[MAX_FD];
static struct list dirty;
static char *slab, *copy;
static uint32_t slab_size;
static int poller;

static void fail(const char *what) { perror(what); exit(1); }

static void add(struct list *list, uint32_t item) {
  if (list->size == list->room) {
    list->room = list->room ? 2 * list->room : 8;
    list->items = realloc(list->items, list->room * sizeof *list->items);
    if (!list->items) fail("realloc");
  }
  list->items[list->size++] = item;
}

static void watch(int fd, uint32_t events, int how) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(poller, how, fd, &event)) fail("epoll_ctl");
}

static void send_or_keep(int fd, const char *bytes, size_t size) {
  struct reader *reader = &readers[fd];
  ssize_t sent = 0;
  if (!reader->left_size) sent = write(fd, bytes, size);
  if (sent < 0) {
    if (errno != EAGAIN) return; /* gone */
    sent = 0;
  }
  if ((size_t)sent == size) return;
  if (!reader->left_size) watch(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  reader->left = realloc(reader->left, reader->left_size + size - sent);
  if (!reader->left) fail("realloc");
  memcpy(reader->left + reader->left_size, bytes + sent, size - sent);
  reader->left_size += size - sent;
}

static void drain(int fd) {
  struct reader *reader = &readers[fd];
  ssize_t sent = write(fd, reader->left, reader->left_size);
  if (sent <= 0) return;
  memmove(reader->left, reader->left + sent, reader->left_size - sent);
  reader->left_size -= sent;
  if (!reader->left_size) watch(fd, EPOLLIN, EPOLL_CTL_MOD);
}

static void end_tick(void) {
  for (uint32_t n = 0; n < dirty.size; n++) {
    int fd = (int)dirty.items[n];
    struct reader *reader = &readers[fd];
    if (reader->count == 1) {
      send_or_keep(fd, slab + reader->pieces[0].at, reader->pieces[0].size);
    } else {
      uint32_t size = 0;
      for (uint32_t p = 0; p < reader->count; p++) {
        memcpy(copy + size, slab + reader->pieces[p].at, reader->pieces[p].size);
        size += reader->pieces[p].size;
      }
      send_or_keep(fd, copy, size);
    }
    reader->dirty = 0;
    reader->count = 0;
  }
  dirty.size = 0;
  slab_size = 0;
}

static void publish(uint32_t channel, const char *frame, uint32_t size) {
  if (channel >= MAX_CHANNELS || slab_size + size > SLAB) { fprintf(stderr, "too much in a tick\n"); exit(1); }
  uint32_t at = slab_size;
  memcpy(slab + at, frame, size);
  slab_size += size;
  struct list *list = &channels[channel];
  for (uint32_t n = 0; n < list->size; n++) {
    uint32_t fd = list->items[n];
    struct reader *reader = &readers[fd];
    if (!reader->dirty) { reader->dirty = 1; add(&dirty, fd); }
    struct piece *last = reader->count ? &reader->pieces[reader->count - 1] : 0;
    if (last && last->at + last->size == at) { last->size += size; continue; } /* what lies side by side is one */
    if (reader->count == reader->room) {
      reader->room = reader->room ? 2 * reader->room : 2;
      reader->pieces = realloc(reader->pieces, reader->room * sizeof *reader->pieces);
      if (!reader->pieces) fail("realloc");
    }
    reader->pieces[reader->count++] = (struct piece){at, size};
  }
}

static void take_commands(void) {
  static char buffer[1 << 20];
  static size_t held;
  ssize_t size = read(0, buffer + held, sizeof buffer - held);
  if (size == 0) exit(0);
  if (size < 0) { if (errno == EAGAIN) return; fail("read"); }
  held += (size_t)size;
  size_t at = 0;
  while (held - at >= 8) {
    uint32_t head[2];
    memcpy(head, buffer + at, 8);
    if (head[0] == END_TICK) { end_tick(); at += 8; continue; }
    if (held - at < 8 + head[1]) break;
    publish(head[0], buffer + at + 8, head[1]);
    at += 8 + head[1];
  }
  memmove(buffer, buffer + at, held - at);
  held -= at;
}

static void hear(int fd) {
  char bytes[65536];
  ssize_t size = read(fd, bytes, sizeof bytes);
  if (size == 0 || (size < 0 && errno != EAGAIN)) { close(fd); readers[fd].upgraded = 0; return; }
  if (size < 0) return;
  ssize_t at = 0;
  if (!readers[fd].upgraded) {
    char *end = memmem(bytes, (size_t)size, "\r\n\r\n", 4);
    if (!end) return;
    readers[fd].upgraded = 1;
    send_or_keep(fd, ACCEPT, sizeof ACCEPT - 1);
    at = end + 4 - bytes;
  }
  while (at + 6 <= size) {
    int length = bytes[at + 1] & 0x7f;
    char digits[128] = {0};
    memcpy(digits, bytes + at + 6, (size_t)length);
    uint32_t channel = (uint32_t)strtoul(digits, 0, 10);
    if (channel < MAX_CHANNELS) add(&channels[channel], (uint32_t)fd);
    at += 6 + length;
  }
}

int main(void) {
  slab = malloc(SLAB);
  copy = malloc(SLAB);
  poller = epoll_create1(0);
  int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (!slab || !copy || poller < 0 || door < 0) fail("start");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(door, (struct sockaddr *)&address, size) || listen(door, 16384)) fail("listen");
  if (getsockname(door, (struct sockaddr *)&address, &size)) fail("getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  fcntl(0, F_SETFL, O_NONBLOCK);
  watch(0, EPOLLIN, EPOLL_CTL_ADD);
  watch(door, EPOLLIN, EPOLL_CTL_ADD);
  for (;;) {
    struct epoll_event events[256];
    int count = epoll_wait(poller, events, 256, -1);
    for (int n = 0; n < count; n++) {
      int fd = events[n].data.fd;
      if (fd == 0) { take_commands(); continue; }
      if (fd == door) {
        int one = 1, reader;
        while ((reader = accept4(door, 0, 0, SOCK_NONBLOCK)) >= 0) {
          if (reader >= MAX_FD) { close(reader); continue; }
          setsockopt(reader, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          watch(reader, EPOLLIN, EPOLL_CTL_ADD);
        }
        continue;
      }
      if (events[n].events & EPOLLOUT) drain(fd);
      if (events[n].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) hear(fd);
    }
  }
}
