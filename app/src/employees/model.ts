import { z } from "zod";
import { roles } from "../role.ts";

export const summarySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  title: z.string(),
  department: z.string(),
  location: z.string(),
});

export const profileSchema = summarySchema.extend({
  phone: z.string(),
  role: z.enum(roles),
  manager: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** Counts updates; an update must name the version that it has seen. */
  version: z.number().int(),
  updatedAt: z.iso.datetime(),
});

export type EmployeeSummary = z.infer<typeof summarySchema>;
export type EmployeeProfile = z.infer<typeof profileSchema>;

/** A page of people. */
export const pageSchema = z.object({
  employees: z.array(summarySchema),
  /** Absent where nothing is spelt like the search, so the page shows what is spelt much like it. */
  isApproximate: z.boolean(),
  /** Where the next page begins; null on the last. */
  nextCursor: z.string().nullable(),
});

export type EmployeePage = z.infer<typeof pageSchema>;

/** Somebody in the reporting line, with how many report to them directly. */
export const chartEntrySchema = summarySchema.extend({ reports: z.number().int() });

export const chartSchema = z.object({
  /** From the head of the company down to the manager. */
  managers: z.array(chartEntrySchema),
  employee: chartEntrySchema,
  /** Who reports to the person directly, by name. */
  reports: z.array(chartEntrySchema),
});

export type ChartEntry = z.infer<typeof chartEntrySchema>;
export type Chart = z.infer<typeof chartSchema>;
