import { ip } from "../../src/base/ip.ts";
import type { IpvsService } from "../../src/base/ipvs.ts";
import { statusRequest } from "../../src/io/link-probe.ts";
import { deviceName, ipMreqn, sockaddrIp, sockaddrLl, sockaddrNl, sockaddrUn } from "../../src/io/sockaddr.ts";
import { addAddress, virtualAddress } from "../../src/netlink/address.ts";
import { bytesAttribute, decodeAttributes, readNested } from "../../src/netlink/attributes.ts";
import { IFA_CACHEINFO, IPVS_CMD_ATTR_SERVICE, IPVS_SVC_ATTR_FLAGS } from "../../src/netlink/constants.ts";
import { genericBody } from "../../src/netlink/genetlink.ts";
import { ipvsRequests } from "../../src/netlink/ipvs.ts";
import { encodeMessages } from "../../src/netlink/message.ts";

/** A structure as TypeScript writes it, and what C must find in its members (`s` is the pointer to it). */
export interface Sample {
  readonly struct: string;
  readonly bytes: Uint8Array;
  readonly size: "whole" | "prefix"; // whether the structure is all of the bytes, or their beginning
  readonly members: Readonly<Record<string, number>>; // C expression -> value
}

const address = addAddress(
  virtualAddress(ip("2001:db8::1"), {
    ifindex: 7,
    prefixLength: 128,
    scope: 253,
    label: undefined,
    broadcast: undefined,
  }),
);
const service: IpvsService = {
  protocol: "tcp",
  address: ip("192.0.2.1"),
  port: 80,
  scheduler: "rr",
  flags: 0x18,
  timeout: 0,
  netmask: 32,
  engine: undefined,
};
const serviceAttributes = readNested(
  decodeAttributes(ipvsRequests(30).newService(service).body.subarray(4)),
  IPVS_CMD_ATTR_SERVICE,
);
const missing = new Uint8Array(0);

export const SAMPLES: readonly Sample[] = [
  {
    struct: "struct sockaddr_in",
    bytes: sockaddrIp(ip("192.0.2.1"), 0x1234),
    size: "whole",
    members: { "s->sin_family": 2, "ntohs(s->sin_port)": 0x1234, "ntohl(s->sin_addr.s_addr)": 0xc0000201 },
  },
  {
    struct: "struct sockaddr_in6",
    bytes: sockaddrIp(ip("2001:db8::9"), 0x1234, 7),
    size: "whole",
    members: {
      "s->sin6_family": 10,
      "ntohs(s->sin6_port)": 0x1234,
      "s->sin6_flowinfo": 0,
      "s->sin6_addr.s6_addr[0]": 0x20,
      "s->sin6_addr.s6_addr[15]": 9,
      "s->sin6_scope_id": 7,
    },
  },
  {
    struct: "struct sockaddr_ll",
    bytes: sockaddrLl(7, 0x0806),
    size: "whole",
    members: { "s->sll_family": 17, "ntohs(s->sll_protocol)": 0x0806, "s->sll_ifindex": 7, "s->sll_halen": 0 },
  },
  {
    struct: "struct sockaddr_nl",
    bytes: sockaddrNl(0x80000101),
    size: "whole",
    members: { "s->nl_family": 16, "s->nl_pid": 0, "s->nl_groups": 0x80000101 },
  },
  {
    struct: "struct sockaddr_un",
    bytes: sockaddrUn("/dev/log"),
    size: "prefix",
    members: { "s->sun_family": 1, "s->sun_path[0]": 0x2f, "s->sun_path[7]": 0x67, "s->sun_path[8]": 0 },
  },
  {
    struct: "struct sockaddr_un",
    bytes: sockaddrUn("@name"),
    size: "prefix",
    members: { "s->sun_family": 1, "s->sun_path[0]": 0, "s->sun_path[1]": 0x6e, length: 7 },
  },
  {
    struct: "struct ip_mreqn",
    bytes: ipMreqn(ip("224.0.0.18"), 7),
    size: "whole",
    members: { "ntohl(s->imr_multiaddr.s_addr)": 0xe0000012, "s->imr_address.s_addr": 0, "s->imr_ifindex": 7 },
  },
  {
    struct: "struct ifreq", // SO_BINDTODEVICE takes its name alone
    bytes: deviceName("eth0"),
    size: "prefix",
    members: { "s->ifr_name[0]": 0x65, "s->ifr_name[4]": 0 },
  },
  {
    struct: "struct ifreq", // with a struct mii_ioctl_data in it
    bytes: statusRequest("eth0"),
    size: "whole",
    members: {
      "s->ifr_name[3]": 0x30,
      "((struct mii_ioctl_data *)&s->ifr_ifru)->reg_num": 1,
      "(char *)&((struct mii_ioctl_data *)&s->ifr_ifru)->val_out - (char *)s": 22,
      "(char *)&s->ifr_flags - (char *)s": 16,
    },
  },
  {
    struct: "struct nlmsghdr",
    bytes: encodeMessages([{ type: 20, flags: 0x305, sequence: 0xfffffffe, body: new Uint8Array(0) }]),
    size: "whole",
    members: {
      "s->nlmsg_len": 16,
      "s->nlmsg_type": 20,
      "s->nlmsg_flags": 0x305,
      "s->nlmsg_seq": 0xfffffffe,
      "s->nlmsg_pid": 0,
    },
  },
  {
    struct: "struct nlattr",
    bytes: bytesAttribute(0x8003, new Uint8Array(5)),
    size: "prefix",
    members: { "s->nla_len": 9, "s->nla_type": 0x8003, "NLA_ALIGN(s->nla_len)": 12, length: 12 },
  },
  {
    struct: "struct ifaddrmsg",
    bytes: address.body,
    size: "prefix",
    members: { "s->ifa_family": 10, "s->ifa_prefixlen": 128, "s->ifa_scope": 253, "s->ifa_index": 7 },
  },
  {
    struct: "struct ifa_cacheinfo",
    bytes: decodeAttributes(address.body.subarray(8)).get(IFA_CACHEINFO) ?? missing,
    size: "whole",
    members: { "s->ifa_prefered": 0, "s->ifa_valid": 0xffffffff, "s->cstamp": 0, "s->tstamp": 0 },
  },
  {
    struct: "struct genlmsghdr",
    bytes: genericBody(3, 1),
    size: "whole",
    members: { "s->cmd": 3, "s->version": 1, "s->reserved": 0 },
  },
  {
    struct: "struct ip_vs_flags",
    bytes: serviceAttributes.get(IPVS_SVC_ATTR_FLAGS) ?? missing,
    size: "whole",
    members: { "s->flags": 0x18, "s->mask": 0xffffffff },
  },
];
