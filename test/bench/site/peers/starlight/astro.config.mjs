import starlight from "@astrojs/starlight";
import { defineConfig, passthroughImageService } from "astro/config";

export default defineConfig({
  site: "http://127.0.0.1",
  image: { service: passthroughImageService() },
  integrations: [
    starlight({
      title: "Portal SOP",
      locales: { root: { label: "Bahasa Indonesia", lang: "id" } },
      // A thousand entries beside every page would be unfair to it.
      sidebar: [{ label: "SOP", link: "/" }],
    }),
  ],
});
