import type { Command } from "commander";
import { bytesText } from "#domain/indonesian.ts";
import { estimateOf } from "../loop/catalog.ts";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import { silent } from "./log.ts";
import { openForLooking } from "./open-context.ts";
import { table } from "./words.ts";

export function targetsCommand(): Command {
  return leaf(
    "targets",
    "Daftar sasaran menurut berkas pengaturan, dengan perkiraan ukuran cadangannya.",
    "pulih-agent targets --config /etc/pulih/agen.yaml",
  ).action(async (options: StandardOptions) => {
    const config = await configOf(options);
    const ctx = await openForLooking(config, silent);
    const targets = await Promise.all(
      config.targets.map(async (target) => ({
        alias: target.alias,
        engine: target.engine,
        place: target.tempat.jenis === "ssh" ? ("ssh" as const) : ("local" as const),
        vault: target.vault,
        actions: target.izin,
        estimatedBytes: await estimateOf(ctx, target),
      })),
    );
    const rows = targets.map((target) => [
      target.alias,
      target.engine,
      target.place === "ssh" ? "SSH" : "lokal",
      target.vault,
      target.actions.join(", "),
      target.estimatedBytes === null ? "tidak terjangkau" : bytesText(target.estimatedBytes),
    ]);
    const heads = ["ALIAS", "MESIN DATA", "TEMPAT", "TEMPAT CADANGAN", "IZIN", "PERKIRAAN"];
    print(options, { targets }, table(heads, rows));
  });
}
