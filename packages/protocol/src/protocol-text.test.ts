import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clientMessage } from "./client-message.js";
import { CloseCode } from "./close-codes.js";
import { jsonCodec } from "./codec-json.js";
import { decodeClientMessage, decodeServerMessage } from "./decode.js";
import { ERROR_CODES } from "./error-codes.js";
import { GAP_REASONS, historyResult, presenceMember, serverMessage } from "./server-message.js";

const text = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");

/** The text under one heading, up to the next heading of any level. */
function section(heading: string): string {
  const [, body] = text.split(`\n${heading}\n`);
  if (body === undefined) throw new Error(`docs/protocol.md has no "${heading}"`);
  return body.split(/\n#+ /, 1)[0] ?? "";
}

/** The names in the first column of a section's tables. */
function firstColumn(body: string): string[] {
  return [...body.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name ?? "");
}

function frames(fence: string, mark = ""): string[] {
  const blocks = text.matchAll(new RegExp(`\`\`\`${fence}\n([\\s\\S]*?)\n\`\`\``, "g"));
  return [...blocks]
    .flatMap(([, block = ""]) => block.split("\n"))
    .filter((line) => line.startsWith(`${mark}{`))
    .map((line) => line.slice(mark.length));
}

const sides = [
  ["client", clientMessage, decodeClientMessage],
  ["server", serverMessage, decodeServerMessage],
] as const;

const shapes = sides.flatMap(([side, { def }, decode]) =>
  def.options.map(({ shape }) => {
    const { type, ...fields } = shape;
    const [name = ""] = type.def.values;
    return { side, name, fields: Object.keys(fields), decode };
  }),
);

describe.each(shapes)("the $side message $name", ({ name, fields, decode }) => {
  const body = section(`### \`${name}\``);

  it("has a table of exactly its fields", () => {
    expect(firstColumn(body).sort()).toEqual([...fields].sort());
  });

  it("marks with ? exactly the fields that may be left out", () => {
    const optional = [...body.matchAll(/^\| `(\w+)` \| [^|]* \? \|/gm)].map(([, field]) => field);
    const [example = ""] = frames("json").filter((frame) => JSON.parse(frame).type === name);
    for (const field of fields) {
      const { [field]: _left, ...rest } = JSON.parse(example);
      const decoded = decode(jsonCodec, JSON.stringify(rest));
      expect([field, decoded.ok]).toEqual([field, optional.includes(field)]);
    }
  });
});

describe("an example", () => {
  const examples = frames("json");

  it("stands there for every message", () => {
    const shown = new Set(examples.map((frame) => JSON.parse(frame).type));
    expect([...shown].sort()).toEqual(shapes.map(({ name }) => name).sort());
  });

  it.each(examples)("is valid, and has no field that nobody reads: %s", (frame) => {
    const type = JSON.parse(frame).type;
    const shape = shapes.find(({ name }) => name === type);
    expect(shape?.decode(jsonCodec, frame)).toEqual({ ok: true, message: JSON.parse(frame) });
  });

  it("of a result is one for each question", () => {
    const [called, history, presence, ...more] = examples
      .map((frame) => JSON.parse(frame))
      .filter(({ type }) => type === "result");
    expect(called.data).toEqual({ at: expect.any(Number) });
    expect(historyResult.parse(history.data)).toEqual(history.data);
    for (const member of presence.data.members) presenceMember.parse(member);
    expect(more).toEqual([]);
  });
});

describe("the session typed by hand", () => {
  it("is made of valid frames, but for the one that shows an error", () => {
    const typed = frames("console", "> ").map((frame) => decodeClientMessage(jsonCodec, frame));
    const refused = typed.filter((decoded) => !decoded.ok);
    expect(typed.length).toBeGreaterThan(5);
    expect(refused).toMatchObject([{ why: "unknown-type", type: "hello" }]);
    for (const frame of frames("console", "< ")) {
      expect(decodeServerMessage(jsonCodec, frame)).toEqual({
        ok: true,
        message: JSON.parse(frame),
      });
    }
  });
});

describe("a table", () => {
  it("has every error code", () => {
    expect(firstColumn(section("## Error codes"))).toEqual([...ERROR_CODES]);
  });

  it("has every close code, and says of those from 4000 on what their range says", () => {
    const rows = [...section("## Close codes").matchAll(/^\| (\d{4}) \| .* \| (yes|no)[^|]*\|$/gm)];
    expect(rows.map(([, code]) => Number(code))).toEqual(Object.values(CloseCode));
    for (const [, code, back] of rows) {
      if (Number(code) >= 4000)
        expect([code, back]).toEqual([code, Number(code) < 4500 ? "yes" : "no"]);
    }
  });

  it("has every reason of a gap", () => {
    expect(firstColumn(section("### Gaps")).sort()).toEqual([...GAP_REASONS].sort());
  });
});

it("has no link to a heading that is not there", () => {
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll("`", "")
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  for (const [, target] of text.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(target);
});
