import {
  type AnyContract,
  type ChannelDef,
  type ChannelRef,
  jsonCodec,
  type TocsinError,
} from "@tocsin/protocol";
import type { Client, ClientEvents } from "./api.js";
import { systemClock } from "./clock.js";
import { DEFAULT_BACKOFF } from "./connection/backoff.js";
import { createDriver, toRequestError } from "./connection/driver.js";
import { type ConnectionState, publicState } from "./connection/public-state.js";
import { pageWakeUps } from "./connection/wake.js";
import { type Disposable, disposable } from "./dispose.js";
import { ClientClosedError, HandlerError } from "./errors.js";
import { createEmitter } from "./events.js";
import { check, createOperations } from "./operations.js";
import type { ClientOptions } from "./options.js";
import { createRequests } from "./requests.js";
import { createRegistry } from "./subscription/registry.js";
import type { HandleOptions, SubscribeOptions } from "./subscription/subscription.js";

/** Makes a client. It connects on first need: a subscribe, a publish, a call or `connect()`. */
export function createClient<C extends AnyContract>(options: ClientOptions<C>): Client<C> {
  const {
    contract,
    codec = jsonCodec,
    clock = systemClock,
    random = Math.random,
    logger,
    signal,
    offlineQueue = 100,
    requestTimeoutMs = 10_000,
  } = options;
  const backoff = { ...DEFAULT_BACKOFF, ...options.backoff };
  const emitter = createEmitter<ClientEvents>((cause) =>
    onError(new HandlerError("a handler of the client threw", { cause })),
  );
  let ids = 0;
  let state: ConnectionState | undefined;
  let reporting = false;
  const nextId = () => String(++ids);
  const live = () => driver.state.status === "live";

  /** One object per state, however often it is asked for: stores compare by identity. */
  function currentState(): ConnectionState {
    state ??= publicState(driver.state);
    return state;
  }

  function onError(error: TocsinError): void {
    // a handler of `error` that throws must not be told of its own error for ever
    if (!emitter.hears("error") || error instanceof HandlerError) {
      logger?.warn({ err: error }, error.message);
    }
    if (!(error instanceof HandlerError && reporting)) {
      reporting = true;
      emitter.emit("error", error);
      reporting = false;
    }
  }

  const registry = createRegistry({
    clock,
    random,
    backoff,
    live,
    say: (message) => driver.say(message),
    nextId,
    onError,
    onGap: (gap) => emitter.emit("gap", gap),
  });
  const requests = createRequests({
    clock,
    codec,
    queueSize: offlineQueue,
    timeoutMs: requestTimeoutMs,
    live,
    send: (frame) => driver.send(frame),
  });
  const driver = createDriver(
    {
      url: options.url,
      codec,
      webSocket: () => options.WebSocket,
      clock,
      random,
      backoff,
      heartbeat: options.heartbeat,
      maxAttempts: options.maxAttempts ?? Number.POSITIVE_INFINITY,
      connectTimeoutMs: options.connectTimeoutMs ?? 15_000,
      wakeUps: options.wakeUps ?? pageWakeUps,
      onUp() {
        registry.up();
        requests.flush();
      },
      onDown(error, final) {
        requests.interrupt(error, final);
        if (driver.state.status === "closed") registry.close();
        else registry.down(error, final);
        if (final && driver.state.status !== "closed") onError(error);
      },
      onTransition() {
        state = undefined;
      },
      onState() {
        const now = currentState();
        logger?.debug({ ...now }, `connection ${now.status}`);
        emitter.emit("state", now);
      },
      onMessage(message) {
        if (requests.answer(message) || registry.handle(message)) return;
        if (message.type === "error" && message.id === undefined) onError(toRequestError(message));
      },
      onGoaway: ({ reason, reconnectAfterMs }) =>
        emitter.emit("goaway", { reason, reconnectAfterMs }),
      onError,
    },
    options.token,
  );

  const operations = createOperations({
    contract,
    random,
    nextId,
    async ask(message, repeatable, requestOptions) {
      const { state } = driver;
      if (state.status === "closed") throw new ClientClosedError();
      if (state.status === "stopped") throw state.error;
      driver.tell({ type: "need" });
      return requests.ask(message, repeatable, requestOptions);
    },
  });

  const close = () => {
    driver.tell({ type: "close" });
    signal?.removeEventListener("abort", close);
  };
  signal?.addEventListener("abort", close);
  if (signal?.aborted) close();

  const client: Omit<Client<C>, keyof Disposable> = {
    ...operations,
    contract,
    on: emitter.on,
    off: emitter.off,
    get state() {
      return currentState();
    },
    async connect() {
      driver.tell({ type: "connect" });
      await undefined; // called by a handler, the line above takes effect when that has returned
      return new Promise((resolve, reject) => {
        const settle = () => {
          const state = currentState();
          if (state.status === "live") resolve();
          else if (state.status === "stopped") reject(state.error);
          else if (state.status === "closed") reject(new ClientClosedError());
          else return;
          stop();
        };
        const stop = emitter.on("state", settle);
        settle();
      });
    },
    subscribe<Def extends ChannelDef>(ref: ChannelRef<Def>, options?: SubscribeOptions<Def>) {
      if (driver.state.status === "closed") throw new ClientClosedError();
      const { params, ...rest }: HandleOptions & { params?: unknown } = options ?? {};
      if (ref.def.params) check(`params of ${ref.name}`, ref.def.params, params);
      const subscription = registry.subscribe(ref, params, rest);
      driver.tell({ type: "need" });
      return subscription;
    },
    refreshToken: () => driver.tell({ type: "renew" }),
    setToken(token) {
      driver.setToken(token);
      driver.tell({ type: "renew" });
    },
    async close() {
      close();
    },
  };
  return disposable(client, close);
}
