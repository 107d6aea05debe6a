import { seconds } from "../../src/base/time.ts";
import { runMatrix } from "../lab/matrix.ts";
import { DURATION } from "./duration.ts";

runMatrix(Math.min(DURATION, seconds(60)));
