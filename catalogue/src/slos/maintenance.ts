import { defineMaintenance, type MaintenanceWindow } from "../maintenance.ts";
import { slos } from "./all.ts";

/** Planned work on what promises are about; there is none at the moment. A window that is over may be taken out. */
export const maintenance: readonly MaintenanceWindow[] = defineMaintenance(
  [],
  slos.map(({ name }) => name),
);
