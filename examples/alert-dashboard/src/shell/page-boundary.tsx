import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Placeholder } from "../ui/placeholder.js";

interface PageBoundaryProps {
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error: Error | undefined;
}

/** Keeps the rest of the desk alive when a page fails. React takes nothing but a class for this. */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override state: PageBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: Error): PageBoundaryState {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Crashed error={error} onRetry={() => this.setState({ error: undefined })} />;
  }
}

function Crashed({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const { t } = useTranslation("app");
  return (
    <Placeholder
      role="alert"
      title={t("crashed")}
      hint={error.message}
      action={{ label: t("retry"), run: onRetry }}
    />
  );
}
