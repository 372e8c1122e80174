import type { AnyContract, MethodDefs, MethodOutput, MethodsOf } from "@tocsin/protocol";
import type { Principal } from "./policy.js";

/** Who calls, and until when an answer is of use. */
export interface CallContext {
  readonly principal: Principal | undefined;
  readonly clientId: string;
}

/** Answers one call. The input has been checked; the output will be. */
export type MethodHandler<Input, Output> = (
  input: Input,
  context: CallContext,
) => Output | Promise<Output>;

/** One handler for each method of a contract. */
export type MethodHandlersOf<C extends AnyContract> = {
  readonly [K in keyof MethodsOf<C>]: MethodHandler<
    MethodOutputOfInput<MethodsOf<C>[K]>,
    MethodOutput<MethodsOf<C>[K]>
  >;
};

/** A handler is given what the input schema hands out, not what the caller typed. */
type MethodOutputOfInput<M extends MethodDefs[string]> = MethodOutput<{
  readonly input: M["input"];
  readonly output: M["input"];
}>;

/** The handlers of any contract, by name. */
export type MethodHandlers = ReadonlyMap<string, MethodHandler<never, unknown>>;
