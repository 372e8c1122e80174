import type { Greeks } from "@tocsin/protocol/alerts";

/** What a frame of a venue says, in our words. Reading one never throws. */
export type VenueEvent =
  | ({ readonly type: "price"; readonly at: number } & VenuePrice)
  /** Refreshes what is known of a symbol; it is a price of its own only where there is none yet. */
  | ({ readonly type: "quote" } & VenuePrice)
  | { readonly type: "reply"; readonly id: number; readonly result: unknown }
  | {
      readonly type: "refusal";
      readonly id: number | undefined;
      readonly code: number;
      readonly message: string;
      readonly tooFast: boolean;
    }
  /** The venue asks whether we are there. */
  | { readonly type: "probe" }
  /** The venue is about to hang up. */
  | { readonly type: "goodbye" }
  /** Known, and of no concern. */
  | { readonly type: "nothing" }
  | { readonly type: "unknown" }
  | { readonly type: "malformed" };

/** A price as a venue gives it. */
export interface VenuePrice {
  readonly symbol: string;
  readonly price: number;
  /** When the venue sent it, milliseconds since 1970. */
  readonly feedAt: number;
  readonly volume?: number | undefined;
  /** `null` when nobody bids; absent when this frame says nothing of it. */
  readonly bid?: number | null | undefined;
  readonly ask?: number | null | undefined;
  readonly greeks?: Greeks | undefined;
}

/** How to speak with a venue; what is the same for all of them is in `live-source.ts`. */
export interface Venue {
  readonly name: string;
  /** Time between two requests, milliseconds. */
  readonly paceMs: number;
  readonly batch: number;
  /** Most symbols on one connection. */
  readonly most: number;
  readonly maxAgeMs: number;
  /** Whether the venue could have such a symbol; what it does have only the venue knows. */
  possible(symbol: string): boolean;
  read(text: string): VenueEvent;
  /** The request that has symbols come, or stay away. */
  request(verb: "subscribe" | "unsubscribe", symbols: readonly string[], id: number): string;
  /** Which of the symbols a successful answer leaves out. */
  leftOut?(symbols: readonly string[], result: unknown): readonly string[];
  /** What to say first on a connection. */
  greeting?(id: number): string;
  /** The answer to a probe. */
  alive?(id: number): string;
}
