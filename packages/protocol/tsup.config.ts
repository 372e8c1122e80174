import { lib } from "../../tsup.base.js";

export default lib({
  index: "src/index.ts",
  msgpack: "src/msgpack/index.ts",
  alerts: "src/alerts/index.ts",
  asyncapi: "src/asyncapi/index.ts",
});
