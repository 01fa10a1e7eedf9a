import { defineConfig } from "vitest/config";

const unit = {
  test: {
    name: "unit",
    include: [
      "*/src/**/*.test.ts",
      "compose/{native,docker}/src/**/*.test.ts",
      "chaos/**/*.test.ts",
      "grafana/plugins/slo-budget/{src,build}/**/*.test.ts",
    ],
    globalSetup: ["testing/src/global-setup.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
};

const endToEnd = {
  test: {
    name: "e2e",
    include: ["compose/e2e/**/*.test.ts"],
    globalSetup: ["compose/e2e/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
};

export default defineConfig({ test: { maxWorkers: 2, projects: [unit, endToEnd] } });
