/*
 * The system calls that Node lacks, as they are: no protocol, no policy. src/io/native.ts says what each one does.
 *
 *   - A wrong argument type throws a TypeError. What the kernel refuses comes back as -errno, and TypeScript puts words
 *     to it (src/io/kernel-error.ts).
 *   - Every descriptor is born close-on-exec and non-blocking, and lives until its owner calls close().
 *   - Structures (sockaddr, options, packets) cross as bytes, built and read in TypeScript.
 *   - There are no globals, so any number of worker threads may load the addon; but for the table of caught signals, as
 *     what a signal does belongs to the process, and for the functions of libpcre2.
 */
#pragma once

#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <node_api.h>

/* What the addon offers, by file. */
#define FUNCTIONS(F) \
  /* socket.c  */ F(socket) F(close) F(bind) F(connect) F(getsockname) F(setsockopt) F(getsockopt) F(attachFilter) \
                  F(sendmsg) F(sendBatch) F(recvBatch) F(read) F(write) F(ifNametoindex) F(interfaceIoctl) \
  /* process.c */ F(timerCreate) F(timerSet) F(now) F(wallClock) F(schedSetscheduler) F(schedSetaffinity) F(setPriority) \
                  F(mlock) F(munlockall) F(mallocTrim) F(prctl) F(setrlimit) F(flock) \
                  F(pidfdOpen) F(mkfifo) F(waitpid) F(kill) F(ignoreSignal) F(catchSignal) F(setns) \
  /* spawn.c   */ F(spawn) F(exec) \
  /* locked.c  */ F(mlockall) \
  /* inotify.c */ F(inotifyInit) F(inotifyAdd) F(inotifyRemove) \
  /* poller.c  */ F(pollerNew) F(pollerControl) F(pollerClose) \
  /* pcre2.c   */ F(patternOpen) F(patternCompile) F(patternMatch) F(patternMessage)

#define FUNCTION(name) napi_value native_##name(napi_env env, napi_callback_info info)
#define DECLARE(name) FUNCTION(name);
FUNCTIONS(DECLARE)

/* The memory of a Uint8Array or Int32Array. Valid until control returns to JavaScript. */
struct bytes {
  void *data;
  size_t length; /* in bytes */
};

/*
 * Reads the arguments of a call, one letter each:
 *   i  int *           an integer that fits into 32 bits
 *   d  double *        a number, NaN included
 *   b  struct bytes *  a Uint8Array (a Buffer is one)
 *   w  struct bytes *  an Int32Array
 *   v  napi_value *    anything; the function checks it itself
 * On a mismatch it is false with a TypeError pending, and the function returns NULL.
 */
bool read_arguments(napi_env env, napi_callback_info info, const char *format, ...);
#define ARGUMENTS(...) read_arguments(env, info, __VA_ARGS__)

/* A function that is one system call of integers `a, b, c`, or of a descriptor and bytes. */
#define OF_INTEGERS(name, format, call) FUNCTION(name) { \
  int a = 0, b = 0, c = 0; \
  return ARGUMENTS(format, &a, &b, &c) ? result(env, call) : NULL; \
}
#define OF_BYTES(name, call) FUNCTION(name) { \
  int fd; \
  struct bytes bytes; \
  return ARGUMENTS("ib", &fd, &bytes) ? result(env, call) : NULL; \
}

/* Leaves a TypeError pending. Returns NULL, for `return type_error(env, "...")`. */
napi_value type_error(napi_env env, const char *message);

/* The result of a system call: its value, or -errno where it is negative. */
napi_value result(napi_env env, long value);

/* A value that is no system call's result. */
napi_value number(napi_env env, double value);
