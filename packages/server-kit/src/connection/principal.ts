/** The parts of the HTTP upgrade request a hook may look at. The query string is not among them: it ends up in logs. */
export interface UpgradeInfo {
  /** Path without query. */
  readonly path: string;
  /** Lower-case header names; a header sent several times is joined by `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Address of the peer as the socket sees it. */
  readonly remoteAddress: string;
}

/** Who a connection belongs to. */
export interface Principal {
  readonly userId: string;
  /** When the right ends, milliseconds since 1970. The connection is closed with 4005 then, unless refreshed. */
  readonly expiresAt?: number;
  /** Whatever `authorize` wants to know, such as roles. */
  readonly claims?: Readonly<Record<string, unknown>>;
}
