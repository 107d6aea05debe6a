/*
 * A stand-in for the kernel's IPVS where there is none: LD_PRELOAD this, and generic netlink sockets of the process are
 * answered here, from a table that is kept as it was sent: enough to measure health checks at this machine's own speed,
 * and no proof of anything else (the emulated kernel is for that). The file named by IPVS_STAND_IN
 * counts commands: u64 {count, time of the first, time of the last (CLOCK_MONOTONIC, ns)} of each, linux/ip_vs.h.
 * The file named by IPVS_STAND_IN_TABLE is what processes have in common: each appends what it asks, as it is sent, and
 * does first what others have asked since; so a table outlives who made it, and a test can read what was asked.
 * Answers have the shapes of linux/genetlink.h and linux/ip_vs.h.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS = 1 << 20, FAMILY = 0x23, COMMANDS = 32, ANSWERS = 1 << 15, MOST_SERVICES = 1 << 16 };
enum { NEW_SERVICE = 1, SET_SERVICE, DEL_SERVICE, GET_SERVICE, NEW_DEST, SET_DEST, DEL_DEST, GET_DEST };
enum { SET_CONFIG = 12, GET_CONFIG, SET_INFO, GET_INFO, FLUSH = 17 };

static int peer_of[DESCRIPTORS]; /* 0: not one of ours */
static struct { uint64_t count, first, last; } *commands;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
  return dlsym(RTLD_NEXT, name);
}

static int is_ours(int fd) {
  return fd >= 0 && fd < DESCRIPTORS && peer_of[fd] != 0;
}

static void count(unsigned command) {
  static char none[COMMANDS * sizeof *commands];
  if (commands == NULL) {
    const char *path = getenv("IPVS_STAND_IN");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    commands = map == MAP_FAILED ? (void *)none : map;
    if (fd >= 0) close(fd);
  }
  if (command >= COMMANDS) return;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t at = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  if (commands[command].count++ == 0) commands[command].first = at;
  commands[command].last = at;
}

int socket(int domain, int type, int protocol) {
  if (domain != AF_NETLINK || protocol != NETLINK_GENERIC) return REAL(socket)(domain, type, protocol);
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM | (type & (SOCK_CLOEXEC | SOCK_NONBLOCK)), 0, pair) != 0) return -1;
  if (pair[0] >= DESCRIPTORS) return -1;
  int most = 4 << 20;
  setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &most, sizeof most);
  fcntl(pair[1], F_SETFD, FD_CLOEXEC);
  peer_of[pair[0]] = pair[1];
  return pair[0];
}

int close(int fd) {
  if (is_ours(fd)) {
    int peer = peer_of[fd];
    peer_of[fd] = 0;
    REAL(close)(peer);
  }
  return REAL(close)(fd);
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  return is_ours(fd) ? 0 : REAL(bind)(fd, address, length);
}

static socklen_t name_us(struct sockaddr *address, socklen_t room, uint32_t pid) {
  struct sockaddr_nl us = { .nl_family = AF_NETLINK, .nl_pid = pid };
  if (address != NULL) memcpy(address, &us, room < sizeof us ? room : sizeof us);
  return sizeof us;
}

int getsockname(int fd, struct sockaddr *address, socklen_t *length) {
  if (!is_ours(fd)) return REAL(getsockname)(fd, address, length);
  *length = name_us(address, *length, (uint32_t)getpid());
  return 0;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  return is_ours(fd) && level == SOL_NETLINK ? 0 : REAL(setsockopt)(fd, level, option, value, length);
}

/* The table: a nest of attributes as it came, and what names it in there. */
typedef struct {
  char name[64], *nest;
  size_t name_length, nest_length;
} row;
static struct {
  row row, *destinations;
  size_t n, room;
} *services[MOST_SERVICES]; /* by the hash of the name, then the next free one */

/* The payloads of some attributes of a nest, one after the other. */
static void take_row(row *to, const struct nlattr *nest, uint32_t named_by) {
  to->nest = (char *)nest + NLA_HDRLEN;
  to->nest_length = nest->nla_len - NLA_HDRLEN;
  to->name_length = 0;
  for (size_t at = 0; at + NLA_HDRLEN <= to->nest_length;) {
    const struct nlattr *one = (void *)(to->nest + at);
    size_t length = one->nla_len - NLA_HDRLEN;
    if ((named_by >> (one->nla_type & NLA_TYPE_MASK) & 1) != 0 && to->name_length + length <= sizeof to->name) {
      memcpy(to->name + to->name_length, one + 1, length);
      to->name_length += length;
    }
    at += NLA_ALIGN(one->nla_len);
  }
}

static int is_named(const row *a, const row *b) {
  return a->name_length == b->name_length && memcmp(a->name, b->name, a->name_length) == 0;
}

static void keep(row *to, const row *from) {
  *to = *from;
  to->nest = malloc(from->nest_length);
  memcpy(to->nest, from->nest, from->nest_length);
}

static size_t slot_of(const row *service) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < service->name_length; i++) hash = (hash ^ (uint8_t)service->name[i]) * 16777619u;
  size_t slot = hash % MOST_SERVICES;
  while (services[slot] != NULL && !(services[slot]->row.nest != NULL && is_named(&services[slot]->row, service)))
    slot = (slot + 1) % MOST_SERVICES;
  return slot;
}

static void forget(size_t slot) {
  for (size_t i = 0; i < services[slot]->n; i++) free(services[slot]->destinations[i].nest);
  free(services[slot]->destinations);
  free(services[slot]->row.nest);
  memset(services[slot], 0, sizeof *services[slot]); /* stays, so that others are found behind it */
}

/* 0 or an errno, as the kernel has it. */
static int change(unsigned command, const row *service, const row *destination) {
  size_t slot = slot_of(service);
  if (command == NEW_SERVICE) {
    if (services[slot] != NULL) return EEXIST;
    services[slot] = calloc(1, sizeof *services[slot]);
    keep(&services[slot]->row, service);
    return 0;
  }
  if (services[slot] == NULL) return ESRCH;
  if (command == DEL_SERVICE) forget(slot);
  if (command == SET_SERVICE) keep(&services[slot]->row, service);
  if (destination == NULL) return 0;
  size_t i = 0;
  while (i < services[slot]->n && !is_named(&services[slot]->destinations[i], destination)) i++;
  int is_there = i < services[slot]->n;
  if (command == NEW_DEST && is_there) return EEXIST;
  if (command != NEW_DEST && !is_there) return ENOENT;
  if (command == NEW_DEST && services[slot]->n == services[slot]->room) {
    services[slot]->room = 2 * services[slot]->room + 4;
    services[slot]->destinations = realloc(services[slot]->destinations, services[slot]->room * sizeof(row));
  }
  if (command == NEW_DEST) services[slot]->n++;
  else free(services[slot]->destinations[i].nest);
  if (command == DEL_DEST) services[slot]->destinations[i] = services[slot]->destinations[--services[slot]->n];
  else keep(&services[slot]->destinations[i], destination);
  return 0;
}

static int journal = -2; /* not looked for yet; -1: there is none */

/* Datagrams as the kernel sends them: an answer has one to itself, acknowledgements and rows share theirs. */
static char answers[ANSWERS];
static size_t answered;
static int answering; /* the peer of whom */

static void send_back(void) {
  if (answered > 0 && write(answering, answers, answered) < 0) abort();
  answered = 0;
}

static void put(const struct nlmsghdr *to, uint16_t type, uint16_t flags, const void *body, size_t length) {
  struct nlmsghdr header = { NLMSG_LENGTH(length), type, flags, to->nlmsg_seq, to->nlmsg_pid };
  if (answered + NLMSG_SPACE(length) > 8192) send_back();
  memset(answers + answered, 0, NLMSG_SPACE(length));
  memcpy(answers + answered, &header, sizeof header);
  memcpy(answers + answered + NLMSG_HDRLEN, body, length);
  answered += NLMSG_SPACE(length);
}

static size_t attribute(char *at, uint16_t type, const void *value, uint16_t length) {
  struct nlattr header = { (uint16_t)(NLA_HDRLEN + length), type };
  memset(at, 0, NLA_HDRLEN + NLA_ALIGN(length));
  memcpy(at, &header, sizeof header);
  memcpy(at + NLA_HDRLEN, value, length);
  return NLA_HDRLEN + NLA_ALIGN(length);
}

/* Nobody used it: counters of 0, and of a destination its connections. */
static size_t counters(char *at, uint16_t type) {
  static const char zero[8];
  size_t length = 0;
  char nest[256];
  for (uint16_t i = 7; type == 2 && i <= 9; i++) length += attribute(at + length, i, zero, 4);
  size_t inside = 0;
  for (uint16_t i = 1; i <= 10; i++) inside += attribute(nest + inside, i, zero, i == 4 || i == 5 ? 8 : 4);
  return length + attribute(at + length, 10, nest, (uint16_t)inside);
}

static void put_row(const struct nlmsghdr *to, uint8_t command, uint16_t type, const row *one) {
  char body[1024], nest[768];
  struct genlmsghdr reply = { command, 1, 0 };
  memcpy(body, &reply, sizeof reply);
  memcpy(nest, one->nest, one->nest_length);
  size_t inside = one->nest_length + (journal < 0 ? 0 : counters(nest + one->nest_length, type));
  size_t length = GENL_HDRLEN + attribute(body + GENL_HDRLEN, type, nest, (uint16_t)inside);
  put(to, FAMILY, NLM_F_MULTI, body, length);
}

static const struct nlattr *find(const struct nlmsghdr *request, uint16_t type) {
  const char *at = (const char *)NLMSG_DATA(request) + GENL_HDRLEN, *end = (const char *)request + request->nlmsg_len;
  for (; at + NLA_HDRLEN <= end; at += NLA_ALIGN(((const struct nlattr *)at)->nla_len))
    if ((((const struct nlattr *)at)->nla_type & NLA_TYPE_MASK) == type) return (const void *)at;
  return NULL;
}

static void dump(const struct nlmsghdr *request, unsigned command, const row *service) {
  int32_t nothing = 0;
  if (command == GET_SERVICE)
    for (size_t i = 0; i < MOST_SERVICES; i++)
      if (services[i] != NULL && services[i]->row.nest != NULL) put_row(request, NEW_SERVICE, 1, &services[i]->row);
  size_t slot = command == GET_DEST && service != NULL ? slot_of(service) : MOST_SERVICES;
  for (size_t i = 0; slot < MOST_SERVICES && services[slot] != NULL && i < services[slot]->n; i++)
    put_row(request, NEW_DEST, 2, &services[slot]->destinations[i]);
  put(request, NLMSG_DONE, NLM_F_MULTI, &nothing, sizeof nothing);
  send_back();
}

/* What a request changes; 0 or an errno. */
static int carry_out(const struct nlmsghdr *request) {
  unsigned command = ((const struct genlmsghdr *)NLMSG_DATA(request))->cmd;
  row service, destination;
  const struct nlattr *of = find(request, 1), *to = find(request, 2);
  if (of != NULL) take_row(&service, of, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5);
  if (to != NULL) take_row(&destination, to, 1 << 1 | 1 << 2);
  if (command == FLUSH)
    for (size_t i = 0; i < MOST_SERVICES; i++)
      if (services[i] != NULL) forget(i);
  if (command >= GET_DEST || command == GET_SERVICE || of == NULL) return 0;
  return change(command, &service, to == NULL ? NULL : &destination);
}

/* Holds the journal, and does what others have asked since. */
static off_t replayed;
static void catch_up(void) {
  const char *path = journal == -2 ? getenv("IPVS_STAND_IN_TABLE") : NULL;
  if (journal == -2) journal = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (journal < 0) return;
  struct stat now;
  if (flock(journal, LOCK_EX) != 0 || fstat(journal, &now) != 0) abort();
  size_t more = (size_t)(now.st_size - replayed);
  char *asked = malloc(more + 1);
  if (pread(journal, asked, more, replayed) != (ssize_t)more) abort();
  unsigned left = (unsigned)more;
  for (struct nlmsghdr *one = (void *)asked; NLMSG_OK(one, left); one = NLMSG_NEXT(one, left))
    if (one->nlmsg_type != GENL_ID_CTRL) carry_out(one);
  free(asked);
  replayed = now.st_size;
}

static void answer(const struct nlmsghdr *request) {
  const struct genlmsghdr *generic = NLMSG_DATA(request);
  char body[256];
  struct genlmsghdr reply = { 0, 1, 0 };
  size_t length = GENL_HDRLEN;
  int error = 0;
  if (request->nlmsg_type == GENL_ID_CTRL) {
    uint16_t family = FAMILY;
    uint32_t version = 1, header = 0, most = 6;
    reply.cmd = CTRL_CMD_NEWFAMILY;
    length += attribute(body + length, CTRL_ATTR_FAMILY_NAME, "IPVS", 5);
    length += attribute(body + length, CTRL_ATTR_FAMILY_ID, &family, sizeof family);
    length += attribute(body + length, CTRL_ATTR_VERSION, &version, sizeof version);
    length += attribute(body + length, CTRL_ATTR_HDRSIZE, &header, sizeof header);
    length += attribute(body + length, CTRL_ATTR_MAXATTR, &most, sizeof most);
  } else {
    unsigned command = generic->cmd;
    count(command);
    row service;
    const struct nlattr *of = find(request, 1);
    if (of != NULL) take_row(&service, of, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5);
    if ((request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP) {
      dump(request, command, of == NULL ? NULL : &service);
      return;
    }
    error = carry_out(request);
    if (command == GET_INFO) {
      uint32_t version = 0x010201, table = 4096;
      reply.cmd = SET_INFO;
      length += attribute(body + length, 1, &version, sizeof version);
      length += attribute(body + length, 2, &table, sizeof table);
    } else if (command == GET_CONFIG) {
      uint32_t timeouts[] = { 900, 120, 300 };
      reply.cmd = SET_CONFIG;
      for (uint16_t i = 0; i < 3; i++) length += attribute(body + length, (uint16_t)(4 + i), &timeouts[i], 4);
    }
  }
  if (reply.cmd != 0) {
    memcpy(body, &reply, sizeof reply);
    put(request, request->nlmsg_type, 0, body, length);
    send_back();
  }
  if ((request->nlmsg_flags & NLM_F_ACK) == 0 && error == 0) return;
  struct nlmsgerr granted = { -error, *request };
  put(request, NLMSG_ERROR, 0, &granted, sizeof granted);
}

static ssize_t take(int fd, const struct iovec *parts, size_t n) {
  size_t total = 0;
  for (size_t i = 0; i < n; i++) total += parts[i].iov_len;
  char *all = malloc(total + 1), *end = all;
  for (size_t i = 0; i < n; i++) end = mempcpy(end, parts[i].iov_base, parts[i].iov_len);
  answering = peer_of[fd];
  unsigned left = (unsigned)total;
  catch_up();
  if (journal >= 0 && write(journal, all, total) != (ssize_t)total) abort();
  replayed += (off_t)total;
  for (struct nlmsghdr *one = (void *)all; NLMSG_OK(one, left); one = NLMSG_NEXT(one, left)) answer(one);
  send_back();
  if (journal >= 0) flock(journal, LOCK_UN);
  free(all);
  return (ssize_t)total;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  return is_ours(fd) ? take(fd, message->msg_iov, message->msg_iovlen) : REAL(sendmsg)(fd, message, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags) {
  if (!is_ours(fd)) return REAL(sendmmsg)(fd, messages, n, flags);
  for (unsigned i = 0; i < n; i++)
    messages[i].msg_len = (unsigned)take(fd, messages[i].msg_hdr.msg_iov, messages[i].msg_hdr.msg_iovlen);
  return (int)n;
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t size) {
  struct iovec part = { (void *)bytes, length };
  return is_ours(fd) ? take(fd, &part, 1) : REAL(sendto)(fd, bytes, length, flags, to, size);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
  struct iovec part = { (void *)bytes, length };
  return is_ours(fd) ? take(fd, &part, 1) : REAL(send)(fd, bytes, length, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  struct sockaddr *from = message->msg_name;
  socklen_t room = message->msg_namelen;
  ssize_t length = REAL(recvmsg)(fd, message, flags);
  if (is_ours(fd) && length >= 0) message->msg_namelen = name_us(from, room, 0);
  return length;
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags, struct timespec *timeout) {
  if (!is_ours(fd)) return REAL(recvmmsg)(fd, messages, n, flags, timeout);
  ssize_t length = recvmsg(fd, &messages[0].msg_hdr, flags & ~MSG_WAITFORONE);
  if (length < 0) return -1;
  messages[0].msg_len = (unsigned)length;
  return 1;
}

ssize_t recvfrom(int fd, void *bytes, size_t length, int flags, struct sockaddr *from, socklen_t *size) {
  if (!is_ours(fd)) return REAL(recvfrom)(fd, bytes, length, flags, from, size);
  ssize_t got = REAL(recv)(fd, bytes, length, flags);
  if (got >= 0 && size != NULL) *size = name_us(from, *size, 0);
  return got;
}
