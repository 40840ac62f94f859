import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** A key and a certificate for 127.0.0.1 that signs itself. */
export async function selfSigned(directory: string): Promise<{ key: string; cert: string }> {
  const files = { key: join(directory, "tls.key"), cert: join(directory, "tls.crt") };
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"],
    ...["-keyout", files.key, "-out", files.cert],
  ]);
  return files;
}
