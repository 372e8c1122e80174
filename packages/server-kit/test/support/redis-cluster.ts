import { setTimeout as sleep } from "node:timers/promises";
import { type RedisServer, redisCli, startRedis } from "./redis.js";

/** Three masters with a replica each. */
export interface TestCluster extends AsyncDisposable {
  readonly nodes: readonly RedisServer[];
  /** The node that is the master of a key now. */
  masterOf(key: string): Promise<RedisServer>;
}

/** Starts a cluster and waits until it is whole. */
export async function startCluster(): Promise<TestCluster> {
  const settings = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];
  const nodes = await Promise.all(Array.from({ length: 6 }, () => startRedis(settings)));
  const [first] = nodes;
  if (!first) throw new Error("six nodes were to be started");
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const how = ["--cluster-replicas", "1", "--cluster-yes"];
  await redisCli(first.port, "--cluster", "create", ...addresses, ...how);
  for (const { port } of nodes) await whole(port);
  return {
    nodes,
    async masterOf(key) {
      const slot = Number(await first.cli("CLUSTER", "KEYSLOT", key));
      const lines = (await first.cli("CLUSTER", "NODES")).split("\n");
      for (const line of lines) {
        const [, address = "", , , , , , , ...slots] = line.split(" ");
        const owns = slots.some((range) => {
          const [from = "", to = from] = range.split("-");
          return Number(from) <= slot && slot <= Number(to);
        });
        const owner = nodes.find(({ port }) => address.startsWith(`127.0.0.1:${port}@`));
        if (owns && owner) return owner;
      }
      throw new Error(`nobody owns ${key}: ${lines.join("; ")}`);
    },
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    },
  };
}

async function whole(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const info = await redisCli(port, "CLUSTER", "INFO");
    if (info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:6")) return;
    await sleep(50);
  }
  throw new Error("the cluster did not become whole within 20 s");
}
