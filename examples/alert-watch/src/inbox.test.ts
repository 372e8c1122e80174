import { expect, test } from "vitest";
import { alertOf } from "../test/alert-of.js";
import { createInbox } from "./inbox.js";

test("an alert is news once, its end is news once, and the rest are changes", () => {
  const inbox = createInbox(10);
  const resolved = alertOf(1, { revision: 2, state: "resolved", resolvedAt: 5 });
  expect(inbox.take(alertOf(1), false)).toBe("alert");
  expect(inbox.take(alertOf(1), true)).toBe("known");
  expect(inbox.take(resolved, false)).toBe("resolved");
  expect(inbox.take({ ...resolved, revision: 3, readAt: 9 }, false)).toBe("changed");
  expect(inbox.alerts).toEqual([{ ...resolved, revision: 3, readAt: 9 }]);
});

test("a late copy of an earlier revision changes nothing", () => {
  const inbox = createInbox(10);
  const resolved = alertOf(1, { revision: 2, state: "resolved" });
  inbox.take(resolved, true);
  expect(inbox.take(alertOf(1), true)).toBe("known");
  expect(inbox.alerts).toEqual([resolved]);
});

test("an old alert somebody reads elsewhere is no news, one that ended while we were away is", () => {
  const inbox = createInbox(10);
  expect(inbox.take(alertOf(1, { revision: 2, readAt: 9 }), false)).toBe("changed");
  expect(inbox.take(alertOf(2, { revision: 2, state: "resolved" }), true)).toBe("alert");
});

test("an alert that made room for newer ones is not news again", () => {
  const inbox = createInbox(2);
  for (const seq of [1, 2, 3]) inbox.take(alertOf(seq), false);
  expect(inbox.take(alertOf(1, { revision: 2, state: "resolved" }), true)).toBe("changed");
  expect(inbox.alerts.map(({ seq }) => seq)).toEqual([2, 3]);
});
