import type { IncomingMessage } from "node:http";
import type { TurnedAway } from "./attach.js";

/** Far more than browsers and proxies add between them. */
const MAX_HEADERS = 200;

const KEY = /^[+/0-9A-Za-z]{22}==$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * What is wrong with the headers of an upgrade, if anything: RFC 6455 section 4.2.1, and no more headers than can be
 * meant. Looked at before a place is taken or anybody is asked who this is. One pass over each header.
 */
export function handshakeFault(
  request: Pick<IncomingMessage, "method" | "headers" | "rawHeaders">,
): TurnedAway | undefined {
  const { method, headers, rawHeaders } = request;
  if (rawHeaders.length / 2 > MAX_HEADERS) {
    return { fault: "too-many-headers", status: 431, reason: "too many headers" };
  }
  if (method !== "GET") return bad("an upgrade is a GET", 405);
  if (headers.upgrade?.toLowerCase() !== "websocket") return bad("only websocket is spoken here");
  if (!KEY.test(headers["sec-websocket-key"] ?? "")) return bad("Sec-WebSocket-Key is not a key");
  const version = headers["sec-websocket-version"];
  if (version !== "13" && version !== "8") {
    return { fault: "bad-version", status: 426, reason: "the version spoken here is 13" };
  }
  const protocols = headers["sec-websocket-protocol"];
  if (protocols !== undefined && !areProtocols(protocols)) {
    return bad("Sec-WebSocket-Protocol is not a list of different names");
  }
  const extensions = headers["sec-websocket-extensions"]?.trim();
  if (extensions && !areExtensions(extensions)) {
    return bad("Sec-WebSocket-Extensions is not a list of extensions");
  }
  return undefined;
}

function bad(reason: string, status = 400): TurnedAway {
  return { fault: "bad-handshake", status, reason };
}

function areProtocols(list: string): boolean {
  const names = list.split(",").map((name) => name.trim());
  return names.every((name) => TOKEN.test(name)) && new Set(names).size === names.length;
}

/** None is spoken, so only the names matter; one that every object answers to is an attack, not an extension. */
function areExtensions(list: string): boolean {
  return list.split(",").every((offer) => {
    const [name = ""] = offer.split(";", 1).map((part) => part.trim());
    return TOKEN.test(name) && !(name in Object.prototype);
  });
}
