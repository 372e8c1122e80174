import type { Clock, Logger } from "@tocsin/server-kit";

/** Runs something again and again. */
export interface Rounds {
  stop(): void;
}

/** Runs `task` every so often, one round after the other; what goes wrong is logged, and the next round comes. */
export function startRounds(
  name: string,
  everyMs: number,
  task: () => Promise<void>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Rounds {
  let stopped = false;
  let cancel: () => void = () => {};

  function next(): void {
    cancel = clock.after(everyMs, () => {
      void task()
        .catch((error: unknown) => logger.warn({ err: error, round: name }, "round not finished"))
        .then(() => {
          if (!stopped) next();
        });
    });
  }
  next();

  return {
    stop() {
      stopped = true;
      cancel();
    },
  };
}
