import { startDirectory } from "./start.ts";

startDirectory();
