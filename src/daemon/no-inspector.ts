/**
 * To be imported before anything else: without a handler, SIGUSR1 opens Node's inspector on a TCP port. What the signal
 * means is added later by the supervisor; the children leave it at this.
 */
process.on("SIGUSR1", () => {});
