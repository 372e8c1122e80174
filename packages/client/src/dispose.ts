/** What `await using` works with, where the runtime has it. */
export interface Disposable {
  /** Ends the owner; present wherever the runtime knows `Symbol.asyncDispose`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Adds `Symbol.asyncDispose` where the runtime has that symbol; older browsers do not. */
export function disposable<T extends object>(target: T, end: () => void): T & Disposable {
  const symbol: symbol | undefined = Symbol.asyncDispose;
  return Object.assign(target, symbol && { [symbol]: async () => end() }) as T & Disposable;
}
