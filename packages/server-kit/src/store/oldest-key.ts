/**
 * Walks a map from its oldest key on, where each key that is handed out is taken out of the map or moved to its
 * end. One iterator is kept for good: a new one would walk over the holes that earlier deletions have left, which
 * makes dropping the oldest of many cost as much as there are.
 */
export function oldestKey<K>(map: ReadonlyMap<K, unknown>): () => K | undefined {
  let keys = map.keys();
  return () => {
    let next = keys.next();
    if (next.done) {
      keys = map.keys(); // an iterator that has come to the end stays there
      next = keys.next();
    }
    return next.done ? undefined : next.value;
  };
}
