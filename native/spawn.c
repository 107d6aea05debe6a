/*
 * Starting a program without stalling the event loop. fork(2) copies the page tables: tens of milliseconds with a large
 * heap. posix_spawn(3) does not, but can neither change the user nor ask for a parent-death signal. So this does what
 * posix_spawn does inside, clone(2) with CLONE_VM|CLONE_VFORK: the child runs in our memory, on a stack of its own,
 * while this thread waits until it has called execve or _exit. Therefore, between clone and execve, the child
 *   - calls only async-signal-safe functions, and allocates nothing;
 *   - changes credentials by bare system calls: the functions of glibc would make all of *our* threads follow;
 *   - runs no signal handler of ours: all signals are blocked before clone, and until the handlers are gone.
 * Its descriptors and signal actions are copies (no CLONE_FILES, no CLONE_SIGHAND).
 */
#include "native.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct program {
  char **argv;
  char **env;
  int uid, gid; /* -1: the caller's */
  struct bytes groups, cpus; /* supplementary groups where uid or gid change; a processor mask, empty: the caller's */
  pid_t parent;
  int error; /* written by the child: why it did not become the program */
};

/* What must succeed, or the parent learns why not. */
#define MUST(call) do if ((call) < 0) { program->error = errno; _exit(127); } while (0)

/* What we asked for ourselves is not for programs: it is refused only where it was never changed. */
static void ordinary(const struct program *program) {
  sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){0});
  setpriority(PRIO_PROCESS, 0, 0);
  if (program->cpus.length > 0) sched_setaffinity(0, program->cpus.length, program->cpus.data);
  struct rlimit realtime;
  if (getrlimit(RLIMIT_RTTIME, &realtime) < 0) return;
  realtime.rlim_cur = realtime.rlim_max;
  setrlimit(RLIMIT_RTTIME, &realtime);
}

static int become_program(void *argument) {
  struct program *program = argument;
  for (int signal = 1; signal < NSIG; signal++) /* KILL and STOP refuse: fine */
    sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
  MUST(setpgid(0, 0));
  ordinary(program);

  int null = open("/dev/null", O_RDWR);
  MUST(null);
  for (int fd = 0; fd <= 2; fd++) MUST(dup2(null, fd));
  if (null > 2) close(null);
  /* Ours are close-on-exec already; this is for what our own parent left open. close_range(CLOEXEC), Linux 5.11. */
  syscall(436, 3U, ~0U, 1U << 2);

  int uid = program->uid, gid = program->gid;
  if (uid != -1 || gid != -1) MUST(syscall(SYS_setgroups, program->groups.length / sizeof(gid_t), program->groups.data));
  if (gid != -1) MUST(syscall(SYS_setresgid, gid, gid, gid));
  if (uid != -1) MUST(syscall(SYS_setresuid, uid, uid, uid));
  /* After the change of user, which would clear it. Our death before this line shows in getppid. */
  MUST(prctl(PR_SET_PDEATHSIG, SIGTERM));
  if (getppid() != program->parent) _exit(127);

  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  MUST(execvpe(program->argv[0], program->argv, program->env));
  return 0;
}

/* The pid, or -errno of the step that failed, execve included. */
static long start(struct program *program) {
  enum { STACK_SIZE = 256 * 1024 };
  char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return -errno;
  program->parent = getpid();
  sigset_t all, before;
  sigfillset(&all); /* on Linux, sigprocmask is about the calling thread */
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t pid = clone(become_program, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, program);
  int error = errno;
  sigprocmask(SIG_SETMASK, &before, NULL);
  munmap(stack, STACK_SIZE);
  if (pid < 0) return -error;
  if (program->error == 0) return pid;
  syscall(SYS_wait4, pid, NULL, 0, NULL); /* it has ended already */
  return -program->error;
}

static void free_list(char **list) {
  for (char **item = list; item != NULL && *item != NULL; item++) free(*item);
  free(list);
}

/* An array of strings as execve wants it: NULL-terminated. NULL with a pending TypeError otherwise. */
static char **string_list(napi_env env, napi_value array) {
  bool is_array = false;
  uint32_t count = 0;
  if (napi_is_array(env, array, &is_array) == napi_ok && is_array) napi_get_array_length(env, array, &count);
  char **list = is_array ? calloc((size_t)count + 1, sizeof *list) : NULL;
  for (uint32_t i = 0; list != NULL && i < count; i++) {
    napi_value item;
    size_t length;
    if (napi_get_element(env, array, i, &item) == napi_ok &&
        napi_get_value_string_utf8(env, item, NULL, 0, &length) == napi_ok && (list[i] = malloc(length + 1)) != NULL &&
        napi_get_value_string_utf8(env, item, list[i], length + 1, &length) == napi_ok && strlen(list[i]) == length)
      continue;
    free_list(list);
    list = NULL;
  }
  if (list == NULL) type_error(env, "an array of strings without NUL is expected");
  return list;
}

FUNCTION(spawn) {
  napi_value argv, variables, pid = NULL;
  struct program program = {0};
  if (!ARGUMENTS("vviiwb", &argv, &variables, &program.uid, &program.gid, &program.groups, &program.cpus)) return NULL;
  program.argv = string_list(env, argv);
  program.env = program.argv == NULL ? NULL : string_list(env, variables);
  if (program.env != NULL)
    pid = program.argv[0] == NULL ? type_error(env, "argv must not be empty") : number(env, start(&program));
  free_list(program.argv);
  free_list(program.env);
  return pid;
}

/* execve(2) of this very process: it comes back only where that failed. Our descriptors are close-on-exec. */
FUNCTION(exec) {
  napi_value argv, variables, refused = NULL;
  if (!ARGUMENTS("vv", &argv, &variables)) return NULL;
  char **words = string_list(env, argv), **list = words == NULL ? NULL : string_list(env, variables);
  if (list != NULL)
    refused = words[0] == NULL ? type_error(env, "argv must not be empty") : result(env, execve(words[0], words, list));
  free_list(words);
  free_list(list);
  return refused;
}
