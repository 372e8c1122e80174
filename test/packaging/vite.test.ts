import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { programs } from "./programs.js";
import { createProject, type Project, root, tsconfig } from "./project.js";

let project: Project;

const app = `
import { createClient } from "@tocsin/client";
import { TocsinProvider, useLatest } from "@tocsin/client/react";
import { createRoot } from "react-dom/client";
import { market } from "./contract.js";

function Price() {
  const quote = useLatest(market.price({ code: "600519" }));
  return <p>{quote.value?.price}</p>;
}

const client = createClient({ url: "ws://localhost/ws", contract: market });
const page = document.getElementById("page");
if (page !== null) {
  createRoot(page).render(
    <TocsinProvider client={client}>
      <Price />
    </TocsinProvider>,
  );
}
`;

beforeAll(async () => {
  // Not the server: a page must not need it, nor the types of Node.
  const ours = inject("tarballs").filter((path) => !path.includes("server-kit"));
  const theirs = ["zod", "react", "react-dom", "@types/react", "@types/react-dom"];
  project = await createProject("vite", [...ours, ...theirs]);
  project.write("app/package.json", JSON.stringify({ type: "module" }));
  project.write("app/contract.ts", programs["contract.ts"] ?? "");
  project.write("app/app.tsx", app);
  project.write(
    "app/index.html",
    '<div id="page"></div><script type="module" src="./app.tsx"></script>',
  );
  const options = { module: "esnext", moduleResolution: "bundler", jsx: "react-jsx" };
  const lib = ["ES2022", "DOM", "DOM.Iterable"];
  project.write("app/tsconfig.json", tsconfig({ ...options, lib, types: [] }, ["app.tsx"]));
});

afterAll(() => project?.remove());

test("a Vite project with React type-checks", async () => {
  expect(await project.compile("app")).toEqual({ code: 0, text: "" });
});

test("a Vite project with React builds, and nothing of Node gets into the page", async () => {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const built = await project.node("app", vite, "build", "--logLevel", "warn");
  expect(built).toMatchObject({ code: 0 });
  const assets = join(project.dir, "app/dist/assets");
  const code = readdirSync(assets).map((file) => readFileSync(join(assets, file), "utf8"));
  expect(code.join("\n")).not.toMatch(/__vite-browser-external|require\(["']ws["']\)/);
});
