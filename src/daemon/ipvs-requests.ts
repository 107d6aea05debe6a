import type { Change } from "../command/ipvs/plan.ts";
import type { IpvsRequestsByRow } from "../io/ipvs-rows.ts";
import type { Request } from "../netlink/conversation.ts";

/** What a change is asked for by. */
export function requestOf(change: Change, to: IpvsRequestsByRow): Request {
  switch (change.type) {
    case "add-service":
      return to.addService(change.service);
    case "edit-service":
      return to.editService(change.service);
    case "delete-service":
      return to.deleteService(change.place);
    case "add-server":
      return to.addServer(change.place, change.server);
    case "edit-server":
      return to.editServer(change.place, change.server);
    case "delete-server":
      return to.deleteServer(change.place, change.server);
    case "clear":
      return to.clear();
    case "zero":
      return to.zero(change.place);
    case "set-timeouts":
      return to.changeTimeouts(change.timeouts);
    case "start-daemon":
      return to.newDaemon(change.daemon);
    case "stop-daemon":
      return to.deleteDaemon(change.daemon);
  }
}
