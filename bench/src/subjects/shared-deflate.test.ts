import { constants, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { deflated } from "./shared-deflate.js";

describe("a frame that is compressed once for all", () => {
  it("is read as permessage-deflate, message by message", () => {
    for (const text of ["", "a", "quote ".repeat(100)]) {
      const bytes = Buffer.concat([deflated(Buffer.from(text)), Buffer.from([0, 0, 0xff, 0xff])]);
      const read = inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
      expect(read.toString()).toBe(text);
    }
    expect(deflated(Buffer.from("quote ".repeat(100))).length).toBeLessThan(40);
  });
});
