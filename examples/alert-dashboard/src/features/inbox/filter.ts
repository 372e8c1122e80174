import type { AlertNotification, NotificationKind, Severity } from "@tocsin/protocol/alerts";

/** Which alerts the reader wants to see. */
export interface InboxFilter {
  readonly view: "all" | "unread" | "archived";
  readonly symbol?: string | undefined;
  readonly kind?: NotificationKind | undefined;
  readonly severity?: Severity | undefined;
  readonly state?: AlertNotification["state"] | undefined;
  readonly search?: string | undefined;
}

export const EVERYTHING: InboxFilter = { view: "all" };

/** Whether anything but the view is narrowed down. */
export function isNarrow({ view: _, ...rest }: InboxFilter): boolean {
  return Object.values(rest).some((value) => value !== undefined);
}

/** The same question as the server is asked. */
export function toQuery({ view, ...rest }: InboxFilter) {
  return { ...rest, archived: view === "archived", ...(view === "unread" && { unread: true }) };
}

export function isUnread({ readAt, archivedAt }: AlertNotification): boolean {
  return readAt === null && archivedAt === null;
}

/** Answers the question of {@link toQuery} for one alert the way the server would: lists take in what comes live. */
export function matches(alert: AlertNotification, filter: InboxFilter): boolean {
  const { view, symbol, kind, severity, state, search } = filter;
  if ((alert.archivedAt !== null) !== (view === "archived")) return false;
  if (view === "unread" && alert.readAt !== null) return false;
  if (symbol !== undefined && alert.symbol !== symbol) return false;
  if (kind !== undefined && alert.kind !== kind) return false;
  if (severity !== undefined && alert.severity !== severity) return false;
  if (state !== undefined && alert.state !== state) return false;
  if (search === undefined) return true;
  return `${alert.title}\n${alert.body}`.toLowerCase().includes(search.toLowerCase());
}
