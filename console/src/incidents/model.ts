/** What the pager tells about an incident. Times are ISO 8601. */
export interface Incident {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly severity: "page" | "ticket" | "info";
  readonly state: "triggered" | "acknowledged" | "resolved";
  readonly service: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly resolvedAt: string | null;
  readonly runbookUrl: string | null;
  readonly dashboardUrl: string | null;
  readonly panelUrl: string | null;
  readonly logsUrl: string | null;
  readonly alerts: number;
}

export interface IncidentDetails extends Incident {
  readonly description: string;
  readonly timeline: readonly { readonly at: string; readonly kind: string; readonly text: string }[];
  readonly deliveries: readonly {
    readonly channel: string;
    readonly kind: string;
    readonly state: string;
    readonly reason: string | null;
    readonly attempts: number;
    readonly sentAt: string | null;
  }[];
}
