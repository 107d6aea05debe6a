/** What ours and keepalived did on interfaces that this machine may lack: ipvlan, VRF, a card with a PHY. */
export interface LinksRecord {
  readonly ipvlan: IpvlanRecord;
  readonly six: SixRecord;
  readonly vrf: VrfRecord;
  readonly mii: MiiRecord;
}

/** One side each, as `ip` shows it. */
export interface Sides {
  readonly ours: readonly string[];
  readonly keepalived: readonly string[];
}

/** `use_ipvlan` over IPv4; we have strict reverse path filtering. */
export interface IpvlanRecord {
  readonly links: Sides; //                  `ipv0@eth0 vepa group 7`
  readonly addresses: Sides; //              while we are master
  readonly senders: readonly string[]; //    `192.0.2.21 ours`, whose MAC address
  readonly answers: string; //               who answers ARP for the VIP
  readonly respawn: { readonly before: string; readonly after: string }; // index and name of the ipvlan
  readonly killed: { readonly links: readonly string[]; readonly theirState: string };
  readonly again: {
    readonly links: readonly string[]; //    with another mode
    readonly addresses: readonly string[];
    readonly state: string; //               five seconds later: whether it hears the master
  };
  readonly restored: readonly string[]; //   addresses after somebody removed the ipvlan's own
  readonly reloaded: { readonly addresses: readonly string[]; readonly senders: readonly string[] };
  readonly left: { readonly links: readonly string[]; readonly settings: string };
  readonly log: readonly string[];
}

/** `use_ipvlan` over IPv6, without an address of its own. */
export interface SixRecord {
  readonly links: Sides;
  readonly addresses: Sides;
  readonly theirState: string;
  readonly backup: string; // our state five seconds after we came as backup
  readonly log: readonly string[];
}

/** Interfaces in a VRF: one instance plain, one with use_vmac, one unicast without interface. */
export interface VrfRecord {
  readonly first: Instances; //    we have the priority
  readonly routes: Sides; //       of the VRF's table and of table 20, each side while it is master
  readonly later: readonly string[]; // our routes of table 20 after its VRF was made
  readonly master: readonly string[]; // interfaces in the VRF
  readonly second: Instances; //   after we were stopped
  readonly third: Instances; //    five seconds after we came back as backup
  readonly left: readonly string[];
  readonly log: readonly string[];
}

/** A card with a PHY, `nic0`: tracked and polled, unplugged and plugged in again. */
export interface MiiRecord {
  readonly plugged: string; // the state
  readonly unplugged: string;
  readonly again: string;
  readonly log: readonly string[];
}

/** `VI_1 MASTER`. */
export interface Instances {
  readonly ours: readonly string[];
  readonly keepalived: readonly string[];
}
