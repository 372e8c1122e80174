import { type Client, createClient } from "@tocsin/client";
import { market } from "@tocsin-example/alert-contract";
import type { SessionKeeper } from "../api/session.js";

/** A client that knows the contract. */
export type MarketClient = Client<typeof market>;

// The hooks of the React leaf then know channels and methods.
declare module "@tocsin/client/react" {
  interface Register {
    contract: typeof market;
  }
}

/** The page's one connection. A token is fetched for each connect: the last one may have ended meanwhile. */
export function createMarketClient(sessions: SessionKeeper, location: Location): MarketClient {
  const url = new URL("/ws", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return createClient({
    url: url.href,
    contract: market,
    token: async () => (await sessions.renew()).token,
  });
}
