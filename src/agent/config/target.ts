import { z } from "zod";
import type { JobAction } from "#domain/workflow/types.ts";
import { care } from "./care.ts";
import { Place } from "./place.ts";
import { alias, argv, path, port } from "./words.ts";

/** What the operator may allow on a target. */
export const Permission = z.enum(["backup", "restore", "check"]);
export type Permission = z.infer<typeof Permission>;

/** A preview, a rollback and a drop are parts of a restore. */
export function permissionFor(action: JobAction): Permission {
  return action === "backup" || action === "check" ? action : "restore";
}

const base = {
  alias,
  vault: alias,
  tempat: Place.default({ jenis: "lokal" }),
  /** The local allow-list; what is not named is refused, whatever the portal says. */
  izin: z.array(Permission).min(1),
  ...care,
};

/** How a server program is stopped and started again, e.g. [systemctl, stop, mariadb]. */
const service = z.strictObject({ hentikan: argv, mulai: argv });

export const TargetConfig = z.discriminatedUnion("engine", [
  z.strictObject({
    ...base,
    engine: z.literal("postgres"),
    host: z.string().min(1),
    port: port.default(5432),
    database: z.string().min(1),
    pengguna: z.string().min(1),
    /** A .pgpass file at the place where the commands run; omitted where the server trusts the user. */
    berkasSandi: path.nullable().default(null),
  }),
  z.strictObject({
    ...base,
    engine: z.literal("mariadb"),
    database: z.string().min(1),
    /** An option file (my.cnf style) at the place where the commands run: host or socket, user, password. */
    berkasOpsi: path,
  }),
  z.strictObject({ ...base, engine: z.literal("sqlite"), berkas: path }),
  z.strictObject({ ...base, engine: z.literal("directory"), direktori: path }),
  z.strictObject({
    ...base,
    engine: z.literal("vm"),
    /** The libvirt connection at the place where the commands run. */
    uri: z.string().min(1).default("qemu:///system"),
    /** Name of the domain; its disks are those of its definition. */
    domain: z.string().regex(/\D/, "nama yang hanya angka dibaca libvirt sebagai nomor"),
    /** Where images of a lost domain go whose own folder is gone, too. */
    folder: path.default("/var/lib/libvirt/images"),
    /** Where qemu may make the socket of a running backup. */
    folderSoket: path.default("/var/lib/libvirt/qemu"),
    /** File systems of the guest stand still for at most so long; 0: they are not frozen. */
    batasBekuDetik: z.int().min(0).max(10).default(10),
    /** How long the guest may take to shut down before it is switched off. */
    batasMatiDetik: z.int().min(1).max(3600).default(180),
    /** The operator knows that the state of a virtual TPM is in no backup. */
    tanpaTpm: z.boolean().default(false),
    /** The boot test of a restored copy. */
    nyala: z
      .strictObject({
        batasDetik: z.int().min(1).max(3600).default(120),
        /** What the guest prints on its serial port once it is up. */
        tandaSerial: z.string().min(1).nullable().default(null),
      })
      .default({ batasDetik: 120, tandaSerial: null }),
  }),
  z.strictObject({
    ...base,
    engine: z.literal("postgres-cluster"),
    direktori: path,
    port: port.default(5432),
    /** Folder of the server's socket. */
    soket: path,
    /** The system user that owns the data folder and runs the server's programs. */
    pemilik: z.string().min(1).default("postgres"),
    /** The superuser that the owner signs in as, over the socket and without a password. */
    pengguna: z.string().min(1).default("postgres"),
    /** The server's postgresql.conf where it lies outside of the data folder, as Debian has it. */
    berkasKonfigurasi: path.nullable().default(null),
    layanan: service,
    /** pgBackRest's own settings: repository, its encryption, the stanza's path. */
    berkasPgbackrest: path,
    stanza: z.string().regex(/^[A-Za-z0-9_-]+$/),
  }),
  z.strictObject({
    ...base,
    engine: z.literal("mariadb-server"),
    direktori: path,
    pemilik: z.string().min(1).default("mysql"),
    /** As of `mariadb`; it leads to the server on the same machine. */
    berkasOpsi: path,
    /** The server's own settings, which a copy needs as well. */
    berkasKonfigurasi: path.default("/etc/mysql/mariadb.cnf"),
    layanan: service,
  }),
]);
export type TargetConfig = z.infer<typeof TargetConfig>;
export type TargetOf<E extends TargetConfig["engine"]> = Extract<TargetConfig, { engine: E }>;
