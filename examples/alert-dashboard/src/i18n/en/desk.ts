export const desk = {
  title: "Desk",
  alone: "Only you look at {{symbol}}",
  others_one: "{{count, number}} other looks at {{symbol}}",
  others_other: "{{count, number}} others look at {{symbol}}",
  here: "{{user}} looks at {{symbol}}",
  more: "+{{count, number}}",
  pointerOf: "{{user}}",
} as const;
