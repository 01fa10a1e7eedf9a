import { runProcess } from "@watchkeeper/process/main";
import { run } from "./run.ts";

await runProcess("console", run);
