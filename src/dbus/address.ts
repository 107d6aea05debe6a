/** Where the system bus listens if the environment does not say so: D-Bus Specification 0.43, "Well-known Message Bus Instances". */
export const SYSTEM_BUS = "unix:path=/var/run/dbus/system_bus_socket";

/**
 * The unix sockets of a server address (`unix:path=/run/bus;unix:abstract=x`), in the order in which they are to be tried;
 * an abstract name begins with `@`. Other transports are left out. "Server Addresses".
 */
export function busSockets(address: string): readonly string[] {
  return address.split(";").flatMap((entry) => {
    const [, options] = /^unix:(.*)$/.exec(entry) ?? [];
    if (options === undefined) return [];
    const named = new Map(
      options.split(",").map((option): [string, string | undefined] => {
        const at = option.indexOf("=");
        return [option.slice(0, at), unescaped(option.slice(at + 1))];
      }),
    );
    const [path, abstract] = [named.get("path"), named.get("abstract")];
    if (path !== undefined) return [path];
    return abstract === undefined ? [] : [`@${abstract}`];
  });
}

/** `%20` stands for a blank, byte by byte; undefined where that makes no text. */
function unescaped(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
