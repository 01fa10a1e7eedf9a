import type { TeamName } from "./teams.ts";

/**
 * Everything that runs, with the ports it listens on. A name here is also the Prometheus job and the host
 * name inside a container network. The ports are the defaults; where the suite runs natively they move
 * together with WATCHKEEPER_PORT_BASE.
 */
export interface Service {
  readonly title: string;
  readonly owner: TeamName;
  /** Default ports by purpose. */
  readonly ports: Readonly<Record<string, number>>;
  /** The port whose /metrics Prometheus scrapes. Without it the service is not scraped. */
  readonly scrapePort?: string;
  /** Whether our own code runs in it (the others are servers and exporters that we only configure). */
  readonly ours: boolean;
}

/** The port that all default ports are counted from. */
export const DEFAULT_PORT_BASE = 4700;

export const services = {
  console: {
    title: "Console",
    owner: "platform",
    ports: { http: 4700, ops: 4706 },
    scrapePort: "ops",
    ours: true,
  },
  app: {
    title: "Company Directory",
    owner: "directory",
    ports: { http: 4701, ops: 4702 },
    scrapePort: "ops",
    ours: true,
  },
  collector: {
    title: "Collector",
    owner: "platform",
    ports: { http: 4707, ops: 4703 },
    scrapePort: "ops",
    ours: true,
  },
  pager: {
    title: "Pager",
    owner: "platform",
    ports: { http: 4704, ops: 4705 },
    scrapePort: "ops",
    ours: true,
  },
  prometheus: {
    title: "Prometheus",
    owner: "platform",
    ports: { http: 4710 },
    scrapePort: "http",
    ours: false,
  },
  alertmanager: {
    title: "Alertmanager",
    owner: "platform",
    ports: { http: 4711 },
    scrapePort: "http",
    ours: false,
  },
  "node-exporter": {
    title: "Host metrics",
    owner: "platform",
    ports: { http: 4712 },
    scrapePort: "http",
    ours: false,
  },
  "postgres-exporter": {
    title: "PostgreSQL metrics",
    owner: "platform",
    ports: { http: 4713 },
    scrapePort: "http",
    ours: false,
  },
  "redis-exporter": {
    title: "Redis metrics",
    owner: "platform",
    ports: { http: 4714 },
    scrapePort: "http",
    ours: false,
  },
  "blackbox-exporter": {
    title: "Probes from outside",
    owner: "platform",
    ports: { http: 4715 },
    scrapePort: "http",
    ours: false,
  },
  "directory-postgres": {
    title: "Directory's PostgreSQL",
    owner: "directory",
    ports: { postgres: 4720 },
    ours: false,
  },
  "pager-postgres": {
    title: "Pager's PostgreSQL",
    owner: "platform",
    ports: { postgres: 4721 },
    ours: false,
  },
  redis: { title: "Redis", owner: "directory", ports: { redis: 4722 }, ours: false },
  inbox: { title: "Stand-in inbox", owner: "platform", ports: { http: 4730, smtp: 4731 }, ours: true },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof services;

/** `host:port` as the generated configuration writes it, such as `app:4702`. */
export function address<Name extends ServiceName>(
  name: Name,
  port: keyof (typeof services)[Name]["ports"] & string,
): string {
  const ports: Readonly<Record<string, number>> = services[name].ports;
  return `${name}:${ports[port]}`;
}
