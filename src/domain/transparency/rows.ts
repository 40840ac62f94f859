/** The public view as tidy rows: one fact each. Whoever has the rows knows as much as the page tells. */
import { RefusalClass } from "../workflow/types.ts";
import { FLOW, type Flow, KINDS } from "./counted.ts";
import type { DataMeasure, DataRow } from "./datasets.ts";
import type { PeriodKind } from "./periods.ts";
import type { Shown } from "./protect.ts";
import type { PublicPeriod, Quantiles } from "./publish.ts";
import type { ServiceView, TransparencyView } from "./view.ts";

const PERIOD: Readonly<Record<PeriodKind, string>> = {
  year: "tahun",
  quarter: "triwulan",
  month: "bulan",
};
const MEASURE: Readonly<Record<Flow, DataMeasure>> = {
  received: "diterima",
  completed: "selesai",
  refused: "ditolak",
  cancelled: "dibatalkan",
};

export function performanceRows({ services }: TransparencyView): DataRow[] {
  return services.flatMap((service) =>
    service.periods.flatMap((period) => periodRows(service, period)),
  );
}

export function promiseRows({ services }: TransparencyView): DataRow[] {
  return services.flatMap(({ sop, steps }) =>
    steps.map(({ no, uraian, standardText, standardMinutes }) => ({
      layanan: sop.slug,
      versi: sop.versi,
      langkah: no,
      uraian,
      waktu_baku: standardText,
      menit_kerja: standardMinutes,
    })),
  );
}

export function drillRows({ drills }: TransparencyView): DataRow[] {
  return drills.flatMap(({ agency, periods }) =>
    periods.map(({ id, kind, held, passed }) => ({
      instansi: agency.id,
      periode: id,
      jenis_periode: PERIOD[kind],
      diadakan: held,
      lulus: passed,
    })),
  );
}

interface Detail {
  readonly jenis_permohonan?: string;
  readonly alasan?: string;
  readonly langkah?: number;
}

function periodRows({ sop }: ServiceView, period: PublicPeriod): DataRow[] {
  const row = (
    ukuran: DataMeasure,
    satuan: string,
    value: Value,
    detail: Detail = {},
  ): DataRow => ({
    layanan: sop.slug,
    periode: period.id,
    jenis_periode: PERIOD[period.kind],
    ukuran,
    jenis_permohonan: detail.jenis_permohonan ?? null,
    alasan: detail.alasan ?? null,
    langkah: detail.langkah ?? null,
    nilai: value.nilai,
    satuan,
    status: value.status,
  });
  const times = (of: string, minutes: Quantiles | null, detail: Detail = {}): DataRow[] =>
    (["median", "p90"] as const).map((name) =>
      row(`${name}-${of}` as DataMeasure, "menit-kerja", known(minutes?.[name] ?? null), detail),
    );
  const { flow, byKind, refusals } = period;
  return [
    ...FLOW.map((one) => row(MEASURE[one], "permohonan", counted(flow[one]))),
    ...(byKind
      ? KINDS.map((kind) =>
          row("diterima", "permohonan", counted(byKind[kind]), { jenis_permohonan: kind }),
        )
      : []),
    ...(refusals
      ? RefusalClass.options.map((alasan) =>
          row("ditolak", "permohonan", counted(refusals[alasan]), { alasan }),
        )
      : []),
    row("bagian-tepat-waktu", "bagian", known(period.onTimeShare)),
    ...times("permohonan", period.minutes),
    ...period.steps.flatMap(({ no, minutes }) => times("langkah", minutes, { langkah: no })),
  ];
}

interface Value {
  readonly nilai: number | null;
  readonly status: string;
}

function counted(shown: Shown): Value {
  if (shown.kind === "count") return known(shown.value);
  return { nilai: null, status: shown.kind === "small" ? "kurang-dari-5" : "tidak-ditampilkan" };
}

function known(nilai: number | null): Value {
  return { nilai, status: nilai === null ? "tidak-ditampilkan" : "tersedia" };
}
