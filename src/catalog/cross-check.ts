import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import { lintSeparation } from "#domain/sop/lint-separation.ts";
import type { Sop } from "#domain/sop/schema.ts";
import type { AgencyData } from "./agency-schema.ts";
import type { Entry } from "./entry.ts";
import type { LawData } from "./law-schema.ts";
import { type FileProblem, problemAt } from "./problems.ts";

interface Collections {
  readonly sops: readonly Entry<Sop>[];
  readonly lives: readonly Entry<LifeCycle>[];
  readonly slugs: ReadonlySet<string>;
  readonly agencies: readonly Entry<AgencyData>[];
  readonly laws: readonly Entry<LawData>[];
  readonly agencyIds: ReadonlySet<string>;
  readonly lawIds: ReadonlySet<string>;
}

/** What one file names in another must be there: laws, agencies, and the posts of an agency. */
export function crossCheck({
  sops,
  lives,
  slugs,
  agencies,
  laws,
  agencyIds,
  lawIds,
}: Collections): FileProblem[] {
  const posts = new Map(
    agencies.map(({ id, data }) => [id, new Set(data.jabatan.map((post) => post.id))]),
  );
  const soleHolders = new Map(
    agencies.map(({ id, data }) => [
      id,
      new Set(data.jabatan.filter((post) => post.tunggal).map((post) => post.id)),
    ]),
  );
  return [
    ...sops.flatMap((entry) => {
      const { instansi, dasarHukum, pelaksana } = entry.data;
      return [
        ...missing(entry, ["instansi"], instansi, agencyIds, "instansi"),
        ...dasarHukum.flatMap((law, at) =>
          missing(entry, ["dasarHukum", at, "rujukan"], law.rujukan, lawIds, "dasar-hukum"),
        ),
        ...pelaksana.flatMap((column, columnAt) =>
          column.peran.flatMap((role, roleAt) =>
            role.jabatan.flatMap((post, at) =>
              missingPost(
                entry,
                ["pelaksana", columnAt, "peran", roleAt, "jabatan", at],
                post,
                posts.get(instansi),
              ),
            ),
          ),
        ),
      ];
    }),
    ...sops.flatMap((entry) =>
      lintSeparation(entry.data, soleHolders.get(entry.data.instansi) ?? new Set()).map((finding) =>
        problemAt(entry, finding),
      ),
    ),
    ...sops.flatMap((entry) =>
      entry.data.keterkaitan.flatMap((related, at) =>
        related.rujukan === undefined
          ? []
          : missingSop(entry, ["keterkaitan", at, "rujukan"], related.rujukan, slugs),
      ),
    ),
    ...lives.flatMap((entry) =>
      entry.data.digantiOleh === null
        ? []
        : missingSop(entry, ["digantiOleh"], entry.data.digantiOleh, slugs),
    ),
    ...laws.flatMap((entry) =>
      entry.data.digantiOleh === null
        ? []
        : missing(entry, ["digantiOleh"], entry.data.digantiOleh, lawIds, "dasar-hukum"),
    ),
    ...laws.flatMap((entry) =>
      (entry.data.diubahOleh ?? []).flatMap((law, at) =>
        missing(entry, ["diubahOleh", at], law, lawIds, "dasar-hukum"),
      ),
    ),
  ];
}

type Path = readonly PropertyKey[];

/** A file that another one names and that is not there. */
export function missing(
  entry: Entry<unknown>,
  path: Path,
  id: string,
  known: ReadonlySet<string>,
  folder: string,
): FileProblem[] {
  if (known.has(id)) return [];
  const pesan = `Berkas ${folder}/${id}.md tidak ada.`;
  const saran = `Tulis salah satu dari: ${[...known].join(", ")}; atau buat berkasnya.`;
  return [problemAt(entry, { path, aturan: "berkas-tak-ada", pesan, saran })];
}

function missingSop(
  entry: Entry<unknown>,
  path: Path,
  slug: string,
  known: ReadonlySet<string>,
): FileProblem[] {
  if (known.has(slug) && slug !== entry.id) return [];
  const others = [...known].filter((one) => one !== entry.id);
  const pesan = `SOP "${slug}" tidak ada di portal ini.`;
  const saran = `Tulis salah satu dari: ${others.join(", ")}; atau hapus.`;
  return [problemAt(entry, { path, aturan: "sop-tak-ada", pesan, saran })];
}

/** An agency that could not be read has its own problem; its posts are not judged. */
function missingPost(
  entry: Entry<Sop>,
  path: Path,
  post: string,
  known: ReadonlySet<string> | undefined,
): FileProblem[] {
  if (known === undefined || known.has(post)) return [];
  const pesan = `Jabatan "${post}" tidak ada di instansi/${entry.data.instansi}.md.`;
  const saran = `Tulis salah satu dari: ${[...known].join(", ")}.`;
  return [problemAt(entry, { path, aturan: "jabatan-tak-ada", pesan, saran })];
}
