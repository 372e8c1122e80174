import { defineContract, latest, log } from "@tocsin/protocol";
import { z } from "zod";

/** One event: a number that no other event of its channel has, and when it was published where that matters. */
const Entry = z.object({
  n: z.number(),
  at: z.number().optional(),
  pad: z.string().optional(),
});

/** The channels the faults are tried on. */
export const contract = defineContract({
  channels: {
    /** Keeps everything a run publishes: within it nothing may be lost. */
    journal: log("journal:{name}", Entry, { history: { size: 20_000, ttl: "1d" } }),
    /** Keeps little, so that its end can be reached. */
    short: log("short:{name}", Entry, { history: { size: 100, ttl: "1d" } }),
    price: latest("price:{name}", Entry),
  },
});
