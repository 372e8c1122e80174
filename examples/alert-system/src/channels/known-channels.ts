import { type ChannelRef, definition } from "@tocsin/protocol";
import { interval, market } from "@tocsin-example/alert-contract";
import type { Book, Chains } from "../context.js";
import type { StrategyMembers } from "./strategy-members.js";

/** What decides which channels there are. */
export interface KnownChannelParts {
  readonly book: Pick<Book, "lists" | "board" | "boards">;
  readonly chains: Pick<Chains, "underlyings">;
  readonly members: StrategyMembers;
}

const { channels } = market[definition];

/** Says why there is no such channel, so that nobody waits on one that will never have anything. */
export function missingChannel({
  book,
  chains,
  members,
}: KnownChannelParts): (channel: ChannelRef) => Promise<string | undefined> {
  const noSymbol = (code = "") =>
    book.lists(code) ? undefined : `there is no symbol ${code}; GET /api/symbols lists them`;

  return async ({ def, params }) => {
    switch (def) {
      case channels.price:
      case channels.desk:
        return noSymbol(params.code);
      case channels.candles:
        if (interval.safeParse(params.interval).success) return noSymbol(params.code);
        return `there are no bars of ${params.interval}; take ${interval.options.join(", ")}`;
      case channels.board:
        if (book.board(params.board ?? "")) return undefined;
        return `there is no board ${params.board}; there are ${book.boards.join(", ")}`;
      case channels.chain:
        if (chains.underlyings.includes(params.underlying ?? "")) return undefined;
        return `there are no options on ${params.underlying}; only on ${chains.underlyings.join(", ")}`;
      case channels.strategy:
        if ((await members(params.name ?? "")) !== undefined) return undefined;
        return `there is no strategy ${params.name}`;
      default:
        return undefined;
    }
  };
}
