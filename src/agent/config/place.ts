import { z } from "zod";
import { hostKey, path, port } from "./words.ts";

/** Where a target's programs run: on the agent's own host, or on a server over SSH. */
export const Place = z.discriminatedUnion("jenis", [
  z.strictObject({ jenis: z.literal("lokal") }),
  z.strictObject({
    jenis: z.literal("ssh"),
    host: z.string().min(1),
    port: port.default(22),
    pengguna: z.string().min(1),
    /** File of the private key on the agent's host. */
    berkasKunci: path,
    /** The host's public key as in known_hosts: "ssh-ed25519 AAAA…". Nothing is trusted on first use. */
    kunciHost: hostKey,
  }),
]);
export type PlaceConfig = z.infer<typeof Place>;
