import { lib } from "../../tsup.base.js";

export default lib(
  {
    index: "src/index.ts",
    ws: "src/ws/index.ts",
    jwt: "src/jwt/index.ts",
    sqlite: "src/sqlite/index.ts",
    redis: "src/redis/index.ts",
    postgres: "src/postgres/index.ts",
    nats: "src/nats/index.ts",
    cluster: "src/cluster/index.ts",
    alerts: "src/alerts/index.ts",
    express: "src/express/index.ts",
    fastify: "src/fastify/index.ts",
    metrics: "src/metrics/index.ts",
    testing: "src/testing/index.ts",
  },
  { platform: "node", target: "node20" },
);
