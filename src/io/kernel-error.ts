import { errnoName, errnoText } from "./errno.ts";

/**
 * The kernel's refusal, in words: `cannot add address 192.0.2.254/32 to eth0: EEXIST (File exists)`, followed by the
 * kernel's extended-ACK text where it gave one.
 */
export class KernelError extends Error {
  override readonly name = "KernelError";
  readonly code: string; //  EEXIST
  readonly errno: number; // 17, positive
  readonly text: string; //  File exists

  /** `what` was tried, such as `cannot add …`; `errno` is positive. */
  constructor(what: string, errno: number, kernelText?: string) {
    const code = errnoName(errno);
    const text = errnoText(errno);
    super(`${what}: ${code} (${text})${kernelText === undefined ? "" : `: ${kernelText}`}`);
    this.code = code;
    this.errno = errno;
    this.text = text;
  }
}

/** The result of a native call. Throws KernelError where it is -errno. */
export function check(result: number, what: string): number {
  if (result < 0) throw new KernelError(what, -result);
  return result;
}

/** The same for a failure that is no reason to stop: returned instead of thrown. */
export function failure(result: number, what: string): KernelError | undefined {
  return result < 0 ? new KernelError(what, -result) : undefined;
}
