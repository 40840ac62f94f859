import { Hono } from "hono";
import { stream } from "hono/streaming";
import { AppError } from "#domain/errors.ts";
import type { Viewer } from "../services/services.ts";
import { type AppContext, type AppEnv, ctxOf, type RouteDeps, viewerIn } from "./app-env.ts";
import { type SentEvent, sendEvents } from "./event-stream.ts";

/** What officials read besides the pages: their inbox, the list as a file, the record of a request. */
export function workroomRoutes({ services }: RouteDeps) {
  const official = async (c: AppContext): Promise<Viewer> => {
    const viewer = await viewerIn(c, services);
    if (!viewer) throw new AppError("AUTH_REQUIRED", "for officials");
    c.header("cache-control", "private, no-store");
    return viewer;
  };
  return new Hono<AppEnv>()
    .get("/inbox", async (c) => {
      const page = Number(c.req.query("halaman") ?? "1");
      const inbox = await services.requests.inbox(
        await official(c),
        Number.isInteger(page) ? page : 1,
      );
      const { items, counts, page: shown, pages, followUps } = inbox;
      return c.json({ data: items, counts, page: shown, pages, followUps });
    })
    .get("/inbox/stream", async (c) => {
      await official(c);
      const { headers } = c.req.raw;
      return sendEvents(c, async (signal) => {
        const viewer = () => services.people.viewerOf(headers);
        return changed(await services.requests.streamInbox({ viewer, signal }));
      });
    })
    .get("/requests.csv", async (c) => {
      const viewer = await official(c);
      const parts = services.requests.listCsv(viewer, new URL(c.req.url).searchParams);
      c.header("content-type", "text/csv; charset=utf-8");
      c.header("content-disposition", 'attachment; filename="permohonan.csv"');
      return stream(c, async (out) => {
        for await (const part of parts) await out.write(part);
      });
    })
    .get("/requests/:ref/riwayat.json", async (c) => {
      await official(c);
      const ctx = await ctxOf(c, services, null);
      const record = await services.requests.record(ctx, c.req.param("ref"));
      c.header("content-disposition", `attachment; filename="riwayat-${record.ref}.json"`);
      return c.json({ data: record });
    });
}

async function* changed(
  references: AsyncIterable<{ readonly ref: string }>,
): AsyncGenerator<SentEvent, void> {
  for await (const data of references) yield { id: null, type: "changed", data };
}
