/*
 * Many TCP connections at once, from one process in several namespaces (traffic.ts): in the emulated kernel a process of
 * Node takes seconds to start in each.
 *
 *   connections serve NETNS=NAME…   in each namespace port 80 says NAME at once, and again for each line that it reads;
 *                                   port 81, where health is asked, hangs up
 *   connections ask NETNS           connects from there
 *
 * A command is a line of standard input, and its answer one line:
 *
 *   sick NAME, well NAME            (serve) closes, opens port 81
 *   ask VIP PORT AT_ONCE MS SOURCE… a connection from each source, so many at once, so many milliseconds for each:
 *                                   the names in the order of the sources; what failed: !connect, !connect-time, !read, !time
 *   hold VIP PORT AT_ONCE MS SOURCE…  the same, and they stay open; adds to those held
 *   touch MS                        a line over each of those held: the names
 *   release                         closes them
 *   flow VIP PORT AT_ONCE MS SOURCE…  connects again and again, source after source, and answers nothing, until
 *   still                           ends that when those under way have ended: START,END,NAME… in milliseconds of the
 *                                   wall clock, in the order of their ends
 *   end                             ends the program
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SERVICE = 80, HEALTH = 81, MOST = 1 << 16, NAME = 16, SERVERS = 32 };
enum kind { FREE, COMMANDS, LISTENER, HEALTH_LISTENER, SERVED, CONNECTING, READING, HELD };

/* What a descriptor is for. */
static struct { enum kind kind; int server, index; long started; } use[MOST];
static struct { char netns[64], name[NAME]; int health; } servers[SERVERS];
static int server_count, poller, highest;

/* The command under way. */
static char *verb = "", **sources, (*answers)[NAME];
static int source_count, next_source, under_way, at_once, limit, still;
static struct sockaddr_storage target;
static int held[MOST], held_count, held_before; /* 0: it never stood */

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void enter(const char *netns) {
  char path[128];
  snprintf(path, sizeof path, "/run/netns/%s", netns);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) err(1, "%s", path);
  close(fd);
}

static void watch(int fd, enum kind kind, unsigned events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (fd >= MOST) errx(1, "too many descriptors");
  int known = use[fd].kind != FREE;
  if (fd > highest) highest = fd;
  use[fd].kind = kind;
  if (epoll_ctl(poller, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) < 0) err(1, "epoll_ctl");
}

static void drop(int fd) {
  use[fd].kind = FREE;
  close(fd);
}

/* An address as text, with a port; its length. */
static socklen_t address(const char *text, int port, struct sockaddr_storage *to) {
  struct sockaddr_in *v4 = (void *)to;
  struct sockaddr_in6 *v6 = (void *)to;
  memset(to, 0, sizeof *to);
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1) errx(1, "no address: %s", text);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  return sizeof *v6;
}

static void listen_on(int server, int port, enum kind kind) {
  struct sockaddr_storage any;
  int yes = 1;
  socklen_t length = address("::", port, &any);
  enter(servers[server].netns);
  int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd < 0 || bind(fd, (void *)&any, length) < 0 || listen(fd, 4096) < 0) err(1, "port %d", port);
  watch(fd, kind, EPOLLIN);
  use[fd].server = server;
  if (kind == HEALTH_LISTENER) servers[server].health = fd;
}

static void say(int fd) {
  char line[NAME + 1];
  int length = snprintf(line, sizeof line, "%s\n", servers[use[fd].server].name);
  if (write(fd, line, length) != length) drop(fd);
}

static void take(int listener) {
  int fd, yes = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if (use[listener].kind == HEALTH_LISTENER) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    watch(fd, SERVED, EPOLLIN);
    use[fd].server = use[listener].server;
    say(fd);
  }
}

static void serve(int fd) {
  char buffer[512];
  ssize_t length = read(fd, buffer, sizeof buffer);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) drop(fd);
  else say(fd);
}

static void finish(void) {
  for (int i = 0; i < source_count; i++) printf("%s%s", i ? " " : "", answers[i]);
  printf("\n");
  verb = "";
}

/* One connection, or one line over it, has come to its end. */
static void ended(int fd, const char *answer, int open) {
  long started = use[fd].started;
  under_way--;
  if (!strcmp(verb, "flow")) printf("%s%ld,%ld,%s", next_source++ ? " " : "", started, now(), answer);
  else snprintf(answers[use[fd].index], NAME, "%s", answer);
  if (!open) drop(fd);
  else if (use[fd].kind != HELD) {
    watch(fd, HELD, EPOLLIN);
    held[held_before + use[fd].index] = fd;
  }
}

static void dial(int index, const char *source) {
  struct sockaddr_storage from;
  int yes = 1;
  socklen_t length = address(source, 0, &from);
  int fd = socket(from.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  /* IP_FREEBIND serves both families: the sources are a route, not addresses of an interface. */
  if (fd < 0 || setsockopt(fd, SOL_IP, IP_FREEBIND, &yes, sizeof yes) < 0) err(1, "socket");
  if (from.ss_family == AF_INET6) setsockopt(fd, SOL_IPV6, 78 /* IPV6_FREEBIND */, &yes, sizeof yes);
  setsockopt(fd, SOL_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &yes, sizeof yes);
  if (bind(fd, (void *)&from, length) < 0) err(1, "bind %s", source);
  under_way++;
  int failed = connect(fd, (void *)&target, length) < 0 && errno != EINPROGRESS;
  watch(fd, CONNECTING, EPOLLOUT);
  use[fd].index = index;
  use[fd].started = now();
  if (failed) ended(fd, "!connect", 0);
}

static void go_on(void) {
  static int turn;
  if (!strcmp(verb, "flow")) {
    while (!still && under_way < at_once) dial(0, sources[turn++ % source_count]);
    if (!still || under_way > 0) return;
    printf("\n");
    still = 0;
    verb = "";
  } else if (!strcmp(verb, "ask") || !strcmp(verb, "hold")) {
    for (; next_source < source_count && under_way < at_once; next_source++) dial(next_source, sources[next_source]);
    if (under_way == 0) finish();
  } else if (!strcmp(verb, "touch") && under_way == 0) finish();
}

/* A server's name has come, or none. */
static void hear(int fd, unsigned events) {
  char buffer[NAME] = "";
  if (use[fd].kind == CONNECTING) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) ended(fd, "!connect", 0);
    else watch(fd, READING, EPOLLIN);
    return;
  }
  ssize_t length = read(fd, buffer, NAME - 1);
  if (length < 0 && errno == EAGAIN && !(events & EPOLLERR)) return;
  buffer[strcspn(buffer, "\n")] = 0;
  int fine = length > 1;
  int asked = use[fd].kind == READING || (!strcmp(verb, "touch") && use[fd].started > 0);
  if (!asked) { /* a held connection was ended by the other side: the next touch tells */
    if (!fine) watch(fd, HELD, EPOLLET);
    return;
  }
  int kept = use[fd].kind == HELD;
  ended(fd, fine ? buffer : "!read", kept || (fine && !strcmp(verb, "hold")));
  if (kept) use[fd].started = 0;
}

static void late(void) {
  static long looked;
  if (under_way == 0 || now() - looked < 100) return;
  looked = now();
  for (int fd = 0; fd <= highest; fd++) {
    enum kind kind = use[fd].kind;
    int asked = kind == CONNECTING || kind == READING || (kind == HELD && !strcmp(verb, "touch") && use[fd].started > 0);
    if (!asked || now() - use[fd].started < limit) continue;
    ended(fd, kind == CONNECTING ? "!connect-time" : "!time", kind == HELD);
    if (kind == HELD) use[fd].started = 0;
  }
}

static void begin(char *what, int count) {
  verb = what;
  source_count = count;
  next_source = 0;
  free(answers);
  answers = calloc(count + 1, NAME);
}

static char *word(void) {
  char *found = strtok(NULL, " ");
  if (found == NULL) errx(1, "a word is missing");
  return found;
}

static void connects(char *what) {
  int size = 0, count = 0;
  char *host = strdup(word()), *source;
  address(host, atoi(word()), &target);
  at_once = atoi(word());
  limit = atoi(word());
  sources = NULL;
  while ((source = strtok(NULL, " ")) != NULL) {
    if (count == size) sources = realloc(sources, (size = 2 * size + 64) * sizeof *sources);
    sources[count++] = strdup(source);
  }
  begin(what, count);
  if (strcmp(what, "hold")) return;
  if (held_count + count > MOST) errx(1, "too many to hold");
  held_before = held_count;
  held_count += count;
}

static void touch(void) {
  limit = atoi(word());
  begin("touch", held_count);
  for (int i = 0; i < held_count; i++) {
    int fd = held[i];
    snprintf(answers[i], NAME, "!never");
    if (fd == 0) continue;
    use[fd].index = i;
    use[fd].started = now();
    under_way++;
    watch(fd, HELD, EPOLLIN);
    if (write(fd, "\n", 1) == 1) continue;
    ended(fd, "!write", 1);
    use[fd].started = 0;
  }
}

static void set_health(const char *name, int well) {
  for (int i = 0; i < server_count; i++) {
    if (strcmp(servers[i].name, name)) continue;
    if (well && servers[i].health == 0) listen_on(i, HEALTH, HEALTH_LISTENER);
    if (!well && servers[i].health != 0) drop(servers[i].health), servers[i].health = 0;
  }
  printf("done\n");
}

static void obey(char *line) {
  char *what = strtok(line, " ");
  if (what == NULL) return;
  if (!strcmp(what, "end")) exit(0);
  if (!strcmp(what, "sick") || !strcmp(what, "well")) set_health(word(), !strcmp(what, "well"));
  else if (!strcmp(what, "ask")) connects("ask");
  else if (!strcmp(what, "hold")) connects("hold");
  else if (!strcmp(what, "flow")) connects("flow");
  else if (!strcmp(what, "touch")) touch();
  else if (!strcmp(what, "still")) still = 1;
  else if (!strcmp(what, "release")) {
    for (int i = 0; i < held_count; i++) {
      if (held[i] > 0) drop(held[i]);
      held[i] = 0;
    }
    held_count = 0;
    printf("done\n");
  } else errx(1, "no command: %s", what);
}

/* Whole lines of what has come. */
static void commands(void) {
  static char *text;
  static size_t length, size;
  if (size - length < 65536) text = realloc(text, size += 1 << 20);
  ssize_t more = read(0, text + length, size - length - 1);
  if (more <= 0) exit(0);
  length += more;
  text[length] = 0;
  char *end;
  while ((end = strchr(text, '\n')) != NULL) {
    *end = 0;
    obey(text);
    length -= end + 1 - text;
    memmove(text, end + 1, length + 1);
  }
}

int main(int count, char **words) {
  struct rlimit most = {MOST, MOST};
  struct epoll_event events[256];
  if (count < 3) errx(2, "usage: connections serve NETNS=NAME... | ask NETNS");
  setrlimit(RLIMIT_NOFILE, &most);
  poller = epoll_create1(EPOLL_CLOEXEC);
  watch(0, COMMANDS, EPOLLIN);
  if (!strcmp(words[1], "ask")) enter(words[2]);
  else for (int i = 2; i < count && server_count < SERVERS; i++) {
    if (sscanf(words[i], "%63[^=]=%15s", servers[server_count].netns, servers[server_count].name) != 2) errx(2, "%s", words[i]);
    listen_on(server_count, SERVICE, LISTENER);
    listen_on(server_count++, HEALTH, HEALTH_LISTENER);
  }
  printf("ready\n");
  for (;;) {
    go_on();
    fflush(stdout);
    int found = epoll_wait(poller, events, 256, under_way > 0 ? 50 : -1);
    for (int i = 0; i < found; i++) {
      int fd = events[i].data.fd;
      switch (use[fd].kind) {
        case FREE: break;
        case COMMANDS: commands(); break;
        case LISTENER: case HEALTH_LISTENER: take(fd); break;
        case SERVED: serve(fd); break;
        case CONNECTING: case READING: case HELD: hear(fd, events[i].events);
      }
    }
    late();
  }
}
