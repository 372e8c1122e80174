import { useEffect, useRef } from "react";

/** A key, or two one after the other: `g i`. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/** What of a pressed key matters. */
export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** How long the second key may take. */
export const SECOND_KEY_MS = 1_200;

/** Finds what pressed keys mean, one after the other. */
export interface KeyReader {
  /** The shortcut that is complete now. */
  read(pressed: Pressed, at: number): string | undefined;
}

export function createKeyReader(known: () => Iterable<string>): KeyReader {
  let first: { readonly key: string; readonly at: number } | undefined;
  return {
    read({ key, ctrlKey, metaKey, altKey }, at) {
      if (ctrlKey || metaKey || altKey) return undefined; // those belong to the browser
      const names = new Set(known());
      const pair = first && at - first.at <= SECOND_KEY_MS ? `${first.key} ${key}` : undefined;
      first = undefined;
      if (pair !== undefined && names.has(pair)) return pair;
      if ([...names].some((name) => name.startsWith(`${key} `))) first = { key, at };
      return names.has(key) ? key : undefined;
    },
  };
}

/** Keys typed into a field are text, and in an open dialog or menu they belong to it. */
function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]",
    ) !== null
  );
}

/** Runs shortcuts while the component is there. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const newest = useRef(shortcuts);
  useEffect(() => {
    newest.current = shortcuts;
  }, [shortcuts]);
  useEffect(() => {
    const reader = createKeyReader(() => Object.keys(newest.current));
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTaken(event.target)) return;
      const name = reader.read(event, event.timeStamp);
      if (name === undefined) return;
      event.preventDefault();
      newest.current[name]?.();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
