import { Hono } from "hono";
import type { AppEnv, RouteDeps } from "./app-env.ts";

export function publicRoutes({ services }: RouteDeps) {
  return new Hono<AppEnv>()
    .get("/health", async (c) => {
      c.header("cache-control", "no-store");
      return c.json(await services.health());
    })
    .get("/transparency/summary", async (c) => {
      c.header("cache-control", "public, max-age=60");
      return c.json({ data: await services.transparency.summary() });
    });
}

/** Prometheus text format. */
export function metricsRoutes({ services }: RouteDeps) {
  return new Hono<AppEnv>().get("/", async (c) => {
    const { rss } = process.memoryUsage();
    const figures = [
      ...(await services.figures()),
      { name: "process_resident_memory_bytes", labels: {}, value: rss },
      { name: "process_uptime_seconds", labels: {}, value: Math.round(process.uptime()) },
    ];
    const lines = figures.map(({ name, labels, value }) => {
      const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
      return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}\n`;
    });
    return c.text(lines.join(""), 200, { "content-type": "text/plain; version=0.0.4" });
  });
}
