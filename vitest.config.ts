import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findChromium } from "./scripts/lib/needs.mjs";

const packages = fileURLToPath(new URL("./packages/", import.meta.url));

// Aliases rather than the @tocsin/source condition: global setup files do not see conditions.
const resolve = {
  alias: [
    { find: /^@tocsin\/(protocol|server-kit|client)$/, replacement: `${packages}$1/src/index.ts` },
    {
      find: /^@tocsin\/(protocol|server-kit|client)\/(.+)$/,
      replacement: `${packages}$1/src/$2/index.ts`,
    },
  ],
};

const chromium = findChromium();

// Quiet and self-contained: the browser under test has nobody to phone and no profile to keep.
const chromiumArgs = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

// One group after another: an npm install running beside a timing test would make it lie.
const after = (groupOrder: number) => ({ groupOrder });

export default defineConfig({
  resolve,
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.{ts,tsx}",
            "examples/*/src/**/*.test.{ts,tsx}",
            "bench/src/**/*.test.ts",
            "scripts/**/*.test.ts",
          ],
          sequence: after(0),
        },
      },
      {
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            checker: "./node_modules/typescript-7/bin/tsc",
            tsconfig: "./tsconfig.test.json",
            include: ["packages/*/src/**/*.test-d.ts"],
          },
          sequence: after(1),
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: [
            "packages/*/test/integration/**/*.test.ts",
            "examples/*/test/**/*.test.ts",
            "test/docs/**/*.test.ts",
            "faults/test/*.test.ts",
          ],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: after(2),
        },
      },
      ...(chromium === undefined
        ? []
        : [
            {
              extends: true as const,
              optimizeDeps: { include: ["react", "react-dom/client", "react/jsx-dev-runtime"] },
              test: {
                name: "browser",
                include: ["packages/client/test/browser/**/*.test.tsx"],
                sequence: after(3),
                browser: {
                  enabled: true,
                  headless: true,
                  screenshotFailures: false,
                  provider: playwright({
                    launchOptions: { executablePath: chromium, args: chromiumArgs },
                  }),
                  instances: [{ browser: "chromium" as const }],
                },
              },
            },
          ]),
      {
        test: {
          name: "packaging",
          globalSetup: ["./test/packaging/pack.ts"],
          include: ["test/packaging/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 600_000,
          sequence: after(4),
        },
      },
    ],
  },
});
