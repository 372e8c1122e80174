import {
  type AnyContract,
  type MethodInput,
  type MethodOutput,
  type MethodsOf,
  TocsinError,
} from "@tocsin/protocol";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Client } from "../api.js";
import { AbortedError } from "../errors.js";
import type { RequestOptions } from "../requests.js";
import { type RegisteredContract, useTocsinClient } from "./provider.js";

/** What `useCall` returns. */
export interface CallState<Input, Output> {
  /** Calls the method. Rejects as `client.call` does, and with `AbortedError` when the component is gone. */
  readonly call: (input: Input, options?: RequestOptions) => Promise<Output>;
  /** Whether a call is under way. */
  readonly pending: boolean;
  /** What the last call that worked brought. */
  readonly data: Output | undefined;
  /** Why the last call failed; gone when the next one starts. */
  readonly error: TocsinError | undefined;
}

/**
 * A method of the contract as a function with a state. Calls end when the component goes. The types are those of the
 * {@link Register}ed contract, or of the one handed in.
 */
export function useCall<
  C extends AnyContract = RegisteredContract,
  Name extends keyof MethodsOf<C> & string = keyof MethodsOf<C> & string,
>(
  name: Name,
  _contract?: C,
): CallState<MethodInput<MethodsOf<C>[Name]>, MethodOutput<MethodsOf<C>[Name]>> {
  type Input = MethodInput<MethodsOf<C>[Name]>;
  type Output = MethodOutput<MethodsOf<C>[Name]>;
  const client: Client<AnyContract> = useTocsinClient();
  const [state, setState] = useState<Omit<CallState<never, Output>, "call">>({
    pending: false,
    data: undefined,
    error: undefined,
  });
  const alive = useRef(new AbortController());
  const newest = useRef(0);
  useEffect(() => {
    if (alive.current.signal.aborted) alive.current = new AbortController(); // StrictMode mounts twice
    return () => alive.current.abort(new AbortedError("the component was unmounted"));
  }, []);

  const call = useCallback(
    async (input: Input, options: RequestOptions = {}): Promise<Output> => {
      newest.current += 1;
      const turn = newest.current;
      const settle = (news: Partial<typeof state>) => {
        if (turn === newest.current) setState((last) => ({ ...last, pending: false, ...news }));
      };
      setState((last) => ({ ...last, pending: true, error: undefined }));
      const gone = alive.current.signal;
      const signal = options.signal ? AbortSignal.any([gone, options.signal]) : gone;
      try {
        // the contract of the client is this one; its own type may be a wider one
        const data = (await client.call(name, input, { ...options, signal })) as Output;
        settle({ data });
        return data;
      } catch (error) {
        if (error instanceof TocsinError) settle({ error });
        throw error;
      }
    },
    [client, name],
  );
  return { ...state, call };
}
