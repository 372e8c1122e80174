import { createContext, use } from "react";

/** Who is signed in; provided in `app.tsx`. */
export const UserContext = createContext<string | undefined>(undefined);

export function useUserId(): string {
  const userId = use(UserContext);
  if (userId === undefined) throw new Error("useUserId needs a UserContext above it");
  return userId;
}
