// The bibliography that citeproc-js makes: { items, style, locale, language } on stdin, [[id, html], ...] on stdout.
// node citeproc_js.mjs FOLDER, where FOLDER holds the unpacked npm package `citeproc`.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const CSL = createRequire(import.meta.url)(resolve(process.argv[2], "citeproc_commonjs.js"));
const { items, style, locale, language } = JSON.parse(readFileSync(0, "utf8"));
const byId = Object.fromEntries(items.map((item) => [item.id, item]));
// What a style has no entry for is missing among the entries, so each must say whose it is.
CSL.Output.Formats.html["@bibliography/entry"] = function (state, text) {
  return `${this.system_id}\u0001${text}`;
};
const engine = new CSL.Engine(
  { retrieveLocale: () => locale, retrieveItem: (id) => byId[id] },
  style,
  language,
  true,
);
engine.updateItems(items.map((item) => item.id));
const entries = engine.makeBibliography()[1].map((entry) => entry.split("\u0001"));
console.log(JSON.stringify(entries.filter(([, text]) => text !== undefined)));
