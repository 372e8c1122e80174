import type { Measure } from "../wire/counter.js";
import { CONNACK, connectPacket, mqttPackets, subscribePacket } from "../wire/mqtt.js";
import { CONNECT, natsMessages, subscribeLine } from "../wire/nats.js";
import { clientFrame, framesOf, upgradeRequest } from "../wire/web-socket.js";
import { COUNTED_BYTES } from "../workloads.js";

/** How readers speak to a server. */
export interface Dialect {
  /** What a reader sends as soon as it is connected. */
  readonly greeting: string | Buffer;
  /** Said in turn, each when its mark has come. After the last of them the reader is subscribed. */
  readonly steps: readonly Step[];
  /** How events are told apart. */
  readonly measure: Measure;
}

interface Step {
  readonly mark: string | Buffer;
  readonly say: string | Buffer;
  /** What comes up to the mark is no message of the format. */
  readonly preamble?: boolean;
}

/** Makes the dialect of one reader, who wants these channels. */
export type DialectFor = (channels: readonly number[], reader: number) => Dialect;

/** Settings of {@link webSocket}. */
interface WebSocketOptions {
  readonly subscribe: (channel: number) => string;
  readonly path?: string;
  readonly subprotocol?: string;
  readonly extensions?: string;
  /** Sent right after the upgrade, and what the server answers; nothing may be subscribed to before. */
  readonly login?: { readonly say: string; readonly mark: string };
  /** Smallest payload that is an event. */
  readonly threshold?: number;
}

/** Readers on a WebSocket that subscribe with a frame for each channel. */
export function webSocket(options: WebSocketOptions): DialectFor {
  const { path = "/", subscribe, login, threshold = COUNTED_BYTES } = options;
  const greeting = upgradeRequest(path, options);
  const measure = framesOf(threshold);
  return (channels) => {
    const wanted = Buffer.concat(channels.map((channel) => clientFrame(subscribe(channel))));
    const steps = login
      ? [
          { mark: "\r\n\r\n", say: clientFrame(login.say), preamble: true },
          { mark: login.mark, say: wanted },
        ]
      : [{ mark: "\r\n\r\n", say: wanted, preamble: true }];
    return { greeting, steps, measure };
  };
}

/** Nchan: the channels stand in the address. */
export const nchan: DialectFor = (channels) => ({
  greeting: upgradeRequest(`/sub/${channels.join(",")}`),
  steps: [{ mark: "\r\n\r\n", say: "", preamble: true }],
  measure: framesOf(COUNTED_BYTES),
});

/** The own protocol of NATS. */
export const nats: DialectFor = (channels) => ({
  greeting: "",
  steps: [
    {
      mark: "INFO",
      say: CONNECT + channels.map((channel) => subscribeLine(`c.${channel}`, channel + 1)).join(""),
    },
  ],
  measure: natsMessages,
});

/** MQTT. */
export const mqtt: DialectFor = (channels, reader) => ({
  greeting: connectPacket(`reader-${reader}`),
  steps: [{ mark: CONNACK, say: subscribePacket(channels.map((channel) => `c/${channel}`)) }],
  measure: mqttPackets,
});
