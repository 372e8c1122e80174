import {
  type AnyContract,
  type ChannelRef,
  definition,
  type OutputOf,
  type Schema,
  TocsinError,
  validate,
} from "@tocsin/protocol";
import type { Client, History } from "./api.js";
import { isRecord } from "./connection/read-frame.js";
import { InvalidPayloadError, ProtocolError } from "./errors.js";
import type { Answer, Ask, RequestOptions } from "./requests.js";

export interface OperationsOptions<C extends AnyContract> {
  readonly contract: C;
  readonly random: () => number;
  readonly nextId: () => string;
  /** Sends a request; `repeatable` when doing it twice is as good as doing it once. */
  readonly ask: (message: Ask, repeatable: boolean, options: RequestOptions) => Promise<Answer>;
}

/** The requests of a client: what is sent is checked before, what comes back after. */
export function createOperations<C extends AnyContract>({
  contract,
  random,
  nextId,
  ask,
}: OperationsOptions<C>): Pick<Client<C>, "publish" | "call" | "history" | "presence"> {
  const { methods } = contract[definition];
  // Keys must differ between all clients there ever are; within one the request id will do.
  const keyPrefix = [random(), random(), random()]
    .map((roll) => roll.toString(36).slice(2))
    .join("");

  async function read(message: Ask, repeatable: boolean, options: RequestOptions) {
    const answer = await ask(message, repeatable, options);
    if (answer.type !== "result") throw new ProtocolError(`${message.type} got no result`);
    return answer.data;
  }

  return {
    async publish({ name, def }, data, options = {}) {
      check(name, def.payload, data);
      const id = nextId();
      const { key = `${keyPrefix}-${id}` } = options;
      const answer = await ask({ type: "publish", id, channel: name, data, key }, true, options);
      if (answer.type !== "published") throw new ProtocolError("publish got no acknowledgement");
      const { offset, epoch, duplicate } = answer;
      return { offset, epoch, duplicate };
    },
    async call(method, input, options = {}) {
      const def = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (!def) throw new TocsinError(`the contract has no method ${method}`);
      check(method, def.input, input);
      const data = await read(
        { type: "call", id: nextId(), method, params: input },
        false,
        options,
      );
      // the generic type of this method is that of the contract; it names the schema that was just run
      return check(method, def.output, data) as never;
    },
    async history(ref, options = {}) {
      const { since, limit, reverse } = options;
      const message: Ask = {
        type: "history",
        id: nextId(),
        channel: ref.name,
        ...(since && { since }),
        ...(limit !== undefined && { limit }),
        ...(reverse !== undefined && { reverse }),
      };
      return readHistory(ref, await read(message, true, options));
    },
    async presence({ name }, options = {}) {
      const data = await read({ type: "presence", id: nextId(), channel: name }, true, options);
      if (isRecord(data) && Array.isArray(data.members)) return data.members;
      throw new ProtocolError("presence brought no members");
    },
  };
}

/** @throws {@link InvalidPayloadError} */
export function check<S extends Schema>(subject: string, schema: S, value: unknown): OutputOf<S> {
  const checked = validate(schema, value);
  if (checked.ok) return checked.value;
  throw new InvalidPayloadError(subject, checked.problem);
}

function readHistory<Ref extends ChannelRef>(
  { name, def }: Ref,
  data: unknown,
): History<OutputOf<Ref["def"]["payload"]>> {
  if (isRecord(data) && Array.isArray(data.events)) {
    const { epoch, offset, events } = data;
    if (typeof epoch === "string" && typeof offset === "number") {
      return {
        epoch,
        offset,
        events: events.map((event) => ({
          offset: Number(event?.offset),
          data: check(name, def.payload, event?.data),
          publishedAt: Number(event?.timestamp),
        })),
      };
    }
  }
  throw new ProtocolError("history brought no events");
}
