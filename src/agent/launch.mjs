#!/usr/bin/env -S node --max-semi-space-size=1
// A small young generation: the agent keeps little alive, and its host has better use for 10 MB.
// The built program takes less time and memory to start; without a build the sources run as they are.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = new URL("../../dist/agent/main.js", import.meta.url);
await import(existsSync(fileURLToPath(built)) ? built.href : "./main.ts");
