import { describe, expect, it } from "vitest";
import type { Codec } from "./codec.js";
import { jsonCodec } from "./codec-json.js";
import { type Decoded, decodeClientMessage, decodeServerMessage } from "./decode.js";

/** Field and sentence of the refusal. */
function problemOf(
  message: object,
  decode: (codec: Codec, frame: string) => Decoded<unknown> = decodeClientMessage,
) {
  const decoded = decode(jsonCodec, JSON.stringify(message));
  return decoded.ok ? undefined : [decoded.problem.field, decoded.problem.message];
}

const subscribe = { type: "subscribe", channel: "a" };
const publish = { type: "publish", id: "1", channel: "a", data: 1 };

describe("a refusal names the field and what would be right (A34)", () => {
  it.each([
    [{ type: "subscribe" }, "channel", "must be a string"],
    [{ ...subscribe, channel: 7 }, "channel", "must be a string"],
    [{ ...subscribe, channel: "" }, "channel", "must not be empty"],
    [{ ...subscribe, channel: "x".repeat(256) }, "channel", "must be at most 255 characters long"],
    [{ ...subscribe, id: "x".repeat(65) }, "id", "must be at most 64 characters long"],
    [{ ...subscribe, id: null }, "id", "must be a string"],
    [{ ...subscribe, since: "now" }, "since", "must be an object"],
    [{ ...subscribe, since: { offset: 1 } }, "since.epoch", "must be a string"],
    [{ ...subscribe, since: { epoch: "e", offset: -1 } }, "since.offset", "must be at least 0"],
    [
      { ...subscribe, since: { epoch: "e", offset: 1.5 } },
      "since.offset",
      "must be a whole number",
    ],
    [
      { ...subscribe, since: { epoch: "e", offset: 2 ** 53 } },
      "since.offset",
      "must be at most 9007199254740991",
    ],
    [{ ...subscribe, rewind: 1_001 }, "rewind", "must be at most 1000"],
    [{ ...subscribe, maxRate: 0 }, "maxRate", "must be more than 0"],
    [{ ...publish, id: undefined }, "id", "must be a string"],
    [{ ...publish, data: undefined }, "data", "must be there"],
    [{ ...publish, key: "x".repeat(256) }, "key", "must be at most 255 characters long"],
    [{ type: "history", id: "1", channel: "a", limit: 0 }, "limit", "must be more than 0"],
    [{ type: "history", id: "1", channel: "a", reverse: 1 }, "reverse", "must be a boolean"],
    [{ type: "auth", token: "" }, "token", "must not be empty"],
    [{ type: "auth", token: "x".repeat(8_193) }, "token", "must be at most 8192 characters long"],
  ])("%j", (message, field, text) => {
    expect(problemOf(message)).toEqual([field, text]);
  });

  it("also where a server is the one who errs", () => {
    const subscribed = {
      type: "subscribed",
      channel: "a",
      epoch: "e",
      offset: 0,
      recovery: "fresh",
    };
    expect(problemOf({ ...subscribed, mode: "queue" }, decodeServerMessage)).toEqual([
      "mode",
      "must be one of latest, table, log, signal",
    ]);
  });
});

describe("the id of a refused message", () => {
  const idOf = (id: unknown) => {
    const decoded = decodeClientMessage(jsonCodec, JSON.stringify({ type: "publish", id }));
    return !decoded.ok && decoded.id;
  };

  it("is given back when it can be an id, so that the answer finds its request", () => {
    expect(idOf("7")).toBe("7");
    expect(idOf("x".repeat(64))).toBe("x".repeat(64));
  });

  it.each([7, "", "x".repeat(65), null, { toString: 1 }])(
    "is left out when it cannot: %j",
    (id) => {
      expect(idOf(id)).toBeUndefined();
    },
  );
});
