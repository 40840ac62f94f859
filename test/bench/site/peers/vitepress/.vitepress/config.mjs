import { defineConfig } from "vitepress";

export default defineConfig({
  lang: "id",
  title: "Portal SOP",
  cleanUrls: false,
  themeConfig: { search: { provider: "local" }, nav: [{ text: "SOP", link: "/" }] },
});
