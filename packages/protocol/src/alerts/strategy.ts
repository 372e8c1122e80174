import { z } from "zod";

const settings = {
  /** Also names the channel of its prices; unique among the strategies of its owner. */
  name: z.string("name the strategy").trim().min(1, "name the strategy").max(64),
  note: z.string().trim().max(200),
};

/** What a user writes to create a strategy. Unknown fields are dropped. */
export const newStrategy = z.object({ name: settings.name, note: settings.note.default("") });

/** What a user writes to create a strategy. */
export type NewStrategy = z.output<typeof newStrategy>;

/** What a user writes to change a strategy. */
export const strategyChange = z
  .object(settings)
  .partial()
  .refine((change) => Object.keys(change).length > 0, {
    message: "name at least one of name, note",
  });

/** What a user writes to change a strategy. */
export type StrategyChange = z.output<typeof strategyChange>;

/** A strategy groups monitors. */
export const strategy = z.object({
  id: z.string(),
  userId: z.string(),
  name: z.string(),
  note: z.string(),
  version: z.int(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  updatedAt: z.number(),
});

/** A strategy groups monitors. */
export type Strategy = z.output<typeof strategy>;
