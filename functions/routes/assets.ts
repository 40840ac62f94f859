import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import { REVIEW_RESULTS } from "../services/assets/review.ts";
import type { Viewer } from "../services/services.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import { type AppContext, type AppEnv, type RouteDeps, viewerIn } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { one, readForm } from "./read-body.ts";
import { staffForm } from "./staff-form.ts";

const LIST = "/ruang-kerja/aset/";
const IMPORT = `${LIST}impor/`;
/** 5,000 rows are well below. */
const IMPORT_BYTES_MAX = 2 * 1024 * 1024;

/** /api/assets: the register, its changes, reviews and files. */
export function assetRoutes(deps: RouteDeps) {
  const { assets } = deps.services;
  const reading = async (c: AppContext): Promise<Viewer> => {
    c.header("cache-control", "private, no-store");
    return signedIn(await viewerIn(c, deps.services));
  };
  return new Hono<AppEnv>()
    .get("/", async (c) => c.json({ data: await assets.list(await reading(c), c.req.query()) }))
    .get("/register.csv", async (c) =>
      c.body(await assets.export(await reading(c)), 200, {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="register-aset.csv"',
      }),
    )
    .get("/reviews.ics", async (c) =>
      c.body(await assets.reviewCalendar(await reading(c)), 200, {
        "content-type": "text/calendar; charset=utf-8",
      }),
    )
    .get("/:code", async (c) =>
      c.json({ data: await assets.view(await reading(c), c.req.param("code")) }),
    )
    .post("/", (c) =>
      staffForm(c, deps, `${LIST}baru/`, async (viewer, values) => {
        const data = await assets.add(signedIn(viewer), values);
        return { to: `${LIST}${data.code}/`, data, news: "didaftarkan" };
      }),
    )
    .post("/import", (c) => bringFile(deps, c))
    .post("/reviews", (c) =>
      staffForm(c, deps, `${LIST}tinjauan/`, async (viewer, values) => {
        const data = await assets.review(signedIn(viewer), reviewsIn(values));
        return { to: `${LIST}tinjauan/`, data, news: String(data.held) };
      }),
    )
    .post("/:code", (c) => {
      const place = `${LIST}${encodeURIComponent(c.req.param("code"))}/`;
      return staffForm(c, deps, `${place}ubah/`, async (viewer, values) => {
        const data = await assets.change(signedIn(viewer), c.req.param("code"), values);
        return { to: place, data, news: "diubah" };
      });
    })
    .post("/:code/deactivate", (c) => {
      const place = `${LIST}${encodeURIComponent(c.req.param("code"))}/`;
      return staffForm(c, deps, place, async (viewer) => {
        const data = await assets.deactivate(signedIn(viewer), c.req.param("code"));
        return { to: place, data, news: "dinonaktifkan" };
      });
    });
}

/**
 * A register file: first looked at, then, on the same file, saved. The browser sends it once; for the
 * second step the portal keeps it a few minutes under the id of the report.
 */
async function bringFile(deps: RouteDeps, c: AppContext): Promise<Response> {
  const { services } = deps;
  let values: FormValues = {};
  c.header("cache-control", "private, no-store");
  try {
    const form = await readForm(c, IMPORT_BYTES_MAX);
    values = form.values;
    const viewer = signedIn(await viewerIn(c, services));
    const save = one(values, "simpan") === "ya";
    const bytes = form.files.get("berkas") ?? keptFile(deps, one(values, "berkasDiperiksa"));
    const report = await services.assets.import(viewer, bytes, save);
    if (!wantsPage(c)) return c.json({ data: report });
    if (save) {
      const { baru, diubah } = report.counts;
      return c.redirect(
        `${LIST}?${query({ kabar: "diimpor", baris: String(baru + diubah) })}`,
        303,
      );
    }
    const csv = new TextDecoder().decode(bytes);
    const draft = services.drafts.keep({ values: { csv }, problems: [], pesan: "", status: 200 });
    return c.redirect(`${IMPORT}?${query({ draf: draft })}#laporan`, 303);
  } catch (caught) {
    if (!wantsPage(c)) throw caught;
    const draft = keepDraft(c, deps, asAppError(caught), values);
    return c.redirect(`${IMPORT}?${query({ draf: draft })}#galat`, 303);
  }
}

function keptFile({ services }: RouteDeps, id: string): Uint8Array {
  const csv = services.drafts.read(id)?.values["csv"];
  if (typeof csv === "string") return new TextEncoder().encode(csv);
  throw new AppError("ASSET_FILE", "no file was sent, or the one looked at is no longer kept", {
    problems: [{ field: "berkas", pesan: "Pilih berkas CSV, lalu periksa lagi." }],
  });
}

/** `hasil.<code>` and `catatan.<code>` of each asset that was looked at. */
function reviewsIn(values: FormValues) {
  return Object.keys(values).flatMap((name) => {
    const code = name.match(/^hasil\.(.+)$/)?.[1];
    const result = REVIEW_RESULTS.find((known) => known === one(values, name));
    if (code === undefined || !result) return [];
    return [{ code, result, note: one(values, `catatan.${code}`).slice(0, 1_000) || null }];
  });
}

function signedIn(viewer: Viewer | null): Viewer {
  if (!viewer) throw new AppError("AUTH_REQUIRED", "asset register");
  return viewer;
}
