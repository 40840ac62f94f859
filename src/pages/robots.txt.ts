import type { APIRoute } from "astro";

const CLOSED = ["/ruang-kerja/", "/lacak/", "/verifikasi/", "/api/"];

export const GET: APIRoute = ({ site, url }) => {
  const { origin } = site ?? url;
  const lines = [
    "User-agent: *",
    ...CLOSED.map((path) => `Disallow: ${path}`),
    `Sitemap: ${origin}/sitemap-index.xml`,
  ];
  return new Response(`${lines.join("\n")}\n`, {
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
};
