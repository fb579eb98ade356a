// Receives webhooks as receivers of the published guides do; prints one JSON line a request.
//
//   SECRET=whsec_... node guides_receiver.mjs
//
// The path says how to be called: /PROFILE[+PROFILE...]/STATUS[,STATUS...]/ANY, e.g. /ztrace/500,500,204/a. Each path answers with its
// statuses in order, the last one for ever. SECRET verifies; NOW (unix seconds), where it is set or comes in a line on standard
// input, is the receiver's clock. With LIBRARIES=1 the profile's own npm package has to verify, too.
import http from "node:http";
import { createInterface } from "node:readline";
import { checkBody, coversBody, verifySignature } from "./guides.mjs";

const secrets = { default: process.env.SECRET };
let clock = process.env.NOW ? Number(process.env.NOW) : undefined;
const now = () => clock ?? Math.floor(Date.now() / 1000);
const libraries = process.env.LIBRARIES ? (await import("./libraries.mjs")).verifiers : {};
const counts = new Map();

// {"now":1779705000} or {"path":"/ztrace/200/a","secret":"whsec_..."}
createInterface({ input: process.stdin }).on("line", (line) => {
  const told = JSON.parse(line);
  if (told.now !== undefined) clock = told.now;
  if (told.path !== undefined) secrets[told.path] = told.secret;
  console.log(JSON.stringify({ event: "told" })); // what comes from here on is judged so
});

const faultOf = async (work) => {
  try {
    await work();
    return null;
  } catch (fault) {
    return String(fault.message ?? fault).split("\n")[0];
  }
};

async function judge(profile, raw, headers, secret) {
  const tampered = raw.replace(/\d/, (digit) => String((Number(digit) + 1) % 10));
  const row = { profile };
  row.signature_fault = await faultOf(() => verifySignature(profile, raw, headers, secret, now()));
  row.body_fault = await faultOf(() => checkBody(profile, raw));
  if (coversBody(profile)) row.tampered_passes = (await faultOf(() => verifySignature(profile, tampered, headers, secret, now()))) === null;
  const library = libraries[profile];
  if (library) {
    row.library_fault = await faultOf(() => library(raw, headers, secret));
    row.library_takes_tampered = (await faultOf(() => library(tampered, headers, secret))) === null;
  }
  return row;
}

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", async () => {
    const raw = Buffer.concat(pieces).toString("utf8");
    const [, profiles, statuses] = request.url.split("/");
    const number = counts.get(request.url) ?? 0;
    counts.set(request.url, number + 1);
    const list = statuses.split(",").map(Number);
    const status = list[Math.min(number, list.length - 1)];
    const secret = secrets[request.url] ?? secrets.default;
    const verdicts = [];
    for (const [index, profile] of profiles.split("+").entries()) {
      const verdict = await judge(profile, raw, request.headers, secret);
      if (index > 0) verdict.body_fault = null; // it has one body, the first one's
      verdicts.push(verdict);
    }
    const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
    console.log(JSON.stringify({ path: request.url, number: number + 1, status, verdicts, names, headers: request.headers, raw }));
    response.writeHead(status, { "content-type": "text/plain" }).end(status === 204 ? undefined : `answer ${number + 1}`);
  });
});
server.keepAliveTimeout = 600_000; // nobody hangs up but the sender
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ event: "ready", url: `http://127.0.0.1:${server.address().port}` }));
});
