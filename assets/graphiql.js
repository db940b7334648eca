// GraphiQL from our own files: bundled by bin/assets.mjs to app/static/vendor/graphiql/.
//
// A page needs no script of its own:
//   <link rel="stylesheet" href="…/vendor/graphiql/graphiql.css">
//   <div id="graphiql" data-endpoint="/graphql" data-csrf-token="…"></div>
//   <script type="module" src="…/vendor/graphiql/graphiql.js"></script>

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const worker = (name) => new Worker(new URL(`./${name}.worker.js`, import.meta.url));

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => worker(["json", "graphql"].includes(label) ? label : "editor"),
};

/**
 * Show GraphiQL inside `element`.
 * `headers` is asked before each request, so that a token may change while the page is open; `tabs` is what
 * whoever opens it for the first time finds there.
 */
export function mount(element, { endpoint, headers = () => ({}), tabs }) {
  const send = (url, request) =>
    fetch(url, { ...request, credentials: "same-origin", headers: { ...request.headers, ...headers() } });
  const fetcher = createGraphiQLFetcher({ url: endpoint, fetch: send, enableIncrementalDelivery: false });
  const root = createRoot(element);
  root.render(createElement(GraphiQL, { fetcher, defaultTabs: tabs, defaultEditorToolsVisibility: true }));
  return root;
}

const element = document.querySelector("#graphiql[data-endpoint]");
if (element) {
  const { endpoint, csrfToken, tabs } = element.dataset;
  mount(element, {
    endpoint,
    headers: () => (csrfToken ? { "X-CSRFToken": csrfToken } : {}),
    tabs: tabs ? JSON.parse(tabs) : undefined,
  });
}
