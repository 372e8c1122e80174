export const news = {
  title: "News",
  loading: "Loading news",
  empty: "No news yet",
  emptyHint: "What happens in the market is told here.",
  failed: "The news could not be loaded",
  market: "Market",
  onlySymbol: "About",
  all: "All symbols",
  gap: "Some older news could not be recovered",
  list: "News",
} as const;
