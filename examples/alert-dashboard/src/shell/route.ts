import { useSyncExternalStore } from "react";

/** The pages, in the order of the navigation. */
export const PAGES = [
  "desk",
  "inbox",
  "monitors",
  "options",
  "portfolio",
  "news",
  "settings",
] as const;

/** A page of the desk. */
export type PageName = (typeof PAGES)[number];

/** Where one is: a page, and what is open on it. */
export interface Route {
  readonly page: PageName;
  readonly detail: string | undefined;
}

/** Reads `#/inbox/n1`. The address is a fragment, so that any static server can serve the desk. */
export function parseRoute(hash: string): Route {
  const [, page, detail] = /^#\/([a-z]*)(?:\/(.+))?$/.exec(hash) ?? [];
  const known = PAGES.find((name) => name === page) ?? "desk";
  return { page: known, detail: known === page && detail ? decode(detail) : undefined };
}

/** The address of a page. */
export function hrefOf(page: PageName, detail?: string): string {
  const path = page === "desk" ? "#/" : `#/${page}`;
  return detail === undefined ? path : `${path}/${encodeURIComponent(detail)}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // typed by hand; nothing is called so
  }
}

function listen(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return parseRoute(hash);
}

/** Goes to a page; `replace` leaves no step to go back to. */
export function goTo(page: PageName, detail?: string, { replace = false } = {}): void {
  const href = hrefOf(page, detail);
  if (replace) location.replace(href);
  else location.hash = href;
}
