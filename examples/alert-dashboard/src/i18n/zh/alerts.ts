import type { alerts as words } from "../en/alerts.js";
import type { Translated } from "../translated.js";

export const alerts = {
  kinds: {
    "entry-range": "入场区间",
    "take-profit": "止盈",
    "stop-loss": "止损",
    threshold: "阈值",
    crossing: "穿越",
    "percent-change": "涨跌幅",
    "range-breakout": "突破",
    "volume-spike": "放量",
    "stale-feed": "行情静默",
    "no-data": "无数据",
    summary: "汇总",
  },
  severities: { info: "提示", warning: "警告", critical: "严重" },
  states: { firing: "触发中", resolved: "已解除" },
  titled: "{{symbol}} {{what}}",
  noData: "{{symbol}} 没有数据",
  rules: {
    "entry-range": "进入区间 {{low}} 至 {{high}}",
    "take-profit": { long: "上涨至目标价 {{price}}", short: "下跌至目标价 {{price}}" },
    "stop-loss": { long: "下跌至止损价 {{price}}", short: "上涨至止损价 {{price}}" },
    threshold: { above: "不低于 {{price}}", below: "不高于 {{price}}" },
    crossing: { up: "向上穿越 {{price}}", down: "向下穿越 {{price}}" },
    "percent-change": {
      up: "{{window}}内上涨 {{percent}}%",
      down: "{{window}}内下跌 {{percent}}%",
      either: "{{window}}内变动 {{percent}}%",
    },
    "range-breakout": {
      high: "创 {{window}}新高",
      low: "创 {{window}}新低",
      either: "突破 {{window}}区间",
    },
    "volume-spike": "成交量达到 {{bars, number}} 根均量的 {{factor}} 倍",
    "stale-feed": "已 {{after}}没有报价",
  },
  happened: {
    "entry-range": "已进入区间 {{low}} 至 {{high}}",
    "take-profit": { long: "已上涨至目标价 {{price}}", short: "已下跌至目标价 {{price}}" },
    "stop-loss": { long: "已下跌至止损价 {{price}}", short: "已上涨至止损价 {{price}}" },
    threshold: { above: "不低于 {{price}}", below: "不高于 {{price}}" },
    crossing: { up: "向上穿越 {{price}}", down: "向下穿越 {{price}}" },
    "percent-change": {
      up: "{{window}}内上涨 {{percent}}%",
      down: "{{window}}内下跌 {{percent}}%",
      either: "{{window}}内变动 {{percent}}%",
    },
    "range-breakout": {
      high: "创 {{window}}新高",
      low: "创 {{window}}新低",
      either: "突破 {{window}}区间",
    },
    "volume-spike": "成交量达到 {{bars, number}} 根均量的 {{factor}} 倍",
    "stale-feed": "已 {{after}}没有报价",
  },
  summaries: {
    flood_other: "提醒过多：暂缓推送 {{count, number}} 条",
    digest_other: "{{count, number}} 条提醒的摘要",
    hint: "每一条都在收件箱中。",
  },
  priceIs: "现价 {{price}}",
  priceFrom: "现价 {{price}}，此前 {{before}}",
  priceMoved: "现价 {{price}}，{{percent}}",
  lastPrice: "最后报价 {{price}}；恢复数据前规则暂停",
} satisfies Translated<typeof words>;
