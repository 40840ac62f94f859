import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { exchange } from "#agent/loop/exchange.ts";
import { StartAnswer } from "#protocol/v1.ts";
import { shows } from "../fault/faults.ts";

const BYTES_MAX = 64 * 1024;

async function portalThat(answers: (response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    request.resume();
    response.on("error", () => undefined);
    answers(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Byte after byte of an answer that would be right if it ever ended. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
}

describe("an answer without pace or end", () => {
  test.each<[string, string, (response: ServerResponse) => void]>([
    ["timeout", "never begins", () => undefined],
    ["timeout", "comes byte by byte", drip],
    [
      "size",
      "never ends",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const more = (): void => {
          while (!response.destroyed && response.write(" ".repeat(16 * 1024)));
          response.once("drain", more);
        };
        more();
      },
    ],
    [
      "timeout",
      "stops within a right answer",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"startId":"s"');
      },
    ],
  ])(
    "is given up by its %s where it %s",
    { tags: shows("agent", 9) },
    async (kind, _how, answers) => {
      await using portal = await portalThat(answers);
      const asked = exchange({
        url: portal.url,
        body: { protected: "a", payload: "b", signature: "c" },
        schema: StartAnswer,
        timeoutMs: 1_500,
        bytesMax: BYTES_MAX,
        signal: new AbortController().signal,
      });
      await expect(asked).rejects.toMatchObject({ code: "AGENT_PORTAL", detail: { kind } });
    },
  );
});
