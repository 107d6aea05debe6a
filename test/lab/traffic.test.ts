import { proveTraffic } from "./traffic-laws.ts";

proveTraffic("brief");
