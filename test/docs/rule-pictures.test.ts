import { ALERT_KINDS } from "@tocsin/protocol/alerts";
import { describe, expect, it } from "vitest";
import { draw } from "../../docs/images/rules/picture.js";
import { play, scenes } from "../../docs/images/rules/scenes.js";
import { read } from "./markdown.js";

const runs = scenes.map(play);

it("shows every kind of rule, in a row of its own", () => {
  expect(runs.map(({ rule }) => rule.kind)).toEqual([...ALERT_KINDS]);
  const rows = [
    ...read("docs/1.guide/11.alerts.md").matchAll(/^\| `([\w-]+)` \|.*rules\/([\w-]+)\.svg/gm),
  ];
  expect(rows.map(([, kind]) => kind)).toEqual([...ALERT_KINDS]);
  expect(rows.map(([, , picture]) => picture)).toEqual([...ALERT_KINDS]);
});

describe("a picture is what the evaluator does", () => {
  it.each(runs.map((run) => [run.rule.kind, run] as const))("%s", (kind, run) => {
    expect(run.fires.length).toBeGreaterThan(0);
    expect(read(`docs/images/rules/${kind}.svg`)).toBe(draw(run));
  });
});
