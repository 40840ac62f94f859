import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import type { AppContext, AppEnv, RouteDeps } from "./app-env.ts";

export function publicRoutes({ services }: RouteDeps) {
  return new Hono<AppEnv>().get("/health", async (c) => {
    c.header("cache-control", "no-store");
    return c.json(await services.health());
  });
}

/**
 * Prometheus text format, for a collector on the machine itself: counts of this moment would tell
 * anybody, request by request, what the public figures protect.
 */
export function metricsRoutes({ services }: RouteDeps) {
  return new Hono<AppEnv>().get("/", async (c) => {
    if (!isLocal(c)) throw new AppError("NOT_FOUND", "metrics are for this machine");
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

/** A proxy that forwards for others names them, whether it is trusted or not. */
function isLocal(c: AppContext): boolean {
  const address = c.get("address");
  const loopback = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+|unknown)$/.test(address);
  return loopback && c.req.header("x-forwarded-for") === undefined;
}
