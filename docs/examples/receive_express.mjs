// A receiver with Express: the raw body is kept as it came, verified, recognised, answered.
//
//   npm install express
//   PROFILE=resell-scan WEBHOOK_SECRET=whsec_... node receive_express.mjs 8090

import express from "express";
import { verifiers } from "./verify.mjs";

const verify = verifiers[process.env.PROFILE ?? "standard-webhooks"];
const secret = process.env.WEBHOOK_SECRET;
const seen = new Set(); // the table of seen_ids.sql in real life
const app = express();

// express.raw, not express.json: the signature is made over the bytes.
app.post("/hook", express.raw({ type: () => true, limit: "2mb" }), (request, response) => {
  let id;
  try {
    id = verify(request.body, request.headers, secret);
  } catch (fault) {
    response.status(401).send(fault.message);
    return;
  }
  const repeat = seen.has(id);
  seen.add(id);
  // Store or queue the event here; the work itself comes after the answer.
  response.status(200).send(repeat ? "seen before" : "ok");
});

const server = app.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "ready", url: `http://127.0.0.1:${server.address().port}/hook` }));
});
