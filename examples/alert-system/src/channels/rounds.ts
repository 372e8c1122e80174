import type { Clock, Logger } from "@tocsin/server-kit";

/** Runs something again and again. */
export interface Rounds {
  stop(): void;
}

/**
 * Runs `task` every so often, one round after the other; what goes wrong is logged, and the next round comes. A round
 * that takes long takes from the wait for the next, but a fifth of the time is always left for others.
 */
export function startRounds(
  name: string,
  everyMs: number,
  task: () => Promise<void>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Rounds {
  let stopped = false;
  let cancel: () => void = () => {};

  function next(waitMs: number): void {
    cancel = clock.after(waitMs, () => {
      const startedAt = clock.now();
      void task()
        .catch((error: unknown) => logger.warn({ err: error, round: name }, "round not finished"))
        .then(() => {
          if (!stopped) next(Math.max(everyMs - (clock.now() - startedAt), everyMs / 5));
        });
    });
  }
  next(everyMs);

  return {
    stop() {
      stopped = true;
      cancel();
    },
  };
}
