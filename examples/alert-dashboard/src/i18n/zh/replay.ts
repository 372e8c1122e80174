import type { replay as english } from "../en/replay.js";
import type { Translated } from "../translated.js";

export const replay: Translated<typeof english> = {
  title: "行情",
  play: "启动行情",
  pause: "停止行情",
  again: "从头重新回放",
  marketTime: "行情时间（UTC）",
  position: "回放位置",
  speed: "速度",
  speedNow: "行情时间 {{speed}}",
  notYet: "尚无行情",
  states: {
    playing: "回放中",
    live: "实时行情",
    stopped: "已停止",
    ended: "回放结束",
    unknown: "未连接",
    loading: "正在查询服务",
  },
  hints: {
    playing: "正在回放历史与模拟价格",
    live: "价格来自交易所，无法控制",
    stopped: "启动之前价格不变，监控也不会运行",
    ended: "录制的数据已到结尾，可返回重新观看",
    unknown: "当前服务状态未知，这里是最后收到的状态",
    loading: "等待首次响应",
  },
  failed: "服务未能执行",
};
