import { defineConfig, type Options } from "tsup";

/** The one place that knows how a package is built. */
export const lib = (entry: Record<string, string>, options: Options = {}) =>
  defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    clean: true,
    // Without shared chunks each CommonJS entry gets its own copy of a class, and instanceof breaks.
    splitting: true,
    treeshake: true,
    dts: {
      // Our owners are disposable; a user whose "lib" predates that must be able to compile all the same.
      banner: '/// <reference lib="esnext.disposable" />',
      compilerOptions: {
        // The declaration build reads neither project references (TS6307) nor our source condition,
        // and it sets baseUrl itself, which TypeScript 6 deprecates (TS5101).
        composite: false,
        ignoreDeprecations: "6.0",
        customConditions: [],
      },
    },
    silent: true,
    ...options,
  });
