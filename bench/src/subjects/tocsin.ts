import { createServer } from "node:http";
import { defineContract, log } from "@tocsin/protocol";
import { createHub } from "@tocsin/server-kit";
import { z } from "zod";
import { listening } from "../listening.js";
import { QUIET_MS, type Subject } from "./subject.js";

const contract = defineContract({
  channels: { c: log("c:{n}", z.object({ v: z.string() }), { history: { size: 100 } }) },
});

/** The hub as it is: contract, validation, offsets, history, lanes; only caps on connections raised. */
export async function start(): Promise<Subject> {
  const hub = createHub({
    contract,
    limits: { connections: 1e6, connectionsPerAddress: 1e6, connectsPerSecond: 1e6 },
    heartbeat: { intervalMs: QUIET_MS }, // readers that only count frames would not answer
  });
  const server = createServer();
  hub.attach(server);
  const refs = new Map<number, ReturnType<typeof contract.c>>();
  return {
    port: await listening(server),
    publish(channel, text) {
      const ref = refs.get(channel) ?? contract.c({ n: channel });
      refs.set(channel, ref);
      // the envelope with channel, offset and timestamp takes the rest of the payload
      void hub.publish(ref, { v: text.slice(0, 115) });
    },
  };
}
