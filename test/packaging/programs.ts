/** The contract of every program below. */
const contract = `
import { defineContract, latest } from "@tocsin/protocol";
import { z } from "zod";

export const market = defineContract({
  channels: { price: latest("stock:{code}", z.object({ price: z.number() })) },
});
`;

/** A hub on a free port; prints the port once it listens. */
const serve = `
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createHub } from "@tocsin/server-kit";
import { market } from "./contract.js";

export const hub = createHub({ contract: market });
const server = createServer();
hub.attach(server, { path: "/ws" });

export const listening = new Promise<number>((resolve) => {
  server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
});

export async function stop(): Promise<void> {
  await hub.close({ drainWithin: "0s" });
  server.close();
}

// Never called; here for the compiler.
export function mistyped(): void {
  // @ts-expect-error the payload is the schema's
  void hub.publish(market.price({ code: "600519" }), { price: "dear" });
  // @ts-expect-error the address has a parameter
  market.price({});
}
`;

/** Subscribes, prints the first price, and goes. No Node built-ins: Bun, Deno and browsers run it too. */
const receive = `
import { createClient } from "@tocsin/client";
import { market } from "./contract.js";

export async function receive(url: string, subscribed: () => void): Promise<number> {
  const client = createClient({ url, contract: market });
  const prices = client.subscribe(market.price({ code: "600519" }));
  prices.on("recovery", () => subscribed());
  for await (const quote of prices) {
    await client.close();
    return quote.price;
  }
  throw new Error("the subscription ended before a price came");
}
`;

const roundTrip = `
import { receive } from "./receive.js";
import { hub, listening, stop } from "./serve.js";
import { market } from "./contract.js";

async function main(): Promise<void> {
  const port = await listening;
  const price = await receive(\`ws://127.0.0.1:\${port}/ws\`, () => {
    void hub.publish(market.price({ code: "600519" }), { price: 42 });
  });
  await stop();
  console.log("received", price);
}

void main();
`;

/** Serves until it is told to stop by the end of its input; publishes for whoever connects. */
const serveForever = `
import { market } from "./contract.js";
import { hub, listening, stop } from "./serve.js";

async function main(): Promise<void> {
  await hub.publish(market.price({ code: "600519" }), { price: 42 });
  console.log(await listening);
  process.stdin.once("end", () => void stop()).resume();
}

void main();
`;

/** For runtimes that are given the address: the server has published already. */
const receiveFrom = `
import { receive } from "./receive.js";

declare const process: { readonly argv: readonly string[] };

void receive(process.argv[2] ?? "", () => {}).then((price) => console.log("received", price));
`;

/** What a caller catches is an instance of the class it imported, whichever entry threw it. */
const instances = `
import { ClientClosedError, createClient } from "@tocsin/client";
import { TocsinError } from "@tocsin/protocol";
import { market } from "./contract.js";

async function main(): Promise<void> {
  const client = createClient({ url: "ws://127.0.0.1:9/ws", contract: market });
  await client.close();
  try {
    await client.publish(market.price({ code: "600519" }), { price: 1 });
  } catch (error) {
    console.log(error instanceof ClientClosedError, error instanceof TocsinError);
  }
}

void main();
`;

/** File names and contents; the same text is compiled to ES modules and to CommonJS. */
export const programs: Readonly<Record<string, string>> = {
  "contract.ts": contract,
  "serve.ts": serve,
  "receive.ts": receive,
  "round-trip.ts": roundTrip,
  "serve-forever.ts": serveForever,
  "receive-from.ts": receiveFrom,
  "instances.ts": instances,
};
