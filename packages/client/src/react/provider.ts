import type { AnyContract } from "@tocsin/protocol";
import { createContext, createElement, type ReactNode, useContext } from "react";
import type { Client } from "../api.js";

/**
 * Tells the hooks which contract they are for, so that `useCall` knows the methods:
 *
 * ```ts
 * declare module "@tocsin/client/react" {
 *   interface Register { contract: typeof market }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: users fill it
export interface Register {}

/** The registered contract, or any. */
export type RegisteredContract = Register extends { contract: infer C extends AnyContract }
  ? C
  : AnyContract;

const ClientContext = createContext<Client<RegisteredContract> | undefined>(undefined);

/** Properties of {@link TocsinProvider}. */
export interface TocsinProviderProps {
  /** Made outside of components, so that there is one socket however often they are mounted. */
  readonly client: Client<RegisteredContract>;
  readonly children?: ReactNode;
}

/** Gives the components below it a client. Connecting is up to them: a page without subscriptions has no socket. */
export function TocsinProvider({ client, children }: TocsinProviderProps): ReactNode {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/**
 * The client of the nearest {@link TocsinProvider}.
 *
 * @throws Error when there is none
 */
export function useTocsinClient(): Client<RegisteredContract> {
  const client = useContext(ClientContext);
  if (client) return client;
  throw new Error("Tocsin hooks need a <TocsinProvider client={…}> above them");
}
