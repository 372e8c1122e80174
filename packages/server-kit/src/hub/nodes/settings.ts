import { type Duration, durationMs } from "@tocsin/protocol";

/** How a hub gets on with other nodes. None of it matters to a hub that was given no broker. */
export interface NodeSettings {
  /** What other nodes call this one; another name for each. Default: a random one. */
  readonly name: string;
  /**
   * Longest time for which a lost event goes unnoticed when nothing follows it. Quiet channels are compared with the
   * history so often; what does follow shows a loss at once. Default `"10s"`.
   */
  readonly checkEvery: Duration;
  /** How long the broker goes on to bring a channel after its last reader here has left. Default `"5s"`. */
  readonly lingerFor: Duration;
  /** How often this node says that it is there. One that was not heard of for three times as long is gone. Default `"5s"`. */
  readonly beatEvery: Duration;
  /** How long the others have to answer a question. Default `"2s"`. */
  readonly answerWithin: Duration;
}

/** {@link NodeSettings} in milliseconds. */
export interface NodeTimes {
  readonly checkEveryMs: number;
  readonly lingerMs: number;
  readonly beatMs: number;
  readonly answerWithinMs: number;
}

/**
 * Fills in defaults.
 *
 * @throws RangeError naming the time that is not above 0.
 * @throws ContractError when one is no duration.
 */
export function nodeTimes(given: Partial<NodeSettings> = {}): NodeTimes {
  return {
    checkEveryMs: above0("checkEvery", given.checkEvery ?? "10s"),
    lingerMs: durationMs(given.lingerFor ?? "5s"),
    beatMs: above0("beatEvery", given.beatEvery ?? "5s"),
    answerWithinMs: above0("answerWithin", given.answerWithin ?? "2s"),
  };
}

function above0(name: keyof NodeSettings, duration: Duration): number {
  const ms = durationMs(duration);
  if (ms > 0) return ms;
  throw new RangeError(`nodes.${name} must be longer than 0, not ${duration}`);
}
