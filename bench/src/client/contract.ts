import { defineContract, log, method, table } from "@tocsin/protocol";
import { z } from "zod";

/** A row of the table, with as many figures as a quote has. */
export const row = z.object({
  id: z.string(),
  price: z.number(),
  change: z.number(),
  high: z.number(),
  low: z.number(),
  volume: z.number(),
});
export type Row = z.infer<typeof row>;

/** What the page and its server say to each other. */
export const contract = defineContract({
  channels: {
    feed: log("feed:{of}", row, { history: { size: 100 } }),
    board: table("board:{of}", row, { key: "id" }),
  },
  methods: {
    /** So many events have come: the server may send more. */
    got: method({ input: z.object({ events: z.number() }), output: z.object({}) }),
  },
});

/** Rows of the table. */
export const ROWS = 500;
/** The page reports after so many events. */
export const EVENTS_PER_REPORT = 500;
