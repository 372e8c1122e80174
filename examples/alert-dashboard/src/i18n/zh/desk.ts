import type { desk as words } from "../en/desk.js";
import type { Translated } from "../translated.js";

export const desk = {
  title: "交易台",
  alone: "只有您在查看 {{symbol}}",
  others_other: "另有 {{count, number}} 人在查看 {{symbol}}",
  here: "{{user}} 正在查看 {{symbol}}",
  more: "+{{count, number}}",
  pointerOf: "{{user}}",
} satisfies Translated<typeof words>;
