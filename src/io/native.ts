import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/**
 * The system calls of `native/`, as they are: no protocol, no policy. Every call that can fail returns `-errno`
 * instead of throwing; `KernelError` (kernel-error.ts) puts words to it. Structures cross as bytes built in TypeScript.
 */
export interface Native {
  /** socket(2) with SOCK_CLOEXEC|SOCK_NONBLOCK; the descriptor. */
  socket(family: number, type: number, protocol: number): number;
  close(fd: number): number;
  bind(fd: number, address: Uint8Array): number;
  /** connect(2); -EINPROGRESS is usual. */
  connect(fd: number, address: Uint8Array): number;
  /** getsockname(2) into `address`; its length. */
  getsockname(fd: number, address: Uint8Array): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array | number): number;
  /** SO_ATTACH_FILTER: only packets that the program, a row of `struct sock_filter`, lets pass are received. 0 or -errno. */
  attachFilter(fd: number, program: Uint8Array): number;
  /** getsockopt(2) into `value`; the length the kernel wrote. */
  getsockopt(fd: number, level: number, option: number, value: Uint8Array): number;
  /** sendmsg(2) with MSG_DONTWAIT|MSG_NOSIGNAL and `flags`; empty `address` or `control` are left out. Bytes sent. */
  sendmsg(fd: number, data: Uint8Array, address: Uint8Array, control: Uint8Array, flags: number): number;
  /**
   * sendmmsg(2): `count` datagrams of `size` bytes each, lying one behind the other in `arena`, all to `address`
   * (empty: connected or bound socket). Datagrams sent.
   */
  sendBatch(fd: number, arena: Uint8Array, size: number, count: number, address: Uint8Array): number;
  /**
   * recvmmsg(2), non-blocking. `arena` holds `slots` (at most 64) slots of `slotSize` bytes, each laid out as
   * name[128] control[256] data[slotSize - 384]; `lengths` gets 4 numbers a datagram: data, name and control length,
   * msg_flags. Datagrams received, or -EAGAIN.
   */
  recvBatch(fd: number, arena: Uint8Array, slots: number, slotSize: number, lengths: Int32Array): number;
  /** read(2) and write(2) on any descriptor. */
  read(fd: number, into: Uint8Array): number;
  write(fd: number, data: Uint8Array): number;
  /** timerfd_create(CLOCK_MONOTONIC). */
  timerCreate(): number;
  /** timerfd_settime, absolute, in whole microseconds; 0 disarms. */
  timerSet(fd: number, at: number): number;
  /** CLOCK_MONOTONIC in microseconds. */
  now(): number;
  /** CLOCK_REALTIME in microseconds since 1970. */
  wallClock(): number;
  schedSetscheduler(pid: number, policy: number, priority: number): number;
  /** sched_setaffinity(2) of a thread (0: the calling one): a bit for each processor, a multiple of 8 bytes. */
  schedSetaffinity(tid: number, cpus: Uint8Array): number;
  /** setpriority(2) of a thread (0: the calling one): its nice value. */
  setPriority(tid: number, nice: number): number;
  /**
   * mlockall(2) with MCL_CURRENT|MCL_FUTURE|MCL_ONFAULT. -EOPNOTSUPP where the addon was not in LD_PRELOAD when the
   * process began: V8 would end it.
   */
  mlockall(): number;
  munlockall(): number;
  /** malloc_trim(3): what is free goes back to the kernel; 1 where something was. */
  mallocTrim(): number;
  /** mlock2(2) with MLOCK_ONFAULT of a range of our own memory, as /proc/self/maps shows it. */
  mlock(address: number, length: number): number;
  prctl(option: number, argument: number): number;
  /** prlimit(2) of this process: sets soft and hard limit. */
  setrlimit(resource: number, soft: number, hard: number): number;
  ifNametoindex(name: string): number;
  /**
   * ioctl(2) on an interface: `ifreq` (40 bytes, its name first) goes in and comes back, unless there is `data`, which its
   * pointer leads to then; the kernel writes there as much as the command says.
   */
  interfaceIoctl(fd: number, request: number, ifreq: Uint8Array, data: Uint8Array): number;
  /** flock(2). */
  flock(fd: number, operation: number): number;
  /**
   * Starts argv[0] (looked for in PATH if it has no slash) with its own process group, empty signal mask, default signal
   * actions, SCHED_OTHER, nice 0, no limit of real-time, and /dev/null as standard input, output and error. `env` as
   * `NAME=value`. uid and gid -1 keep the caller's, otherwise `groups` are the supplementary groups. `cpus`: as for
   * schedSetaffinity; empty keeps the caller's. The child gets SIGTERM when the calling thread ends. The pid, or -errno of
   * what failed, execve included.
   */
  spawn(
    argv: readonly string[],
    env: readonly string[],
    uid: number,
    gid: number,
    groups: Int32Array,
    cpus: Uint8Array,
  ): number;
  /** execve(2): this process becomes argv[0], a path, and keeps its pid. Returns only where that failed. */
  exec(argv: readonly string[], env: readonly string[]): number;
  /** setns(2) of the calling thread alone. */
  setns(fd: number, type: number): number;
  /** pidfd_open(2): readable when the process has ended. */
  pidfdOpen(pid: number): number;
  /** mkfifo(3); the umask counts. */
  mkfifo(path: string, mode: number): number;
  /** waitpid(pid, WNOHANG): the raw wait status, or -1 while it runs, or -errno. */
  waitpid(pid: number): number;
  kill(pid: number, signal: number): number;
  /** signal(2) with SIG_IGN, also for what this process starts (but `spawn` resets it). For signals Node cannot handle. */
  ignoreSignal(signal: number): number;
  /** sigaction(2): an eventfd that is readable when the signal has come; to be read, and kept open while it is caught. */
  catchSignal(signal: number): number;
  /** inotify_init1(2); the descriptor gives `struct inotify_event`s. */
  inotifyInit(): number;
  /** inotify_add_watch(2) of a path that ends with NUL; the watch descriptor. */
  inotifyAdd(fd: number, path: Uint8Array, mask: number): number;
  inotifyRemove(fd: number, watch: number): number;
  /** A poller: one epoll descriptor under uv_poll. `onReady` is called for one descriptor at a time, events: EPOLL*. */
  pollerNew(onReady: (fd: number, events: number) => void): object;
  /** epoll_ctl(2): operation 1 add, 2 remove, 3 change. */
  pollerControl(poller: object, operation: number, fd: number, events: number): number;
  pollerClose(poller: object): void;
  /** Whether there is a libpcre2-8: 0 or -ENOENT. */
  patternOpen(): number;
  /**
   * pcre2_compile(3) and pcre2_jit_compile(3). `numbers` takes the match limit and both sizes of a JIT stack (0: the
   * library's) from its third on, and brings back all options and the longest lookbehind in characters, or, with undefined,
   * the error and its offset. Throws without the library.
   */
  patternCompile(pattern: Uint8Array, options: number, numbers: Int32Array): object | undefined;
  /**
   * pcre2_match(3). `numbers`: where the search starts, the last offset where a match may start (the pattern has
   * PCRE2_USE_OFFSET_LIMIT), options; its first brings back where the match, or the partial match, begins. The result as
   * there: negative without a match.
   */
  patternMatch(pattern: object, subject: Uint8Array, numbers: Int32Array): number;
  /** pcre2_get_error_message(3) into `text`; its length. */
  patternMessage(error: number, text: Uint8Array): number;
}

/** The file of the addon for this machine's architecture, built by `scripts/build.mjs` into `prebuilds/`. */
export const ADDON = find();

/** The addon. */
export const native: Native = createRequire(import.meta.url)(ADDON) as Native;

function find(): string {
  const here = fileURLToPath(import.meta.url);
  const root = here.slice(0, here.lastIndexOf(here.includes("/src/io/") ? "/src/io/" : "/dist/"));
  return `${root}/prebuilds/${process.platform}-${process.arch}/keepalived.node`;
}
