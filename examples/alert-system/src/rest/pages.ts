import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { absolutePath } from "swagger-ui-dist";

const FILES = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
} as const;

/** A file any framework can send as it stands. */
export interface Page {
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
}

const STARTER = `window.ui = SwaggerUIBundle({ url: "/docs/json", dom_id: "#ui", deepLinking: true });\n`;

const page = (title: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** The reference of the REST interface at `/docs`: Swagger UI from its package, and the document it shows. */
export function docsPages(document: object, title: string): readonly Page[] {
  const directory = absolutePath();
  const pageOf = (path: string, type: string, text: string): Page => ({
    path,
    type,
    content: Buffer.from(text),
  });
  return [
    pageOf("/docs", "text/html; charset=utf-8", page(title)),
    pageOf("/docs/json", "application/json; charset=utf-8", JSON.stringify(document)),
    pageOf("/docs/start.js", "text/javascript; charset=utf-8", STARTER),
    ...Object.entries(FILES).map(([name, type]) => ({
      path: `/docs/${name}`,
      type,
      content: readFileSync(join(directory, name)),
    })),
  ];
}

const MISSING = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tocsin</title>
<body style="font-family:system-ui;margin:4rem auto;max-width:36rem">
<h1>The server runs; the desk is not built yet</h1>
<p>Build it with <code>npm run build -w examples/alert-dashboard</code> and start the server again,
or use <code>npm run demo</code>, which does both.</p>
<p>The interface for programs is described at <a href="/docs">/docs</a>.</p></body></html>`;

/** What stands at `/` while there is no desk to serve. */
export const noDesk: Page = {
  path: "/",
  type: "text/html; charset=utf-8",
  content: Buffer.from(MISSING),
};

/** Whether there is a desk to serve. */
export function deskBuilt(directory: string): boolean {
  return existsSync(join(directory, "index.html"));
}
