import { fileTypeFromBuffer } from "file-type";
import { AppError, ERRORS } from "#domain/errors.ts";

export const ATTACHMENT_BYTES_MAX = 10 * 1024 * 1024;

const ODT = "application/vnd.oasis.opendocument.text";
const ACCEPTED: ReadonlySet<string> = new Set(["application/pdf", "image/jpeg", "image/png", ODT]);

/** The type of an upload, by its content: name and declared type prove nothing. */
export async function checkAttachment(
  field: string,
  bytes: Uint8Array,
): Promise<{ readonly mime: string }> {
  if (bytes.length === 0) throw refused("INPUT_FILE_EMPTY", field);
  if (bytes.length > ATTACHMENT_BYTES_MAX) throw refused("INPUT_FILE_TOO_LARGE", field);
  const found = await fileTypeFromBuffer(bytes);
  if (!found || !ACCEPTED.has(found.mime)) throw refused("INPUT_FILE_TYPE", field);
  if (found.mime === ODT && !beginsAsOdt(bytes)) throw refused("INPUT_FILE_TYPE", field);
  return { mime: found.mime };
}

/**
 * ODF 1.3 part 2, 3.3: the first entry of the package is `mimetype`, stored uncompressed. Any other
 * zip that merely holds such an entry somewhere is not taken.
 */
function beginsAsOdt(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200));
  const nameLength = head.readUInt16LE(26);
  const extraLength = head.readUInt16LE(28);
  const name = head.toString("latin1", 30, 30 + nameLength);
  const start = 30 + nameLength + extraLength;
  return (
    name === "mimetype" &&
    head.readUInt16LE(8) === 0 &&
    head.toString("latin1", start, start + ODT.length) === ODT
  );
}

function refused(
  code: "INPUT_FILE_EMPTY" | "INPUT_FILE_TOO_LARGE" | "INPUT_FILE_TYPE",
  field: string,
): AppError {
  return new AppError(code, `upload in ${field}`, {
    problems: [{ field, pesan: ERRORS[code].pesan }],
  });
}
