import { describe, expect, test } from "vitest";
import { nextAsk, type Reader, type Wanted } from "./resume.js";

const wanted = (more: Partial<Wanted<Reader>> = {}): Wanted<Reader> => ({
  mode: "log",
  readers: [{ cursor: undefined }],
  synced: false,
  blind: false,
  epoch: undefined,
  offset: 0,
  maxRate: undefined,
  ...more,
});
const running = { synced: true, epoch: "e", offset: 9 } as const;

describe("the next subscribe", () => {
  test("of a new channel is plain", () => {
    expect(nextAsk(wanted())).toEqual({ maxRate: undefined });
  });

  test("after a cut starts where the slowest handle is", () => {
    const readers = [{ cursor: 7 }, { cursor: 5 }, { cursor: undefined, rewind: 3 }];
    expect(nextAsk(wanted({ readers, epoch: "e", offset: 7 }))).toMatchObject({
      since: { epoch: "e", offset: 5 },
    });
  });

  test("of a signal never names a position", () => {
    expect(nextAsk(wanted({ mode: "signal", readers: [{ cursor: 0 }], epoch: "e" }))?.since).toBe(
      undefined,
    );
  });

  test("is none when the server knows all", () => {
    expect(nextAsk(wanted({ ...running, readers: [{ cursor: 9 }] }))).toBeUndefined();
  });

  test("of a running channel is for the past of a newcomer", () => {
    const newcomer = { cursor: undefined, rewind: 4 };
    const ask = nextAsk(wanted({ ...running, readers: [{ cursor: 9 }, newcomer] }));
    expect(ask).toMatchObject({ rewind: 4, since: undefined });
    expect(ask?.newcomer).toBe(newcomer);
  });

  test("follows the least limited handle", () => {
    const readers = [
      { cursor: 9, maxRate: 2 },
      { cursor: 9, maxRate: 5 },
    ];
    expect(nextAsk(wanted({ ...running, readers, maxRate: 2 }))).toEqual({
      since: { epoch: "e", offset: 9 },
      maxRate: 5,
    });
    expect(nextAsk(wanted({ ...running, readers, maxRate: 5 }))).toBeUndefined();
    expect(
      nextAsk(wanted({ ...running, readers: [...readers, { cursor: 9 }], maxRate: 5 }))?.maxRate,
    ).toBeUndefined();
  });

  test("of a blind one names no position, so that a snapshot comes", () => {
    const readers = [{ cursor: 9 }];
    expect(nextAsk(wanted({ ...running, mode: "table", blind: true, readers }))).toEqual({
      maxRate: undefined,
    });
  });
});
