// A receiver of Standard Webhooks for Node.js: the npm package `standardwebhooks` does the verifying.
//
//   npm install standardwebhooks
//   WEBHOOK_SECRET=whsec_... node receive_standard_webhooks.mjs 8091

import http from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const seen = new Set(); // a table with a unique key in real life

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    const raw = Buffer.concat(pieces).toString("utf8");
    try {
      const event = webhook.verify(raw, request.headers); // throws when it does not hold
      const id = request.headers["webhook-id"];
      console.log(JSON.stringify({ verified: true, id, type: event.type, repeat: seen.has(id) }));
      seen.add(id);
      response.writeHead(204).end();
    } catch (fault) {
      console.log(JSON.stringify({ verified: false, fault: String(fault.message ?? fault) }));
      response.writeHead(401).end();
    }
  });
});

server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "ready", url: `http://127.0.0.1:${server.address().port}` }));
});
