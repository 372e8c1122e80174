import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { programs } from "./programs.js";
import { createProject, execute, type Project, tsconfig } from "./project.js";
import { findRuntime } from "./runtimes.js";

let project: Project;

beforeAll(async () => {
  // No optional peer is installed: who does not use SQLite or React must not need them.
  project = await createProject("node", [...inject("tarballs"), "zod", "@types/node@20"]);
  for (const [folder, type] of Object.entries({ esm: "module", cjs: "commonjs" })) {
    project.write(`${folder}/package.json`, JSON.stringify({ type }));
    for (const [file, text] of Object.entries(programs)) project.write(`${folder}/${file}`, text);
    const options = { module: "nodenext", types: ["node"], noEmit: false, outDir: "out" };
    project.write(`${folder}/tsconfig.json`, tsconfig(options, Object.keys(programs)));
    expect(await project.compile(folder)).toEqual({ code: 0, text: "" });
  }
});

afterAll(() => project?.remove());

describe.each(["esm", "cjs"])("a Node project in %s", (folder) => {
  test("publishes one event and receives it", async () => {
    const ran = await project.node(folder, "out/round-trip.js");
    expect(ran).toEqual({ code: 0, text: "received 42\n" });
  });

  test("catches errors by their class", async () => {
    const ran = await project.node(folder, "out/instances.js");
    expect(ran).toEqual({ code: 0, text: "true true\n" });
  });
});

test("the declarations satisfy the older compiler too", async () => {
  expect(await project.compile("esm", "typescript")).toEqual({ code: 0, text: "" });
});

describe.each(["protocol", "server-kit", "client"])("@tocsin/%s as published", (name) => {
  // A class in two files is two classes, and instanceof holds for one of them only.
  test.each(["js", "cjs"])("defines each class once among its .%s files", (extension) => {
    const dist = join(project.dir, "node_modules/@tocsin", name, "dist");
    const files = readdirSync(dist).filter((file) => file.endsWith(`.${extension}`));
    const classes = files.flatMap(
      (file) => readFileSync(join(dist, file), "utf8").match(/\bclass (?=[A-Z])\w+/g) ?? [],
    );
    expect(classes).toEqual([...new Set(classes)]);
  });

  test("carries no test", () => {
    const all = readdirSync(join(project.dir, "node_modules/@tocsin", name), { recursive: true });
    expect(all.filter((path) => /\.test(-d)?\./.test(String(path)))).toEqual([]);
  });
});

/** A packed hub in a process of its own; its price is published before anybody connects. */
async function startServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = spawn(process.execPath, ["out/serve-forever.js"], {
    cwd: join(project.dir, "esm"),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = (await once(server.stdout, "data")) as [Buffer];
  return {
    url: `ws://127.0.0.1:${String(port).trim()}/ws`,
    async [Symbol.asyncDispose]() {
      const gone = once(server, "exit");
      server.stdin.end();
      await gone;
    },
  };
}

const runtimes = [
  ["bun", ["run"]],
  ["deno", ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"]],
] as const;

describe.each(runtimes)("the client on %s", (name, flags) => {
  test("receives an event", async (context) => {
    const runtime = await findRuntime(name);
    if (!runtime.ok) return context.skip(`not available: ${runtime.why}`);
    await using server = await startServer();
    const args = [...flags, "out/receive-from.js", server.url];
    const ran = await execute(runtime.command, args, join(project.dir, "esm"));
    expect(ran).toEqual({ code: 0, text: "received 42\n" });
  });
});
