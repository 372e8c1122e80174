/**
 * Walks a map from its oldest key on, where each key that is handed out is taken out of the map or moved to its
 * end. The iterator is kept, for a new one would walk over the holes that earlier deletions have left, which makes
 * dropping the oldest of many cost as much as there are. But it is held weakly: an iterator that nobody advances
 * keeps every table alive that its map has outgrown since, so one that idles must be free to go.
 */
export function oldestKey<K>(map: ReadonlyMap<K, unknown>): () => K | undefined {
  let kept: WeakRef<MapIterator<K>> | undefined;
  return () => {
    const next = kept?.deref()?.next();
    if (next && !next.done) return next.value;
    const keys = map.keys(); // an iterator that has come to the end stays there
    kept = new WeakRef(keys);
    const first = keys.next();
    return first.done ? undefined : first.value;
  };
}
