// Fills app/static/vendor/ (sent to browsers) and app/icons/ (written into pages) from node_modules.
// Git ignores both. Run by `make setup`.

import { build } from "esbuild";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const vendor = "app/static/vendor";
const fresh = `${vendor}.new`;

const copies = {
  "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
  "htmx.org/dist/htmx.min.js": "htmx.min.js",
};

const workers = {
  "graphiql/editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
  "graphiql/json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  "graphiql/graphql.worker": "monaco-graphql/esm/graphql.worker.js",
};

const common = {
  bundle: true,
  minify: true,
  target: "es2022",
  outdir: fresh,
  assetNames: "graphiql/[name]",
  legalComments: "linked",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".ttf": "file" },
};

// What Tabler has for `data-bs-theme="dark"`, for the whole page: a page without script has no such attribute.
function darkRules(css) {
  const dark = "[data-bs-theme=dark]";
  const rules = [...css.matchAll(/([^{}]+)(\{[^{}]*\})/g)].map(([, selectors, declarations]) => {
    const own = selectors.startsWith(":root") ? [] : selectors.split(",").filter((one) => one.startsWith(dark));
    return own.length ? own.map((one) => one.replace(dark, ":root")).join() + declarations : "";
  });
  return rules.join("");
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
await Promise.all([
  ...Object.entries(copies).map(([from, to]) => cp(`node_modules/${from}`, `${fresh}/${to}`, { recursive: true })),
  build({ ...common, entryPoints: { "graphiql/graphiql": "assets/graphiql.js" }, format: "esm" }),
  build({ ...common, entryPoints: workers, format: "iife" }),
  build({ ...common, entryPoints: { "swagger-ui/api-docs": "assets/api-docs.js" }, format: "esm" }),
  build({ ...common, entryPoints: { "echarts.min": "assets/echarts.js" }, format: "iife", globalName: "echarts" }),
]);
await writeFile(`${fresh}/tabler-dark.css`, darkRules(await readFile(`${fresh}/tabler.min.css`, "utf8")));
const sent = (await readdir(fresh, { recursive: true })).filter((name) => /\.(js|css)$/.test(name));
await Promise.all(sent.map(async (name) => {
  const path = `${fresh}/${name}`;
  await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
}));
await rm("app/icons", { recursive: true, force: true });
await cp("node_modules/@tabler/icons/icons/outline", "app/icons", { recursive: true });
await rm(vendor, { recursive: true, force: true });
await rename(fresh, vendor);
