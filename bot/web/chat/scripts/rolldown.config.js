// Bundles the pages' scripts into ../built, which is kept in the repository: `make scripts`.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

// One file for each page, and one for each part that is loaded when it is needed.
const PAGES = ["chat", "clinic_back", "frame", "live", "sign_in", "slack_link", "your_sign_in"];
// What every page needs; else it would come as one file for each set of pages that share it.
const SHARED = /\/(api|elements|language|plain|wording)\.js$/;
const BUILT = "../built";

/** Write down what was built out of what, for `sha256sum --check` and the tests. */
function sums() {
  const line = (path) => `${createHash("sha256").update(readFileSync(path)).digest("hex")}  ${path}\n`;
  const scripts = (folder) => readdirSync(folder).sort().filter((name) => name.endsWith(".js")).map((name) => `${folder}/${name}`);
  const paths = ["./package-lock.json", ...scripts("."), ...scripts(BUILT)];
  writeFileSync(`${BUILT}/SHA256SUMS`, paths.map(line).join(""));
}

export default {
  input: Object.fromEntries(PAGES.map((page) => [page, `./${page}.js`])),
  plugins: [{ name: "sums", writeBundle: sums }],
  output: {
    dir: BUILT,
    cleanDir: true,
    minify: true,
    entryFileNames: "[name].js",
    // By their content: a page that is open since before an upgrade never mixes two versions.
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: { groups: [{ name: "shared", test: SHARED }] },
  },
};
