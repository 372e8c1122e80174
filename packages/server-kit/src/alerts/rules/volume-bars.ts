/** What was traded in bars of equal length. */
export interface VolumeBars {
  /** Takes the volume since the session opened, as ticks carry it; a smaller one than before is a new session. */
  add(at: number, sessionVolume: number): void;
  /**
   * The volume of the bar under way over the mean of the last `bars` bars before it; `undefined` before there are
   * so many. Bars in which no tick came do not count: nights and halts are no baseline.
   */
  ratio(bars: number): number | undefined;
}

/** Most bars a rule may compare with, and so the most that are kept. */
const MAX_BARS = 500;

/** Starts counting; the first bar counts from the first tick on, and is no baseline, for it may be cut short. */
export function createVolumeBars(barMs: number): VolumeBars {
  const finished: number[] = [];
  let bar: number | undefined;
  let traded = 0;
  let whole = false;
  let last: number | undefined;
  const means = new Map<number, number>();
  return {
    add(at, sessionVolume) {
      const now = Math.floor(at / barMs);
      if (bar !== undefined && now > bar) {
        if (whole) finished.push(traded);
        if (finished.length > MAX_BARS) finished.shift();
        means.clear();
        whole = true;
        traded = 0;
      }
      bar = now;
      if (last !== undefined)
        traded += sessionVolume >= last ? sessionVolume - last : sessionVolume;
      last = sessionVolume;
    },
    ratio(bars) {
      if (finished.length < bars) return undefined;
      let mean = means.get(bars);
      if (mean === undefined) {
        mean = finished.slice(-bars).reduce((sum, volume) => sum + volume, 0) / bars;
        means.set(bars, mean);
      }
      return mean > 0 ? traded / mean : undefined;
    },
  };
}
