import cluster from "node:cluster";
import { createServer } from "node:http";
import { defineContract, log, method, signal } from "@tocsin/protocol";
import { z } from "zod";
import { clusterPrimary, clusterStores } from "../../../src/cluster/index.js";
import { createHub, type Hub } from "../../../src/index.js";

/** An application on several cores: as many workers as are asked for, each with a port of its own. */
const [count = "2"] = process.argv.slice(2);
const target = z.object({ userId: z.string() });
const outcome = z.object({ count: z.number(), missing: z.array(z.string()) });

const contract = defineContract({
  channels: {
    fills: log("fills", z.number(), { history: { size: 10_000, ttl: "1h" } }),
    room: log("room", z.number(), { history: { size: 1, ttl: "1h" }, presence: true }),
    hint: signal("hint", z.number()),
  },
  methods: {
    disconnect: method({ input: target, output: outcome }),
    hint: method({ input: target.extend({ n: z.number() }), output: outcome }),
  },
});

if (cluster.isPrimary) {
  clusterPrimary();
  for (let n = 0; n < Number(count); n += 1) {
    const worker = cluster.fork();
    const { pid } = worker.process;
    worker.on("message", (message) => {
      if (typeof message === "object" && "port" in message) {
        process.stdout.write(`${JSON.stringify({ pid, port: message.port })}\n`);
      }
    });
  }
  process.stdin.resume().on("end", () => process.exit(0)); // ends with whoever started it
} else {
  const hub: Hub<typeof contract> = createHub({
    contract,
    ...(await clusterStores({ timeoutMs: 20_000 })),
    nodes: { name: `worker-${cluster.worker?.id}`, answerWithin: "20s" },
    authenticate: ({ token }) => (token === undefined ? null : { userId: token }),
    authorize: () => true,
    methods: {
      async disconnect({ userId }) {
        const { count, missing } = await hub.nodes.disconnect({ userId });
        return { count, missing: [...missing] };
      },
      async hint({ userId, n }) {
        const { count, missing } = await hub.nodes.send({ userId }, contract.hint(), n);
        return { count, missing: [...missing] };
      },
    },
  });
  const server = createServer();
  hub.attach(server);
  server.listen({ port: 0, host: "127.0.0.1", exclusive: true }, () => {
    const address = server.address();
    if (typeof address === "object") process.send?.({ port: address?.port });
  });
}
