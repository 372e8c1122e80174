import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { pagesBelow, read, root } from "./markdown.js";

/** Pages on npm cannot link relatively; where they point into the repository the target must be there too. */
const REPOSITORY = "https://github.com/tocsin/tocsin/blob/main/";

/** Taken of the running dashboard, and so made after everything else. */
const PICTURE = "docs/images/dashboard.png";

const withoutCode = (text: string) =>
  text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");

function linksOf(page: string): string[] {
  const links = withoutCode(read(page)).matchAll(/!?\[[^\]]*\]\(([^)\s]+)(?: "[^"]*")?\)/g);
  return [...links].map((link) => link[1] ?? "");
}

/** Anchors of a page's headings, made as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of read(page)
    .replace(/^```[\s\S]*?^```$/gm, "")
    .matchAll(/^#+ (.+)$/gm)) {
    const slug = heading
      .replace(/[`*]/g, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

function broken(page: string, link: string): string | undefined {
  const inside = link.startsWith(REPOSITORY);
  if (!inside && /^[a-z]+:/.test(link)) return undefined;
  const [path = "", anchor] = (inside ? link.slice(REPOSITORY.length) : link).split("#", 2);
  const target =
    path === "" ? page : normalize(join(inside ? "." : dirname(page), decodeURI(path)));
  if (target === PICTURE) return undefined; // has a test of its own
  if (!existsSync(join(root, target))) return `${page}: ${link} leads nowhere`;
  if (anchor === undefined || statSync(join(root, target)).isDirectory()) return undefined;
  return anchorsOf(target).has(anchor)
    ? undefined
    : `${page}: ${link} names no heading of ${target}`;
}

it("has the picture that the README shows", ({ skip }) => {
  if (!existsSync(join(root, PICTURE))) return skip(`${PICTURE} has not been taken yet`);
  const signature = readFileSync(join(root, PICTURE)).subarray(1, 4).toString("latin1");
  expect(signature).toBe("PNG");
});

describe("the links of every page", () => {
  it.each(pagesBelow("."))("lead somewhere: %s", (page) => {
    expect(linksOf(page).flatMap((link) => broken(page, link) ?? [])).toEqual([]);
  });
});
