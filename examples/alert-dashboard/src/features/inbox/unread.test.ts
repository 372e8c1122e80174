import { expect, test } from "vitest";
import { alertOf } from "./testing.js";
import { createUnreadCounter } from "./unread.js";

function setUp() {
  let count = 10;
  let recounts = 0;
  const due: (() => void)[] = [];
  const counter = createUnreadCounter({
    add: (difference) => {
      count += difference;
    },
    recount: () => {
      recounts += 1;
    },
    after: (run) => due.push(run),
  });
  return {
    counter,
    count: () => count,
    recounts: () => recounts,
    pass() {
      for (const run of due.splice(0)) run();
    },
  };
}

test("a new alert counts, and so does reading, archiving and marking as unread", () => {
  const { counter, count } = setUp();
  const read = alertOf({ readAt: 1, revision: 2 });
  counter.changed(undefined, alertOf());
  expect(count()).toBe(11);
  counter.changed(alertOf(), read);
  expect(count()).toBe(10);
  counter.changed(read, alertOf({ revision: 3 }));
  counter.changed(alertOf({ revision: 3 }), alertOf({ revision: 4, archivedAt: 5 }));
  expect(count()).toBe(10);
});

test("what changes nothing about reading counts nothing and asks nobody", () => {
  const { counter, count, recounts, pass } = setUp();
  counter.changed(alertOf(), alertOf({ revision: 2, suppressedCount: 5 }));
  pass();
  expect([count(), recounts()]).toEqual([10, 0]);
});

test("a later revision of an alert never seen here is left to the server, asked once for many", () => {
  const { counter, count, recounts, pass } = setUp();
  for (let seq = 1; seq <= 50; seq += 1) counter.changed(undefined, alertOf({ seq, revision: 2 }));
  expect(count()).toBe(10);
  pass();
  expect(recounts()).toBe(1);
});
