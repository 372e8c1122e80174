import { defineContract, latest, log, method, signal, table } from "@tocsin/protocol";
import { z } from "zod";

const Quote = z.object({ symbol: z.string(), price: z.number(), at: z.number() });
const Notice = z.object({ id: z.string(), text: z.string() });

/** The contract that the pages speak of. */
export const market = defineContract({
  channels: {
    price: latest("stock:{code}", Quote),
    board: table("market:{board}", Quote, { key: "symbol", presence: true }),
    alerts: log("alerts:{userId}", Notice, { history: { size: 1_000, ttl: "7d" } }),
    typing: signal("typing:{room}", z.object({ userId: z.string() })),
  },
  methods: {
    acknowledge: method({
      input: z.object({ id: z.string() }),
      output: z.object({ at: z.number() }),
    }),
  },
});
