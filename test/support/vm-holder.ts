/** An agent that holds a moment of a running guest until it is killed: `vm-holder.ts DOMAIN FOLDER`. */
import { TargetConfig } from "#agent/config.ts";
import { atOnePoint } from "#agent/engines/vm/point.ts";
import { vmTarget } from "#agent/engines/vm/virsh.ts";
import { localIo } from "./engine-io.ts";

const [domain = "", folder = ""] = process.argv.slice(2);
const target = vmTarget(
  TargetConfig.parse({
    alias: "server-aplikasi",
    vault: "gudang",
    izin: ["backup"],
    engine: "vm",
    domain,
    folder,
  }),
);
const never = new Promise<never>(() => setInterval(() => {}, 60_000));
await atOnePoint(target, localIo(), { freeze: true }, () => {
  process.stdout.write("held\n");
  return never;
});
