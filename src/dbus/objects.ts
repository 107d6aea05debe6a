import type { DbusVariant } from "../wire/dbus-value.ts";

/** What an interface offers. Its methods take nothing and return nothing. */
export interface DbusInterface {
  readonly name: string;
  readonly methods: readonly string[];
  readonly signals: readonly { readonly name: string; readonly argument?: DbusArgument }[];
  readonly properties: readonly { readonly name: string; readonly type: string }[]; // to be read, not written
}

interface DbusArgument {
  readonly name: string;
  readonly type: string;
}

/** An object on the bus. */
export interface DbusObject {
  readonly path: string;
  readonly interface: DbusInterface;
  readonly read: (property: string) => DbusVariant; // of those that the interface has
}

/** Objects by their paths, with the nodes above them. */
export interface ObjectTree {
  readonly objects: ReadonlyMap<string, DbusObject>;
  readonly children: ReadonlyMap<string, ReadonlySet<string>>; // names below a path
}

/** Of two objects with one path the first counts. */
export function objectTree(list: readonly DbusObject[]): ObjectTree {
  const objects = new Map<string, DbusObject>();
  const children = new Map<string, Set<string>>();
  for (const object of list) {
    if (objects.has(object.path)) continue;
    objects.set(object.path, object);
    for (let path = object.path; path !== "/"; ) {
      const at = path.lastIndexOf("/");
      const above = at === 0 ? "/" : path.slice(0, at);
      const names = children.get(above) ?? new Set();
      if (names.has(path.slice(at + 1))) break;
      children.set(above, names.add(path.slice(at + 1)));
      path = above;
    }
  }
  return { objects, children };
}

/** What `org.freedesktop.DBus.Introspectable.Introspect` answers for a path, also one where nothing is. */
export function introspection({ objects, children }: ObjectTree, path: string): string {
  const object = objects.get(path);
  const names = [...(children.get(path) ?? [])];
  return [
    ...DOCTYPE,
    "<node>",
    ...(object === undefined ? [] : [...STANDARD, ...describe(object.interface)]),
    ...names.map((name) => `  <node name="${name}"/>`),
    "</node>",
    "",
  ].join("\n");
}

/** Names and types that need no escape. */
function describe({ name, methods, signals, properties }: DbusInterface): string[] {
  return [
    `  <interface name="${name}">`,
    ...methods.map((method) => `    <method name="${method}"/>`),
    ...signals.flatMap(({ name: signal, argument }) =>
      argument === undefined
        ? [`    <signal name="${signal}"/>`]
        : [
            `    <signal name="${signal}">`,
            `      <arg type="${argument.type}" name="${argument.name}"/>`,
            "    </signal>",
          ],
    ),
    ...properties.map(({ name: property, type }) => `    <property type="${type}" name="${property}" access="read"/>`),
    "  </interface>",
  ];
}

/** D-Bus Specification 0.43, "Introspection Data Format". */
const DOCTYPE = [
  '<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"',
  ' "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">',
];

/** "Standard Interfaces": what every object has. */
const STANDARD = `  <interface name="org.freedesktop.DBus.Properties">
    <method name="Get">
      <arg type="s" name="interface_name" direction="in"/>
      <arg type="s" name="property_name" direction="in"/>
      <arg type="v" name="value" direction="out"/>
    </method>
    <method name="GetAll">
      <arg type="s" name="interface_name" direction="in"/>
      <arg type="a{sv}" name="properties" direction="out"/>
    </method>
    <method name="Set">
      <arg type="s" name="interface_name" direction="in"/>
      <arg type="s" name="property_name" direction="in"/>
      <arg type="v" name="value" direction="in"/>
    </method>
    <signal name="PropertiesChanged">
      <arg type="s" name="interface_name"/>
      <arg type="a{sv}" name="changed_properties"/>
      <arg type="as" name="invalidated_properties"/>
    </signal>
  </interface>
  <interface name="org.freedesktop.DBus.Introspectable">
    <method name="Introspect">
      <arg type="s" name="xml_data" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.DBus.Peer">
    <method name="Ping"/>
    <method name="GetMachineId">
      <arg type="s" name="machine_uuid" direction="out"/>
    </method>
  </interface>`.split("\n");
