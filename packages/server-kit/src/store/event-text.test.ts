import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChannelEvent } from "./event.js";
import { entryText, eventText, textEntry, textEvent } from "./event-text.js";

const events: fc.Arbitrary<ChannelEvent> = fc.record(
  {
    channel: fc.string(),
    mode: fc.constantFrom("latest", "table", "log", "signal"),
    epoch: fc.string({ unit: "grapheme", minLength: 1, maxLength: 64 }),
    offset: fc.maxSafeNat(),
    data: fc
      .jsonValue({ noUnicodeString: false })
      .map((value) => JSON.parse(JSON.stringify(value))),
    timestamp: fc.maxSafeNat(),
    key: fc.string(),
    removed: fc.boolean(),
  },
  { requiredKeys: ["channel", "mode", "epoch", "offset", "data", "timestamp"] },
);

describe("the text of an event", () => {
  it("is read back as the event it was", () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(textEvent(event.channel, eventText(event))).toEqual(event);
      }),
    );
  });

  it("is what a script makes by putting the position in front of the entry", () => {
    const entry = { data: { a: [1, null] }, timestamp: 5, key: "row" };
    const text = `7 epoch table ${entryText("book:1", entry)}`;
    expect(textEvent("book:1", text)).toEqual({
      ...entry,
      channel: "book:1",
      mode: "table",
      epoch: "epoch",
      offset: 7,
    });
  });

  it("is nothing when it is anything else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(textEvent("a", text)).toBeUndefined();
      }),
    );
  });

  it("keeps what was published as nothing as null", () => {
    expect(textEntry(1, entryText("a", { data: undefined, timestamp: 5 }))).toEqual({
      offset: 1,
      data: null,
      timestamp: 5,
    });
  });
});
