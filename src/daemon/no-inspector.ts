/**
 * To be imported before anything else: without a handler, SIGUSR1 opens Node's inspector on a TCP port, and SIGHUP or
 * SIGUSR2 end a daemon that is only starting. What the signals mean is added later by the supervisor.
 */
for (const signal of ["SIGUSR1", "SIGUSR2", "SIGHUP"] as const) process.on(signal, () => {});
