import type { stress as english } from "../en/stress.js";
import type { Translated } from "../translated.js";

export const stress: Translated<typeof english> = {
  title: "压力：{{symbols, number}} 个代码，每个每秒 {{rate, number}} 次报价",
  note: "价格在本页生成，并经过客户端的完整路径：帧、补丁、React。",
  frames: "每秒帧数",
  interval: "帧间隔（95%）",
  work: "每帧主线程用时（平均）",
  longest: "最长一帧",
  longTasks: "超过 50 毫秒的任务",
  events: "每秒事件数",
  milliseconds: "{{ms, number}} 毫秒",
};
