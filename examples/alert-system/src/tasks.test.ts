import type { ChannelRef } from "@tocsin/protocol";
import { silentLogger } from "@tocsin/server-kit";
import { fakeClock, settled } from "@tocsin/server-kit/testing";
import type { Progress } from "@tocsin-example/alert-contract";
import { describe, expect, it } from "vitest";
import { createTasks, TooManyTasksError } from "./tasks.js";

function setUp() {
  const clock = fakeClock();
  const told: Progress[] = [];
  const ids = ["t1", "t2", "t3", "t4", "t5"];
  const tasks = createTasks({
    hub: {
      async publish(ref: ChannelRef, data: unknown) {
        expect(ref.name).toBe(`task:${(data as Progress).taskId}`);
        told.push(data as Progress);
        return { epoch: "e", offset: 0, duplicate: false };
      },
    },
    clock,
    logger: silentLogger,
    newId: () => ids.shift() ?? "",
  });
  const begun = async () => {
    clock.advance(0);
    await settled();
  };
  return { clock, told, tasks, begun };
}

describe("createTasks", () => {
  it("tells how far work is, not more often than somebody can look, and always how it ended", async () => {
    const { tasks, told, clock, begun } = setUp();
    const id = tasks.begin("ada", "import", async (report) => {
      for (let done = 1; done <= 50; done += 1) {
        report(done, 50);
        clock.advance(10);
      }
      return "50 monitors were added";
    });
    expect(told).toEqual([]);
    await begun();
    expect(told.map(({ done }) => done)).toEqual([1, 11, 21, 31, 41, 50]);
    expect(told.at(-1)).toMatchObject({ state: "done", total: 50 });
    expect(tasks.progress("ada", id)).toEqual({
      taskId: "t1",
      kind: "import",
      done: 50,
      total: 50,
      state: "done",
      message: "50 monitors were added",
    });
  });

  it("knows a task for its owner only, and forgets it ten minutes after its end", async () => {
    const { tasks, clock, begun } = setUp();
    const id = tasks.begin("ada", "preview", async () => "");
    await begun();
    expect(tasks.progress("bob", id)).toBeUndefined();
    clock.advance(599_999);
    expect(tasks.progress("ada", id)?.state).toBe("done");
    clock.advance(1);
    expect(tasks.progress("ada", id)).toBeUndefined();
  });

  it("says what its owner can mend, and nothing of what went wrong inside", async () => {
    const { tasks, told, begun } = setUp();
    tasks.begin("ada", "import", () =>
      Promise.reject(Object.assign(new Error("row 3: no such symbol"), { field: "row" })),
    );
    tasks.begin("ada", "import", () => Promise.reject(new Error("password is hunter2")));
    await begun();
    expect(told.map(({ state, message }) => [state, message])).toEqual([
      ["failed", "row 3: no such symbol"],
      ["failed", "something went wrong here; try again"],
    ]);
  });

  it("refuses a user who has three under way, and nobody else", async () => {
    const { tasks, begun } = setUp();
    let finish: (text: string) => void = () => {};
    const work = () =>
      new Promise<string>((resolve) => {
        finish = resolve;
      });
    for (let count = 0; count < 3; count += 1) tasks.begin("ada", "import", work);
    await begun();
    expect(() => tasks.begin("ada", "import", work)).toThrow(TooManyTasksError);
    expect(() => tasks.begin("bob", "import", async () => "")).not.toThrow();
    finish("");
    await settled();
    expect(() => tasks.begin("ada", "import", work)).not.toThrow();
  });
});
