/** How many partitions the symbols fall into, unless told otherwise. All workers have to agree. */
export const DEFAULT_PARTITIONS = 32;

/** The partition of a symbol: the same in every process (FNV-1a, 32 bits, over UTF-16 units). */
export function partitionOf(symbol: string, partitions: number): number {
  return hash(symbol) % partitions;
}

/**
 * The partitions one of several workers should hold, by rendezvous hashing (Thaler and Ravishankar, 1998): when
 * a worker comes or goes, only its own partitions move.
 */
export function shareOf(
  worker: string,
  workers: readonly string[],
  partitions: number,
): ReadonlySet<number> {
  const share = new Set<number>();
  for (let partition = 0; partition < partitions; partition += 1) {
    let best = worker;
    let highest = -1;
    for (const candidate of workers) {
      const weight = hash(`${partition}:${candidate}`);
      if (weight > highest || (weight === highest && candidate < best)) {
        best = candidate;
        highest = weight;
      }
    }
    if (best === worker) share.add(partition);
  }
  return share;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  // The last characters differ most and reach only the low bits; mix them up (Murmur's finalizer).
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
