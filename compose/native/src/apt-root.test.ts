import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchPackages, libraryPath } from "./apt-root.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchkeeper-apt-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("on a host without apt one is told what to install", async () => {
  const none = { get: "/nowhere/apt-get", unpack: "/nowhere/dpkg-deb" };
  await expect(
    fetchPackages(folder, ["prometheus"], () => undefined, ["prometheus 2.42 or newer"], none),
  ).rejects.toThrow(
    "Cannot find prometheus 2.42 or newer and this host has no apt to fetch them with: install them so that they are on the PATH",
  );
});

test("a fetch that fails says why and leaves nothing half done", async () => {
  const broken = { get: "/bin/false", unpack: "/bin/true" };
  await expect(
    fetchPackages(folder, ["prometheus"], () => undefined, ["prometheus"], broken),
  ).rejects.toThrow(/^Cannot fetch prometheus with apt as \/bin\/false ended with code 1/);
  await expect(
    fetchPackages(folder, ["prometheus"], () => undefined, ["prometheus"], broken),
  ).rejects.toThrow();
});

test("libraries that a package keeps in a folder of its own are found, other folders are left out", () => {
  const multiarch = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  const libraries = join(folder, "usr/lib", multiarch);
  for (const [name, file] of [
    ["pulseaudio", "libpulsecommon-16.1.so"],
    ["cmake", "config.cmake"],
  ] as const) {
    mkdirSync(join(libraries, name), { recursive: true });
    writeFileSync(join(libraries, name, file), "");
  }
  expect(libraryPath(folder)).toBe(`${libraries}:${join(libraries, "pulseaudio")}`);
});
