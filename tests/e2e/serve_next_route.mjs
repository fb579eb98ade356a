// Serves a Next.js route handler without Next.js: its POST is a plain function of a Request.
//
//   node serve_next_route.mjs docs/examples/next_route.mjs
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const route = await import(pathToFileURL(path.resolve(process.argv[2])));

const server = http.createServer(async (incoming, outgoing) => {
  const handler = route[incoming.method];
  if (handler === undefined) {
    outgoing.writeHead(405).end(); // as Next.js answers methods that a route does not export
    return;
  }
  const pieces = [];
  for await (const piece of incoming) pieces.push(piece);
  const url = `http://${incoming.headers.host}${incoming.url}`;
  const request = new Request(url, { method: incoming.method, headers: incoming.headers, body: Buffer.concat(pieces) });
  const response = await handler(request);
  outgoing.writeHead(response.status).end(Buffer.from(await response.arrayBuffer()));
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "ready", url: `http://127.0.0.1:${server.address().port}/hook` }));
});
