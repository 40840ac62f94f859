import node from "@astrojs/node";
import { defineConfig, passthroughImageService } from "astro/config";
import { agentProgram } from "./src/build/agent-program.ts";
import { lint } from "./src/build/lint.ts";
import { precompress } from "./src/build/precompress.ts";
import { searchIndex } from "./src/build/search-index.ts";
import { settings } from "./src/build/settings.ts";
import { sitemapOf } from "./src/build/sitemap.ts";
import { buildSteps } from "./src/build/steps.ts";
import { twins } from "./src/build/twins.ts";
import { versionCopies } from "./src/build/version-copies.ts";

export default defineConfig({
  output: "static",
  site: settings.origin,
  adapter: node({ mode: "middleware" }),
  publicDir: "./src/public",
  outDir: settings.dist,
  cacheDir: settings.cache,
  trailingSlash: "always",
  /** Pages only read; every form posts to a route that checks the origin itself. */
  security: { checkOrigin: true },
  session: false,
  image: { service: passthroughImageService() },
  /** The default eats spaces between inline elements that stand on separate lines. */
  compressHTML: true,
  /** The highlighter writes style attributes, which the policy forbids. */
  markdown: { syntaxHighlight: false },
  build: { format: "directory", inlineStylesheets: "never", concurrency: 8 },
  devToolbar: { enabled: false },
  integrations: [
    sitemapOf(settings.contentDir),
    buildSteps([lint, twins, searchIndex, precompress, versionCopies, agentProgram], settings),
  ],
  /** The content security policy allows no inline script or style, however small. */
  vite: { build: { assetsInlineLimit: 0 } },
});
