import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The example server, for `npm run dev`; its port can be given as it is given to the server itself.
const server = `http://127.0.0.1:${process.env.PORT ?? 3000}`;

export default defineConfig({
  plugins: [react()],
  // The packages of this repository are taken from their sources: no build has to come first.
  resolve: { conditions: ["@tocsin/source", "module", "browser", "development|production"] },
  server: {
    proxy: {
      "/api": server,
      "/ws": { target: server, ws: true },
    },
  },
  build: {
    target: "es2023",
    // One page for one desk: a single script that a browser caches is simpler than many.
    chunkSizeWarningLimit: 1_500,
  },
});
