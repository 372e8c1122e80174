import { defineContract, latest, type ServerMessage, table } from "@tocsin/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryHistoryStore } from "../store/history-memory.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import type { FakeSocket } from "../testing/fake-socket.js";
import { createHub } from "./create-hub.js";

const row = z.object({
  id: z.string(),
  color: z.enum(["red", "blue"]),
  n: z.number(),
  label: z.string(),
  inner: z.object({ a: z.number(), b: z.number().optional() }),
});
const params = z.object({ color: z.enum(["red", "blue"]) }).optional();
const contract = defineContract({
  channels: {
    rows: table("rows", row, { key: "id", params }),
    value: latest("value", row, { params }),
  },
});
type Row = z.infer<typeof row>;

/** A reader that follows the protocol by the letter: what it holds is what it was sent, nothing more. */
function createReader(channel: string) {
  const rows = new Map<string, { raw: unknown; offset: number; loose: boolean }>();
  let position: { epoch: string; offset: number } | undefined;
  let patched = 0;
  let conflated = 0;
  const keyOf = (data: unknown) => (channel === "value" ? "" : row.parse(data).id);
  const take = (message: ServerMessage) => {
    if (message.type === "subscribed") {
      position = { epoch: message.epoch, offset: Math.max(message.offset, 0) };
      if (message.recovery === "nothing-missed") return;
      // replayed rows follow and move the position on; until then it stays where it was
      if (
        message.recovery === "recovered" &&
        message.snapshot === undefined &&
        channel === "rows"
      ) {
        return;
      }
      rows.clear();
      const list =
        channel === "rows" ? z.array(z.unknown()).parse(message.snapshot) : [message.snapshot];
      for (const raw of list) {
        if (raw !== undefined) rows.set(keyOf(raw), { raw, offset: message.offset, loose: true });
      }
    }
    if (message.type === "event") {
      const offset = message.offset ?? 0;
      conflated += message.conflated ?? 0;
      if (message.removed) rows.delete(message.key ?? "");
      else
        rows.set(message.key ?? keyOf(message.data), { raw: message.data, offset, loose: false });
      if (position) position = { ...position, offset };
    }
    if (message.type === "patch") {
      patched += 1;
      const held = rows.get(message.key ?? "");
      expect(
        held && (held.loose ? message.base <= held.offset : message.base === held.offset),
      ).toBe(true);
      const raw = merge(held?.raw, message.patch);
      rows.set(message.key ?? "", { raw, offset: message.offset, loose: false });
      if (position) position = { ...position, offset: message.offset };
    }
  };
  return {
    read(messages: readonly ServerMessage[]) {
      for (const message of messages)
        if (!("channel" in message) || message.channel === channel) take(message);
    },
    rows: () => [...rows.values()].map(({ raw }) => row.parse(raw)),
    position: () => position,
    counts: () => ({ patched, conflated }),
  };
}

/** RFC 7396, as in its section 2. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === "object" && target !== null ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

const color = fc.constantFrom("red" as const, "blue" as const);
const id = fc.constantFrom("a", "b", "c", "d");
const b = fc.option(fc.nat(2), { nil: undefined });
const set = fc.record({
  do: fc.constant("set" as const),
  id,
  color,
  n: fc.nat(1),
  a: fc.nat(2),
  b,
});
const command = fc.oneof(
  { weight: 8, arbitrary: set },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("flood" as const), id, color }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "turn" as const,
        "stall" as const,
        "drain" as const,
        "cut" as const,
        "second" as const,
      ),
    }),
  },
);

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

describe.each([
  ["as it is", {}],
  ["through a filter", { params: { color: "red" } }],
  ["at one update a second", { maxRate: 1 }],
  ["through a filter at two updates a second", { params: { color: "blue" }, maxRate: 2 }],
])("a reader %s", (_name, terms: { params?: { color: string }; maxRate?: number }) => {
  it.each(["rows", "value"])(
    "of %s ends up with what the server has, whatever was cut, conflated, patched or removed on the way",
    async (channel) => {
      const total = { patched: 0, conflated: 0 };
      await fc.assert(
        fc.asyncProperty(
          fc.array(command, { minLength: 20, maxLength: 60, size: "max" }),
          async (commands) => {
            const clock = fakeClock();
            const hub = createHub({
              contract,
              clock,
              history: memoryHistoryStore({ now: clock.now }),
              heartbeat: { intervalMs: 1e9 },
              views: {
                rows: (data, wanted) => (!wanted || data.color === wanted.color ? data : undefined),
                value: (data, wanted) =>
                  !wanted || data.color === wanted.color ? data : undefined,
              },
            });
            const truth = new Map<string, Row>();
            const reader = createReader(channel);
            let client: FakeSocket;
            const join = async () => {
              client = await fakeClient(hub.gate);
              client.receive({ type: "subscribe", channel, since: reader.position(), ...terms });
              await settled();
            };
            await join();
            for (const step of commands) await run(step);
            await run({ do: "drain" });
            for (let n = 0; n < 3; n++) await run({ do: "second" });
            reader.read(client!.sent);
            const visible = (data: Row) => !terms.params || data.color === terms.params.color;
            const expected = [...truth.values()].filter(visible);
            total.patched += reader.counts().patched;
            total.conflated += reader.counts().conflated;
            const byId = (list: Row[]) => new Map(list.map((data) => [data.id, data]));
            if (channel === "rows") expect(byId(reader.rows())).toEqual(byId(expected));
            else if (expected.length > 0) expect(reader.rows()).toEqual(expected);

            async function run(step: Command): Promise<void> {
              if (step.do === "set") {
                const { id, color, n, a, b } = step;
                const data: Row = {
                  id,
                  color,
                  n,
                  // long enough that a few of them fill the window of a reader who does not read
                  label: "0123".charAt(n).repeat(30_000),
                  inner: { a, ...(b !== undefined && { b }) },
                };
                if (channel === "value") truth.clear();
                truth.set(id, data);
                if (channel === "rows") await hub.publish(contract.rows(), data);
                else await hub.publish(contract.value(), data);
              } else if (step.do === "remove") {
                if (channel !== "rows") return;
                truth.delete(step.id);
                await hub.remove(contract.rows(), step.id);
              } else if (step.do === "flood") {
                client.stall();
                for (const n of [0, 1, 0, 1, 0, 1]) {
                  await run({ do: "set", id: step.id, color: step.color, n, a: 0, b: undefined });
                  await settled();
                }
              } else if (step.do === "turn") await settled();
              else if (step.do === "stall") client.stall();
              else if (step.do === "drain") {
                client.drain();
                await settled();
              } else if (step.do === "second") {
                clock.advance(1_000);
                await settled();
              } else {
                reader.read(client.sent);
                client.hangUp();
                await join();
              }
            }
          },
        ),
        { numRuns: 40 },
      );
      // a reader that is held back mostly gets whole values
      if (!terms.maxRate) expect(total.patched, "patches sent").toBeGreaterThan(0);
      expect(total.conflated, "values conflated").toBeGreaterThan(0);
    },
    30_000,
  );
});
