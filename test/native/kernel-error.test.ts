import { expect, test } from "vitest";
import { check, failure, KernelError } from "../../src/io/kernel-error.ts";

test("a kernel error says what was tried, the error's name and its words", () => {
  expect(new KernelError("cannot add address 192.0.2.254/32 to eth0", 17)).toMatchObject({
    name: "KernelError",
    code: "EEXIST",
    errno: 17,
    message: "cannot add address 192.0.2.254/32 to eth0: EEXIST (File exists)",
  });
});

test("the kernel's own text follows where it gave one", () => {
  expect(new KernelError("cannot ask", 22, "Invalid prefix length").message).toBe(
    "cannot ask: EINVAL (Invalid argument): Invalid prefix length",
  );
});

test("an error number that Linux does not have is said all the same", () => {
  expect(new KernelError("x", 999).message).toBe("x: E999 (Unknown error 999)");
});

test("a result that is not negative passes", () => {
  expect(check(0, "x")).toBe(0);
  expect(check(7, "x")).toBe(7);
  expect(() => check(-13, "x")).toThrow("x: EACCES (Permission denied)");
  expect(failure(0, "x")).toBeUndefined();
  expect(failure(-1, "x")?.code).toBe("EPERM");
});
