import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";

/** The one symbol the page is about; the same on every page. */
export interface Selection {
  readonly symbol: string | undefined;
  readonly select: (symbol: string) => void;
}

const SelectionContext = createContext<Selection | undefined>(undefined);

const KEY = "tocsin.symbol";

/** Keeps the symbol for this tab, over a reload too. */
export function SelectionProvider({ children }: { readonly children: ReactNode }) {
  const [symbol, setSymbol] = useState(() => sessionStorage.getItem(KEY) ?? undefined);
  const select = useCallback((next: string) => {
    sessionStorage.setItem(KEY, next);
    setSymbol(next);
  }, []);
  const selection = useMemo(() => ({ symbol, select }), [symbol, select]);
  return <SelectionContext value={selection}>{children}</SelectionContext>;
}

export function useSelection(): Selection {
  const selection = use(SelectionContext);
  if (!selection) throw new Error("useSelection needs a SelectionProvider above it");
  return selection;
}
