import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { readFrom, writeTo } from "#agent/process/fd-stream.ts";
import { openPipe } from "#agent/process/pipe.ts";
import { tempDir } from "#support/temp-dir.ts";

describe("a stream over a pipe", () => {
  it("ends although its writer had gone before it was opened", async () => {
    const pipe = await openPipe();
    writeSync(pipe.writeFd, "contoh");
    pipe.closeWrite();
    let read = "";
    for await (const chunk of readFrom(pipe.readFd)) read += chunk;
    expect(read).toBe("contoh");
    pipe.closeRead();
  });

  it("does not end as long as a writer is there", async () => {
    const pipe = await openPipe();
    writeSync(pipe.writeFd, "con");
    const source = readFrom(pipe.readFd);
    const chunks = source[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe("con");
    const next = chunks.next();
    writeSync(pipe.writeFd, "toh");
    expect(String((await next).value)).toBe("toh");
    pipe.closeWrite();
    expect((await chunks.next()).done).toBe(true);
    pipe.closeRead();
  });
});

describe("a stream over a file's descriptor", () => {
  it("leaves the descriptor to its owner when it is destroyed", async () => {
    await using dir = await tempDir();
    const path = join(dir.path, "isi");
    await writeFile(path, "contoh");
    const fd = openSync(path, "r");
    const stream = readFrom(fd);
    stream.destroy();
    await finished(stream).catch(() => undefined);
    expect(fstatSync(fd).size).toBe(6);
    closeSync(fd);
  });

  it("writes what it is given and leaves the descriptor open", async () => {
    await using dir = await tempDir();
    const path = join(dir.path, "isi");
    const fd = openSync(path, "w");
    const stream = writeTo(fd);
    stream.end("contoh");
    await finished(stream);
    stream.destroy();
    expect(fstatSync(fd).size).toBe(6);
    closeSync(fd);
    expect(await readFile(path, "utf8")).toBe("contoh");
  });
});
