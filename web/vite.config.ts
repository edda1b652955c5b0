// Builds the styles and scripts of the pages into the package of the service, with a manifest that
// says under which names. Nothing is loaded from elsewhere, and nothing is written into pages.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// What a page may load: the name is what templates ask for. A part that has its own folder is
// loaded only by the pages that name it.
const entries = Object.fromEntries(
  [
    ["style", "styles/site.css"],
    ["site", "src/site.ts"],
    ["network", "src/network/main.ts"],
    ["workbench", "src/workbench/main.ts"],
    ["charts", "src/charts/main.ts"],
  ].flatMap(([name, path]) => (existsSync(here(path ?? "")) ? [[name, here(path ?? "")]] : [])),
);

// made here first: a service that starts meanwhile finds the old files, or the new ones
const built = here("dist");
const served = here("../api/kg_api/static");

/** Each file a second and third time, compressed as far as it goes; then all to their place. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async closeBundle() {
      for (const name of await readdir(built)) {
        if (!/\.(js|css|svg|md)$/.test(name)) continue;
        const bytes = await readFile(`${built}/${name}`);
        await writeFile(`${built}/${name}.br`, brotliCompressSync(bytes));
        await writeFile(`${built}/${name}.gz`, gzipSync(bytes, { level: 9 }));
      }
      await mkdir(dirname(served), { recursive: true });
      await rm(served, { recursive: true, force: true });
      await rename(built, served);
    },
  };
}

export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [compressed()],
  build: {
    outDir: built,
    emptyOutDir: true,
    manifest: "manifest.json",
    license: { fileName: "licences.md" },
    target: "baseline-widely-available",
    // files, not data: addresses, which the pages' policy refuses
    assetsInlineLimit: 0,
    assetsDir: ".",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: entries },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
  },
});
