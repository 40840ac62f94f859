#!/usr/bin/env node
// The built program takes less time and memory to start; without a build the sources run as they are.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = new URL("../../dist/agent/main.js", import.meta.url);
await import(existsSync(fileURLToPath(built)) ? built.href : "./main.ts");
