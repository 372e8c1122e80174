import { createContext, use } from "react";
import type { Api } from "./api.js";

/** The page's one {@link Api}; provided in `app.tsx`. */
export const ApiContext = createContext<Api | undefined>(undefined);

export function useApi(): Api {
  const api = use(ApiContext);
  if (!api) throw new Error("useApi needs an ApiContext above it");
  return api;
}
