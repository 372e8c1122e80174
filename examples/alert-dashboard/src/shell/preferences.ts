import { severity } from "@tocsin/protocol/alerts";
import { useSyncExternalStore } from "react";
import { z } from "zod";

const preferences = z.object({
  sound: z.boolean().catch(false),
  notify: z.boolean().catch(false),
  minSeverity: severity.catch("info"),
});

/** How the reader of this browser wants to be told. */
export type Preferences = z.infer<typeof preferences>;

const KEY = "tocsin.telling";
const listeners = new Set<() => void>();
let known: { readonly text: string | null; readonly value: Preferences } | undefined;

/** Reads what was kept; what cannot be read is as if nothing had been chosen. */
export function parsePreferences(text: string | null): Preferences {
  try {
    return preferences.parse(JSON.parse(text ?? "{}"));
  } catch {
    return preferences.parse({});
  }
}

export function readPreferences(): Preferences {
  const text = localStorage.getItem(KEY);
  if (known?.text !== text || !known) known = { text, value: parsePreferences(text) };
  return known.value;
}

export function setPreferences(change: Partial<Preferences>): void {
  localStorage.setItem(KEY, JSON.stringify({ ...readPreferences(), ...change }));
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("storage", listener); // another tab changed them
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", listener);
  };
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(listen, readPreferences);
}
