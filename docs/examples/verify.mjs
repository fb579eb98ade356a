// Verifies a delivery of any of Assay's profiles with Node.js alone; copy the function of yours.
//
// Each takes the raw body (a Buffer), the headers (lower-case names) and the secret, and throws when
// the delivery is not to be trusted. What it returns is the id to deduplicate by.

import crypto from "node:crypto";

const TOLERANCE_SECONDS = 300;

const mac = (key, ...parts) => {
  const hmac = crypto.createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

// In constant time; a signature of another length is no match.
const same = (expected, given) => {
  const a = Buffer.from(String(expected));
  const b = Buffer.from(String(given ?? ""));
  return a.length === b.length && crypto.timingSafeEqual(a, b);
};
const must = (holds, why) => {
  if (!holds) throw new Error(why);
};
const fresh = (seconds) =>
  must(/^\d+$/.test(seconds ?? "") && Math.abs(Date.now() / 1000 - Number(seconds)) <= TOLERANCE_SECONDS, "the time is missing or too far off");

function resellScan(raw, headers, secret) {
  const parts = (headers["x-webhook-signature"] ?? "").split(",").map((part) => part.split("="));
  const time = parts.find(([name]) => name === "t")?.[1];
  fresh(time);
  const expected = mac(secret, `${time}.`, raw).toString("hex");
  // During a rotation there are two: any one that matches will do.
  must(parts.some(([name, value]) => name === "v1" && same(expected, value)), "no signature matches");
  return JSON.parse(raw).id;
}

function reusely(raw, headers, secret) {
  const { object_id, timestamp } = JSON.parse(raw); // the rest of the body is not signed
  must(same(mac(secret, `${object_id}${timestamp}`).toString("hex"), headers.authorization), "the signature does not match");
  return String(object_id);
}

function sellapp(raw, headers, secret) {
  must(same(mac(secret, raw).toString("hex"), headers.signature), "the signature does not match");
  return headers["x-assay-event-id"];
}

function resilientlink(raw, headers, secret) {
  must(same(secret, headers["x-resilientlink-signature"]), "the secret does not match"); // nothing is signed
  const event = JSON.parse(raw);
  return `${event.timestamp} ${event.data.url ?? event.event}`;
}

function ztrace(raw, headers, secret) {
  const time = headers["x-ztrace-timestamp"];
  fresh(time);
  must(same(`sha256=${mac(secret, `${time}.`, raw).toString("hex")}`, headers["x-ztrace-signature"]), "the signature does not match");
  return headers["x-assay-event-id"];
}

function standardWebhooks(raw, headers, secret) {
  const id = headers["webhook-id"];
  const time = headers["webhook-timestamp"];
  fresh(time);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = `v1,${mac(key, `${id}.${time}.`, raw).toString("base64")}`;
  must((headers["webhook-signature"] ?? "").split(" ").some((one) => same(expected, one)), "no signature matches");
  return id;
}

function github(raw, headers, secret) {
  must(same(`sha256=${mac(secret, raw).toString("hex")}`, headers["x-hub-signature-256"]), "the signature does not match");
  return headers["x-assay-delivery"];
}

export const verifiers = {
  "resell-scan": resellScan,
  reusely,
  sellapp,
  resilientlink,
  ztrace,
  "standard-webhooks": standardWebhooks,
  cloudevents: standardWebhooks,
  github,
};
