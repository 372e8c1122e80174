export const stress = {
  title: "Load: {{symbols, number}} symbols, {{rate, number}} prices a second each",
  note: "Prices are made in this page and take the whole way through the client: frames, patches, React.",
  frames: "Frames a second",
  interval: "Between frames, 95 %",
  work: "Main thread per frame, mean",
  longest: "Longest frame",
  longTasks: "Tasks over 50 ms",
  events: "Events a second",
  milliseconds: "{{ms, number}} ms",
} as const;
