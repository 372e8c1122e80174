/** Runs tasks, and no more than so many of them at once; the others wait in line. */
export type AtATime = <T>(task: () => Promise<T>) => Promise<T>;

/** Lets at most `most` tasks run at once. */
export function atATime(most: number): AtATime {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    // Whoever ends hands its place on without giving it back, so that nobody slips in between.
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
