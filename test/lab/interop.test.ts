import { seconds } from "../../src/base/time.ts";
import { runMatrix } from "./matrix.ts";

runMatrix(seconds(1));
