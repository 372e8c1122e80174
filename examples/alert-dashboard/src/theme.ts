import { createTheme, type MantineColorsTuple } from "@mantine/core";

const size = { defaultProps: { size: "xs" } };

/** The library's greys of the dark theme, from text to ground, in the blue tint of the page's own. */
const INK: MantineColorsTuple = [
  "#d9e0ea",
  "#b6c0ce",
  "#8d99ab",
  "#66728a",
  "#313c4d",
  "#232c3a",
  "#171d27",
  "#10141b",
  "#0d1117",
  "#0a0d12",
];

/** Dense defaults for the component library; colours come from `theme.css`. */
export const theme = createTheme({
  fontFamily: "var(--font)",
  primaryColor: "blue",
  colors: { dark: INK },
  primaryShade: { light: 9, dark: 9 },
  defaultRadius: 4,
  cursorType: "pointer",
  components: {
    Button: size,
    TextInput: size,
    NativeSelect: size,
    SegmentedControl: size,
    Switch: size,
    ActionIcon: { defaultProps: { size: "sm", variant: "subtle", color: "gray" } },
    Notification: { styles: { title: { fontSize: 13 }, description: { fontSize: 12 } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true, fz: "xs" } },
  },
});
