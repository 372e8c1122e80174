import type { MessageType } from "./message-schemas.js";

/** What each message is for, in a sentence. */
export const SUMMARIES = {
  auth: "Says who this is; sent again, refreshes the right to be here.",
  subscribe:
    "Asks for a channel, from a position where one is named; repeated, changes the subscription.",
  unsubscribe: "Leaves a channel.",
  publish: "Publishes one event, if the server's policy allows it.",
  call: "Calls a method of the contract.",
  history: "Asks for events that a channel keeps.",
  presence: "Asks who is on a channel.",
  ping: "Asks for a sign of life.",
  connected: "The first message on every connection: who you are to the server, and its limits.",
  authenticated: "The token is good.",
  subscribed: "The channel's position, what became of missed events, and the snapshot.",
  unsubscribed: "The channel is left; no event of it follows.",
  event: "One event, or the newest of several.",
  patch: "A change of the value or row that has the offset `base`, as an RFC 7396 merge patch.",
  published: "The event is stored, at this position.",
  result: "Answers a call, history or presence.",
  error: "Refuses a message, or tells of something that went wrong.",
  pong: "A sign of life.",
  goaway: "The server is about to close: come back after the delay.",
} satisfies { readonly [T in MessageType]: string };
