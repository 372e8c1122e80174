/** Another node that was heard of. */
export interface KnownNode {
  readonly name: string;
  /** When it started, milliseconds since 1970 by its own clock. */
  readonly since: number;
  /** When it last said that it is there, by the clock of this node. */
  readonly heardAt: number;
}

/** Knows who else is there. Time is an argument. */
export interface Roster {
  /** A node says that it is there. Returns whether that is news. */
  here(name: string, since: number, now: number): boolean;
  gone(name: string): void;
  /** Nobody could be heard until now, so that nobody was heard says nothing. */
  excuse(now: number): void;
  /** Those that were heard of lately. */
  known(now: number): readonly KnownNode[];
}

/** Nobody known yet. Who was silent for `patienceMs` is gone. */
export function createRoster(patienceMs: number): Roster {
  const nodes = new Map<string, KnownNode>();
  return {
    here(name, since, now) {
      const isNews = nodes.get(name)?.since !== since;
      nodes.set(name, { name, since, heardAt: now });
      return isNews;
    },
    gone: (name) => void nodes.delete(name),
    excuse(now) {
      for (const node of nodes.values()) nodes.set(node.name, { ...node, heardAt: now });
    },
    known(now) {
      for (const { name, heardAt } of nodes.values()) {
        if (now - heardAt > patienceMs) nodes.delete(name);
      }
      return [...nodes.values()];
    },
  };
}
