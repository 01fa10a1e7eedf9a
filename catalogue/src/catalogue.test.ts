import { expect, test } from "vitest";
import { labels } from "./labels.ts";
import { metrics, metricsOf } from "./metrics/all.ts";
import { recorded, sloSeries } from "./names.ts";
import { address, DEFAULT_PORT_BASE, type Service, type ServiceName, services } from "./services.ts";

const all = Object.entries<Service>(services) as [ServiceName, Service][];

test("no two metrics share a name", () => {
  const names = metrics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("every metric is emitted by a service of ours that Prometheus scrapes", () => {
  for (const { name, emittedBy } of metrics) {
    expect(emittedBy.length, name).toBeGreaterThan(0);
    for (const service of emittedBy)
      expect(services[service], name).toMatchObject({ ours: true, scrapePort: "ops" });
  }
});

test("the metrics of a service are those that name it", () => {
  expect(metricsOf("collector").map(({ name }) => name)).toContain("auth_active_sessions");
  expect(metricsOf("app").map(({ name }) => name)).not.toContain("auth_active_sessions");
});

test("closed labels list each value once, and bounded ones a bound that Prometheus can bear", () => {
  for (const [name, label] of Object.entries(labels)) {
    if (label.kind === "bounded") expect(label.maxValues, name).toBeLessThanOrEqual(200);
    else expect(new Set(label.values).size, name).toBe(label.values.length);
  }
});

test("no two services share a port, and all ports can move together", () => {
  const ports = all.flatMap(([, service]) => Object.values(service.ports));
  expect(new Set(ports).size).toBe(ports.length);
  for (const port of ports) {
    expect(port - DEFAULT_PORT_BASE).toBeGreaterThanOrEqual(0);
    expect(port - DEFAULT_PORT_BASE).toBeLessThan(100);
  }
});

test("a service is scraped on a port that it has", () => {
  for (const [name, service] of all) {
    if (service.scrapePort !== undefined)
      expect(Object.keys(service.ports), name).toContain(service.scrapePort);
  }
});

test("an address is a service and a port of its own", () => {
  expect(address("app", "ops")).toBe("app:4702");
  // @ts-expect-error the inbox has no port for operators
  expect(address("inbox", "ops")).toBe("inbox:undefined");
});

test("recorded series are named level:metric:operations", () => {
  for (const name of Object.values({ ...recorded, ...sloSeries }))
    expect(name).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/);
});
