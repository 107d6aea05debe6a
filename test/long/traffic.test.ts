import { proveTraffic } from "../lab/traffic-laws.ts";

proveTraffic("whole");
