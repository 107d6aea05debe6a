import type { Change } from "./plan.ts";

/** Errors of the kernel that have words of their own; numbers of Linux. */
const [EPERM, ENOENT, ESRCH, EEXIST, EINVAL] = [1, 2, 3, 17, 22];

/** What ipvsadm(8) says of the kernel's refusal; `text` is strerror(3)'s, for what it has no words for. */
export function refusalWords(type: Change["type"] | "list", errno: number, text: string): string {
  switch (errno) {
    case EPERM:
      return "Permission denied (you must be root)";
    case EEXIST:
      return type === "start-daemon"
        ? "Daemon has already run"
        : type === "add-server"
          ? "Destination already exists"
          : "Service already exists";
    case ENOENT:
      return type === "add-service" || type === "edit-service"
        ? "Scheduler or persistence engine not found"
        : "No such destination";
    case ESRCH:
      if (type === "stop-daemon") return "No daemon is running";
      return type === "add-server" || type === "edit-server" || type === "delete-server"
        ? "Service not defined"
        : "No such service";
    case EINVAL:
      return "Invalid operation.  Possibly wrong module version, address not unicast, ...";
    default:
      return text;
  }
}
