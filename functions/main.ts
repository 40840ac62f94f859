#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { isAppError } from "#domain/errors.ts";
import { readSettings } from "./env.ts";
import { startServer } from "./http/server.ts";
import { logJson } from "./start.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

try {
  const server = await startServer(readSettings(process.env, root));
  const stop = (): void => {
    logJson("stopping");
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  const known = isAppError(error) ? error : null;
  logJson("not started", {
    code: known?.code ?? "INTERNAL",
    message: error instanceof Error ? error.message : String(error),
    problems: known?.problems ?? [],
  });
  process.exitCode = known?.row.exitCode ?? 1;
}
