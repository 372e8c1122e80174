import { lib } from "../../tsup.base.js";

export default lib({
  index: "src/index.ts",
  react: "src/react/index.ts",
  testing: "src/testing/index.ts",
});
