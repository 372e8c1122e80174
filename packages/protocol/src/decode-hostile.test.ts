import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOSTILE_FRAMES, jsonPieces, msgpackStreams } from "../test/support/hostile-frames.js";
import { jsonCodec } from "./codec-json.js";
import { decodeClientMessage, decodeServerMessage } from "./decode.js";
import { msgpackCodec } from "./msgpack/index.js";

const codecs = { json: jsonCodec, msgpack: msgpackCodec };

/** The shortest of many runs: what else the machine does only ever adds to a run. */
function shortestMs(run: () => void): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 9; turn += 1) {
    const before = performance.now();
    run();
    shortest = Math.min(shortest, performance.now() - before);
  }
  return shortest;
}

describe("a frame made to be work (A32)", { timeout: 30_000 }, () => {
  it.each(HOSTILE_FRAMES.map((frame) => [frame.name, frame] as const))(
    "costs what its bytes cost, and is never thrown over: %s",
    (_name, { codec, make }) => {
      const cost = (bytes: number) => {
        const frame = make(bytes);
        return shortestMs(() => {
          decodeClientMessage(codecs[codec], frame);
          decodeServerMessage(codecs[codec], frame);
        });
      };
      const [small, large] = [cost(2_000), cost(64_000)];
      // Thirty-two times the bytes. Linear work takes about as many times as long, quadratic work a thousand times;
      // in between lies what caches, tables that grow, and a busy machine can make of it.
      expect(large).toBeLessThan(300 * Math.max(small, 0.01));
    },
  );
});

describe("frames put together from the pieces of their format (A31, A32)", {
  timeout: 30_000,
}, () => {
  it.each([
    ["MessagePack", msgpackCodec, msgpackStreams],
    ["JSON", jsonCodec, jsonPieces],
  ] as const)("are never thrown over: %s", (_name, codec, frames) => {
    fc.assert(
      fc.property<[string | Uint8Array]>(frames, (frame) => {
        for (const decode of [decodeClientMessage, decodeServerMessage]) {
          const decoded = decode(codec, frame);
          if (!decoded.ok) expect(decoded.problem.message).not.toBe("");
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
