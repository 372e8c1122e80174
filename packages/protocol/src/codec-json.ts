import type { Codec } from "./codec.js";
import { SUBPROTOCOL_JSON } from "./version.js";

const utf8 = /* @__PURE__ */ new TextDecoder();

/** One JSON object a text frame: readable in a browser console and with `wscat`. */
export const jsonCodec: Codec = {
  subprotocol: SUBPROTOCOL_JSON,
  binary: false,
  parse(frame) {
    try {
      return {
        ok: true,
        value: JSON.parse(typeof frame === "string" ? frame : utf8.decode(frame)),
      };
    } catch {
      return { ok: false, message: "the frame is not JSON; send one JSON object per text frame" };
    }
  },
  serialize: (message) => JSON.stringify(message),
};
