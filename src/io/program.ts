import { failure, type KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";

/**
 * This process begins anew as `argv`, whose first word is a path: with its pid, its environment, its user and whatever
 * else execve(2) keeps, such as the network namespace of this thread. Returns only where it is refused.
 */
export function becomeProgram(argv: readonly string[]): KernelError | undefined {
  const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  return failure(native.exec(argv, environment), `cannot start ${argv[0]} again`);
}
