/**
 * The arguments of `keepalived-ts ipvs ...`, or of a link to us named `ipvsadm`, `ipvsadm-save` or `ipvsadm-restore`.
 * `argv`: node, the program as it was called, its arguments. Undefined: something else is meant.
 */
export function ipvsArguments(argv: readonly string[]): readonly string[] | undefined {
  const [, program = "", ...args] = argv;
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (name === "ipvsadm") return args;
  if (name === "ipvsadm-save") return ["-S", ...args];
  if (name === "ipvsadm-restore") return ["-R", ...args];
  return args[0] === "ipvs" ? args.slice(1) : undefined;
}
