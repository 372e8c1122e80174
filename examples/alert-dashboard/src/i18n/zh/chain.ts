import type { chain as words } from "../en/chain.js";
import type { Translated } from "../translated.js";

export const chain = {
  title: "期权链",
  underlying: "标的",
  expiry: "到期日",
  calls: "认购",
  puts: "认沽",
  strike: "行权价",
  bid: "买价",
  ask: "卖价",
  mark: "标记价",
  iv: "隐波 %",
  delta: "Delta",
  gamma: "Gamma",
  theta: "Theta",
  vega: "Vega",
  greeks: "希腊值",
  last: "标的现价 {{price}}",
  atTheMoney: "平值",
  inTheMoney: "实值",
  loading: "正在加载期权链",
  empty: "{{symbol}} 没有期权",
  emptyHint: "请选择其他标的。",
  failed: "无法加载期权链",
  staleHint: "未在更新",
  caption: "{{symbol}} 的期权，行权价左侧为认购，右侧为认沽",
} satisfies Translated<typeof words>;
