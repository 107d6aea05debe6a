/* The clocks; what a process asks for itself (scheduling, memory, limits); how it watches another one. */
#include "native.h"

#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static napi_value micros(napi_env env, clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return number(env, (double)now.tv_sec * 1e6 + (double)(now.tv_nsec / 1000));
}

FUNCTION(now) { return (void)info, micros(env, CLOCK_MONOTONIC); }
FUNCTION(wallClock) { return (void)info, micros(env, CLOCK_REALTIME); }

OF_INTEGERS(timerCreate, "", timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC))

FUNCTION(timerSet) {
  int fd;
  double at;
  if (!ARGUMENTS("id", &fd, &at)) return NULL;
  if (!(at >= 0 && at <= 0x1p53)) return type_error(env, "argument 2 must be 0 to 2^53 microseconds");
  int64_t micros = (int64_t)at;
  struct itimerspec when = {.it_value = {.tv_sec = micros / 1000000, .tv_nsec = micros % 1000000 * 1000}};
  return result(env, timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL));
}

/* Of the calling thread where the pid is 0: Node's other threads keep their scheduling. */
OF_INTEGERS(schedSetscheduler, "iii", sched_setscheduler(a, b, &(struct sched_param){.sched_priority = c}))
OF_BYTES(schedSetaffinity, sched_setaffinity(fd, bytes.length, bytes.data)) /* of a thread; a bit for each processor */
OF_INTEGERS(setPriority, "ii", setpriority(PRIO_PROCESS, a, b)) /* on Linux a thread's own */
OF_INTEGERS(munlockall, "", munlockall())
OF_INTEGERS(mallocTrim, "", malloc_trim(0)) /* 1: something was given back */
OF_INTEGERS(prctl, "ii", prctl(a, (unsigned long)b, 0UL, 0UL, 0UL))
OF_INTEGERS(setns, "ii", setns(a, b)) /* of the calling thread */
OF_INTEGERS(flock, "ii", flock(a, b))
OF_INTEGERS(pidfdOpen, "i", syscall(SYS_pidfd_open, a, 0)) /* always close-on-exec */
OF_INTEGERS(kill, "ii", kill(a, b))
OF_INTEGERS(ignoreSignal, "i", signal(a, SIG_IGN) == SIG_ERR ? -1 : 0)

/*
 * A signal that Node cannot handle becomes a readable descriptor. Not signalfd(2): the signal would have to be blocked in
 * every thread, and Node's are running when the addon is loaded.
 */
static int caught[NSIG]; /* an eventfd for each */

static void on_signal(int signal) {
  int before = errno;
  ssize_t written = write(caught[signal], &(uint64_t){1}, sizeof(uint64_t)); /* refused when it was never read: fine */
  (void)written;
  errno = before;
}

static long catch_signal(int signal) {
  if (signal < 1 || signal >= NSIG) return errno = EINVAL, -1;
  int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), previous = caught[signal];
  if (fd < 0) return -1;
  caught[signal] = fd;
  if (sigaction(signal, &(struct sigaction){.sa_handler = on_signal, .sa_flags = SA_RESTART}, NULL) == 0) return fd;
  caught[signal] = previous;
  close(fd);
  return errno = EINVAL, -1; /* SIGKILL, SIGSTOP */
}

OF_INTEGERS(catchSignal, "i", catch_signal(a))

/* Pages there already, and the others when they are first touched. */
FUNCTION(mlock) {
  double address, length;
  if (!ARGUMENTS("dd", &address, &length)) return NULL;
  if (!(address >= 0 && address <= 0x1p53 && length >= 0 && length <= 0x1p53))
    return type_error(env, "an address and a length are expected");
  return result(env, syscall(SYS_mlock2, (uintptr_t)address, (size_t)length, MLOCK_ONFAULT));
}

FUNCTION(setrlimit) {
  int resource;
  double soft, hard;
  if (!ARGUMENTS("idd", &resource, &soft, &hard)) return NULL;
  if (!(soft >= 0 && hard >= 0)) return type_error(env, "a limit must not be negative");
#define LIMIT(value) ((value) < 0x1p63 ? (rlim_t)(value) : RLIM_INFINITY)
  return result(env, setrlimit(resource, &(struct rlimit){.rlim_cur = LIMIT(soft), .rlim_max = LIMIT(hard)}));
}

FUNCTION(mkfifo) {
  napi_value value;
  int mode;
  char path[4096]; /* PATH_MAX */
  size_t length;
  if (!ARGUMENTS("vi", &value, &mode)) return NULL;
  if (napi_get_value_string_utf8(env, value, path, sizeof path, &length) != napi_ok || strlen(path) != length)
    return type_error(env, "argument 1 must be a string without NUL");
  if (length == sizeof path - 1) return number(env, -ENAMETOOLONG);
  return result(env, mkfifo(path, (mode_t)mode));
}

FUNCTION(waitpid) {
  int pid, status;
  if (!ARGUMENTS("i", &pid)) return NULL;
  pid_t done = waitpid(pid, &status, WNOHANG);
  return done == 0 ? number(env, -1) : result(env, done < 0 ? -1 : status);
}
