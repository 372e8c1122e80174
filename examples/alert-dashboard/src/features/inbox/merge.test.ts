import { describe, expect, test } from "vitest";
import { EVERYTHING, type InboxFilter, matches, toQuery } from "./filter.js";
import { mergeInbox } from "./merge.js";
import { alertOf } from "./testing.js";

const same = <T>(value: T) => value;
const merge = (parts: Partial<Parameters<typeof mergeInbox>[0]>) =>
  mergeInbox({ listed: [], live: [], hasOlder: false, shown: same, filter: EVERYTHING, ...parts });

describe("a list of alerts", () => {
  test("has each alert once, newest first, in its highest revision", () => {
    const listed = [alertOf({ seq: 2, revision: 3, suppressedCount: 9 }), alertOf({ seq: 1 })];
    const live = [
      alertOf({ seq: 3 }),
      alertOf({ seq: 2, revision: 2 }),
      alertOf({ seq: 1, revision: 2 }),
    ];
    expect(merge({ listed, live }).map(({ seq, revision }) => [seq, revision])).toEqual([
      [3, 1],
      [2, 3],
      [1, 2],
    ]);
  });

  test("has no holes: what is older than its last page waits for the page it is on", () => {
    const listed = [alertOf({ seq: 9 }), alertOf({ seq: 8 })];
    const live = [alertOf({ seq: 10 }), alertOf({ seq: 3, revision: 2 })];
    expect(merge({ listed, live, hasOlder: true }).map(({ seq }) => seq)).toEqual([10, 9, 8]);
    expect(merge({ listed, live, hasOlder: false }).map(({ seq }) => seq)).toEqual([10, 9, 8, 3]);
  });

  test("loses what an action made leave it, but keeps the one that is open", () => {
    const listed = [alertOf({ seq: 2 }), alertOf({ seq: 1 })];
    const live = [
      alertOf({ seq: 2, revision: 2, readAt: 5 }),
      alertOf({ seq: 1, revision: 2, readAt: 5 }),
    ];
    const filter: InboxFilter = { view: "unread" };
    expect(merge({ listed, live, filter })).toEqual([]);
    expect(merge({ listed, live, filter, keep: "n1" }).map(({ id }) => id)).toEqual(["n1"]);
  });
});

describe("a filter", () => {
  const alert = alertOf({ symbol: "SPX", severity: "critical", title: "SPX Up", body: "Äpfel" });

  test.each<[InboxFilter, boolean]>([
    [{ view: "all" }, true],
    [{ view: "unread" }, true],
    [{ view: "archived" }, false],
    [{ view: "all", symbol: "SPX" }, true],
    [{ view: "all", symbol: "SP" }, false],
    [{ view: "all", kind: "summary" }, false],
    [{ view: "all", severity: "critical" }, true],
    [{ view: "all", state: "resolved" }, false],
    [{ view: "all", search: "äPFEL" }, true],
    [{ view: "all", search: "nothing" }, false],
  ])("%j finds it: %s", (filter, found) => {
    expect(matches(alert, filter)).toBe(found);
  });

  test("asks the server for archived ones only in their view", () => {
    expect(toQuery({ view: "unread", symbol: "SPX" })).toEqual({
      symbol: "SPX",
      archived: false,
      unread: true,
    });
    expect(toQuery({ view: "archived" })).toEqual({ archived: true });
  });
});
