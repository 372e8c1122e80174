import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createSessionKeeper, signInAs } from "./api/session.js";
import { App, createServices } from "./app.js";
import { LANGUAGE_KEY, pickLanguage } from "./i18n/language.js";
import { startI18n } from "./i18n/start.js";
import { createMarketClient } from "./live/client.js";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

const i18n = startI18n(pickLanguage(localStorage.getItem(LANGUAGE_KEY), navigator.languages));
const keepLanguage = (language: string) => {
  document.documentElement.lang = language;
};
keepLanguage(i18n.language);
i18n.on("languageChanged", (language) => {
  localStorage.setItem(LANGUAGE_KEY, language);
  keepLanguage(language);
});

const user = new URLSearchParams(location.search).get("user") ?? undefined;
const services = createServices(createSessionKeeper(signInAs(user)), i18n, (sessions) =>
  createMarketClient(sessions, location),
);
// The server hears a goodbye instead of waiting for a heartbeat that does not come.
addEventListener("pagehide", (event) => {
  if (!event.persisted) void services.client.close();
});

createRoot(root).render(
  <StrictMode>
    <App services={services} />
  </StrictMode>,
);
