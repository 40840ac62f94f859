import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  readonly port: number;
  /** From now on bytes vanish in both directions while all connections stay open: half-open. */
  swallow(): void;
  /** Resets every connection. */
  cut(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A proxy on 127.0.0.1 before a server, to take the network away. */
export async function startTcpProxy(to: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  const join = (from: Socket, into: Socket): void => {
    sockets.add(from);
    from.on("data", (chunk) => {
      if (isSwallowing) return;
      if (!into.write(chunk)) from.pause();
    });
    into.on("drain", () => from.resume());
    from.on("error", () => into.destroy());
    from.on("close", () => {
      sockets.delete(from);
      if (!isSwallowing) into.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(to.port, to.host);
    join(client, upstream);
    join(upstream, client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    swallow: () => {
      isSwallowing = true;
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
