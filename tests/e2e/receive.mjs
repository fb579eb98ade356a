// Receives webhooks and verifies each with the library that receivers of its profile use (libraries.mjs); one JSON line a request.
//
//   PROFILE=standard-webhooks SECRET_FILE=secret.txt node receive.mjs
import http from "node:http";
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { verifiers } from "./libraries.mjs";

const secret = () => readFileSync(process.env.SECRET_FILE, "ascii").trim();
const verify = (raw, headers) => verifiers[process.env.PROFILE](raw, headers, secret());

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", async () => {
    const bytes = Buffer.concat(pieces);
    const raw = bytes.toString("utf8");
    const row = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex"), headers: request.headers };
    try {
      await verify(raw, request.headers);
      row.event = JSON.parse(raw);
      row.verified = true;
    } catch (fault) {
      row.verified = false;
      row.fault = String(fault.message ?? fault).split("\n")[0];
    }
    try {
      await verify(raw.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)), request.headers);
      row.tampered_verified = true;
    } catch {
      row.tampered_verified = false;
    }
    console.log(JSON.stringify(row));
    response.writeHead(row.verified ? 200 : 401).end();
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "ready", url: `http://127.0.0.1:${server.address().port}` }));
});
