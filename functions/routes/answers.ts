import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import { AppError, isAppError } from "#domain/errors.ts";
import type { ErrorAnswer } from "#protocol/v1.ts";
import type { AppContext } from "./app-env.ts";

/** A browser that sent a form wants a page, programs want JSON. */
export function wantsPage(c: AppContext): boolean {
  return c.req.header("accept")?.includes("text/html") ?? false;
}

/** Every failure as one of the table; what is not known is INTERNAL and tells nothing. */
export function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return new AppError("INPUT_MALFORMED", error.message, { cause: error });
  }
  return new AppError("INTERNAL", "unexpected", { cause: error });
}

/** The one error envelope. */
export function refuse(c: AppContext, error: AppError): Response {
  c.set("errorCode", error.code);
  const { status, pesan } = error.row;
  const { retryAfterSeconds } = error.detail;
  if (typeof retryAfterSeconds === "number") c.header("retry-after", String(retryAfterSeconds));
  const answer: z.infer<typeof ErrorAnswer> = {
    galat: {
      code: error.code,
      pesan,
      requestId: c.get("requestId"),
      perbaikan: [...error.problems],
      detail: { ...error.detail },
    },
  };
  return c.json(answer, status as ContentfulStatusCode);
}

export function query(parameters: Readonly<Record<string, string | null>>): string {
  const set = Object.entries(parameters).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(set).toString();
}
