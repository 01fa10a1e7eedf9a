/** The teams that own services and alerts. An alert's `owner` label is one of these names. */
export const teams = {
  directory: { title: "Company Directory" },
  platform: { title: "Platform" },
} as const;

export type TeamName = keyof typeof teams;
