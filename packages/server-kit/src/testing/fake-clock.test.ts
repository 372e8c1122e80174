import { expect, it } from "vitest";
import { fakeClock } from "./fake-clock.js";

it("runs timers in the order of their times, not of their making", () => {
  const clock = fakeClock(0);
  const ran: string[] = [];
  clock.after(20, () => ran.push(`b at ${clock.now()}`));
  clock.after(10, () => ran.push(`a at ${clock.now()}`));
  clock.after(20, () => ran.push(`c at ${clock.now()}`));
  clock.advance(19);
  expect(ran).toEqual(["a at 10"]);
  clock.advance(1);
  expect(ran).toEqual(["a at 10", "b at 20", "c at 20"]);
  expect(clock.now()).toBe(20);
});

it("runs a timer that another one set, if it comes due on the way", () => {
  const clock = fakeClock(0);
  const ran: number[] = [];
  const again = () => {
    ran.push(clock.now());
    clock.after(10, again);
  };
  clock.after(10, again);
  clock.advance(35);
  expect(ran).toEqual([10, 20, 30]);
  expect(clock.pending).toBe(1);
});

it("does not run what was called off", () => {
  const clock = fakeClock(0);
  const ran: string[] = [];
  const cancel = clock.after(5, () => ran.push("cancelled"));
  clock.after(1, cancel);
  clock.advance(10);
  expect(ran).toEqual([]);
  expect(clock.pending).toBe(0);
});
