import { defineConfig, type Options } from "tsup";

/** `tsc -b` has written the declarations there; see `outDir` in each tsconfig.json. */
const declaration = (source: string) =>
  source.replace(/^src\//, ".tsbuild/").replace(/\.tsx?$/, ".d.ts");

/** The one place that knows how a package is built, after `tsc -b`. */
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
      // From finished declarations this takes a second; from sources the bundler compiles for half a minute.
      entry: Object.fromEntries(
        Object.entries(entry).map(([name, source]) => [name, declaration(source)]),
      ),
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
