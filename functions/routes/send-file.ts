import type { AppContext } from "./app-env.ts";

const EXTENSIONS: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  "image/jpeg": "jpg",
  "image/png": "png",
  "application/vnd.oasis.opendocument.text": "odt",
  "application/json": "json",
  "text/csv; charset=utf-8": "csv",
};

export interface FileToSend {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mime: string;
  /** Name of the file without its ending. */
  readonly stem: string;
}

/**
 * A file that is opened by nothing but the reader's own program: what came as an upload never runs
 * as a page of the portal.
 */
export function sendFile(c: AppContext, { bytes, mime, stem }: FileToSend): Response {
  return c.body(bytes, 200, {
    "content-type": mime,
    "content-length": String(bytes.byteLength),
    "content-disposition": `attachment; filename="${stem}.${EXTENSIONS[mime] ?? "bin"}"`,
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, no-store",
  });
}
