import type { Level } from "./evaluator.js";

/** Prices start here and never go further than {@link REACH} from it. */
const START = 100;
const REACH = 2;

/** A generator with which every run sees the same market. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** How a market is watched. */
export interface Crowd {
  readonly symbols: number;
  /** Levels the prices come by. The same ones however many there are of the others. */
  readonly near: number;
  /** Levels no price ever reaches. */
  readonly far: number;
}

/** The levels of a crowd. */
export function* levelsOf({ symbols, near, far }: Crowd): Generator<Level> {
  const random = randomFrom(7);
  for (let n = 0; n < near + far; n++) {
    const up = random() < 0.5;
    const away = n < near ? random() * REACH : REACH + 1 + random() * 40;
    const price = START + (up ? away : -away);
    yield { symbol: nameOf(n % symbols), price, from: up ? "below" : "above" };
  }
}

/** A price for one symbol after another, each a small step from its last. */
export function* pricesOf(symbols: number, count: number, seed: number) {
  const random = randomFrom(seed);
  const last = new Float64Array(symbols).fill(START);
  for (let n = 0; n < count; n++) {
    const symbol = Math.floor(random() * symbols);
    const wanted = (last[symbol] ?? START) + (random() - 0.5) * 0.2;
    const price = Math.min(START + REACH, Math.max(START - REACH, wanted));
    last[symbol] = price;
    yield { symbol, price };
  }
}

/** The name of a symbol. */
export function nameOf(symbol: number): string {
  return `S${symbol}`;
}
