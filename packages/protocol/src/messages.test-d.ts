import { expectTypeOf, test } from "vitest";
import type {
  ClientMessage,
  ClientMessageOf,
  Decoded,
  Duration,
  GapReason,
  Position,
  RecoveryOutcome,
  ServerMessage,
  ServerMessageOf,
} from "./index.js";

test("a message is told by its type", () => {
  expectTypeOf<ClientMessageOf<"subscribe">["since"]>().toEqualTypeOf<Position | undefined>();
  expectTypeOf<ServerMessageOf<"subscribed">["recovery"]>().toEqualTypeOf<RecoveryOutcome>();
  // @ts-expect-error no client sends this
  type Impossible = ClientMessageOf<"event">;
  expectTypeOf<Impossible>().toBeNever();
});

test("no type is both a client's and a server's", () => {
  expectTypeOf<ClientMessage["type"] & ServerMessage["type"]>().toBeNever();
});

test("a decoded frame is a message or a reason, never both", () => {
  const decoded = {} as Decoded<ClientMessage>;
  if (decoded.ok) expectTypeOf(decoded.message).toEqualTypeOf<ClientMessage>();
  else expectTypeOf(decoded.why).toEqualTypeOf<"malformed" | "unknown-type" | "invalid-message">();
});

test("the reasons of a gap and the units of a duration are spelled out", () => {
  expectTypeOf<GapReason>().toEqualTypeOf<
    "expired" | "epoch-changed" | "too-many" | "unknown-position"
  >();
  expectTypeOf<"7d">().toExtend<Duration>();
  expectTypeOf<"7w">().not.toExtend<Duration>();
});
