import type { news as words } from "../en/news.js";
import type { Translated } from "../translated.js";

export const news = {
  title: "新闻",
  loading: "正在加载新闻",
  empty: "还没有新闻",
  emptyHint: "市场动态会显示在这里。",
  failed: "无法加载新闻",
  market: "市场",
  onlySymbol: "关于",
  all: "全部代码",
  gap: "部分较早的新闻无法找回",
  list: "新闻",
} satisfies Translated<typeof words>;
