import { expect, test } from "vitest";
import { whyStale } from "./setup.mjs";

const lock = {
  packages: {
    "": { version: "1.0.0" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/other-platform": { version: "1.0.0", optional: true },
  },
};
const installedWith = (packages: object) => ({
  packages: { "node_modules/a": lock.packages["node_modules/a"], ...packages },
});

test("an install without another platform's binaries is complete", () => {
  expect(whyStale(lock, installedWith({}))).toBeUndefined();
});

test("a package that was never installed is named", () => {
  expect(whyStale(lock, { packages: {} })).toBe("node_modules/a is missing");
});

test("the same version with other contents is not the same package", () => {
  const other = installedWith({ "node_modules/a": { version: "1.0.0", integrity: "sha512-b" } });
  expect(whyStale(lock, other)).toBe("node_modules/a is another version");
});
