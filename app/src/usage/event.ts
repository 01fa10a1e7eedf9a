import type { LabelValue } from "@watchkeeper/catalogue/labels";

/** Something that a person did, as the business figures count it. */
export interface UsageEvent {
  readonly kind: LabelValue<"business_event">;
  readonly tenantId: string;
  readonly userId: string;
  /** What was searched for; without it, a search of everybody. */
  readonly term?: string;
  /** Whose profile was seen or changed. */
  readonly subjectId?: string;
}

/** Takes note of an event. Never throws and never waits. */
export type RecordUsage = (event: UsageEvent) => void;
