import { readFileSync } from "node:fs";
import { defineContract, latest, log, method } from "@tocsin/protocol";
import { z } from "zod";
import { createHub, type Hub } from "../../src/index.js";

/** The session that docs/protocol.md shows, and the server it is typed to. */

const contract = defineContract({
  channels: {
    price: latest("stock:{code}", z.object({ price: z.number() })),
    alerts: log("alerts:{userId}", z.object({ title: z.string() })),
  },
  methods: {
    acknowledge: method({
      input: z.object({ offset: z.int() }),
      output: z.object({ acknowledged: z.int() }),
    }),
  },
});

const TOKEN = "the-token-of-ann";

/** A hub on which ann may read what is hers, with a price and a greeting already published. */
export async function sessionHub(): Promise<Hub<typeof contract>> {
  const hub = createHub({
    contract,
    authenticate: ({ token }) => (token === TOKEN ? { userId: "ann" } : null),
    authorize: ({ principal, ...request }) =>
      request.action === "call" ||
      request.channel.params.userId === undefined ||
      request.channel.params.userId === principal?.userId,
    methods: { acknowledge: ({ offset }) => ({ acknowledged: offset }) },
  });
  await hub.publish(contract.price({ code: 600519 }), { price: 1690 });
  await hub.publish(contract.alerts({ userId: "ann" }), { title: "welcome" });
  return hub;
}

/** What the lines with `#` stand for. */
export const happenings: Readonly<Record<string, (hub: Hub<typeof contract>) => Promise<unknown>>> =
  {
    "the price changes": (hub) => hub.publish(contract.price({ code: 600519 }), { price: 1671.5 }),
    "an alert fires": (hub) =>
      hub.publish(contract.alerts({ userId: "ann" }), { title: "600519 fell below 1,680" }),
  };

/** One line: typed, answered, or happening elsewhere. */
export interface Line {
  readonly mark: ">" | "<" | "#";
  readonly text: string;
}

/** The lines of the session in docs/protocol.md. */
export function sessionLines(): readonly Line[] {
  const text = readFileSync(new URL("../../../../docs/protocol.md", import.meta.url), "utf8");
  const [, session = ""] = /```console\n\$ wscat [^\n]*\n([\s\S]*?)\n```/.exec(text) ?? [];
  return session.split("\n").map((line) => {
    const [mark, ...rest] = line.split(" ");
    if (mark !== ">" && mark !== "<" && mark !== "#") throw new Error(`who says this? ${line}`);
    return { mark, text: rest.join(" ") };
  });
}

/** A frame without what differs from run to run. */
export function comparable(frame: string): unknown {
  const varying = ["clientId", "sessionId", "epoch", "timestamp"];
  return JSON.parse(frame, (name, value) => (varying.includes(name) ? `<${name}>` : value));
}
