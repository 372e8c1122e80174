import { jsonCodec } from "@tocsin/protocol";
import { msgpackCodec } from "@tocsin/protocol/msgpack";
import { indexQuotes } from "../data/quotes.js";
import { figure, times } from "../report.js";
import type { Part } from "./section.js";
import { nanosecondsOf, type Task } from "./timing.js";

/** What the two formats of the wire take, on real quotes. */
export const codecs: Part = {
  name: "msgpack",
  title: "an event with a real quote in JSON and in MessagePack",
  async run({ quick, rounds }) {
    const messages = indexQuotes(250).map((data, n) => ({
      type: "event" as const,
      channel: "stock:SPX",
      offset: n + 1,
      data,
      timestamp: 1_790_000_000_000 + n,
    }));
    const rows = [];
    const tasks: Task[] = [];
    const all = { JSON: jsonCodec, MessagePack: msgpackCodec };
    for (const [name, codec] of Object.entries(all)) {
      const frames = messages.map((message) => codec.serialize(message) ?? "");
      const bytes =
        frames.reduce((sum, frame) => sum + Buffer.byteLength(frame), 0) / frames.length;
      rows.push({ name, bytes });
      tasks.push(
        {
          name: `${name} write`,
          run(count) {
            let size = 0;
            for (let n = 0; n < count; n++) {
              const message = messages[n % messages.length];
              if (message) size += codec.serialize(message)?.length ?? 0;
            }
            return size;
          },
        },
        {
          name: `${name} read`,
          run(count) {
            let good = 0;
            for (let n = 0; n < count; n++) {
              if (codec.parse(frames[n % frames.length] ?? "").ok) good += 1;
            }
            return good;
          },
        },
      );
    }
    const ns = nanosecondsOf(tasks, { rounds, roundMs: quick ? 50 : 200 });
    const json = rows[0]?.bytes ?? Number.NaN;
    const measured = rows.map(({ name, bytes }) => ({
      name,
      bytes,
      writeNs: ns.get(`${name} write`) ?? Number.NaN,
      readNs: ns.get(`${name} read`) ?? Number.NaN,
    }));
    return {
      rows: measured,
      tables: [
        {
          head: ["format", "bytes", "of JSON", "ns to write", "ns to read"],
          rows: measured.map(({ name, bytes, writeNs, readNs }) => [
            name,
            figure(bytes),
            times(bytes / json),
            figure(writeNs),
            figure(readNs),
          ]),
        },
      ],
      notes: [
        "An event is written once for all its readers, so the bytes weigh more than the time.",
      ],
    };
  },
};
