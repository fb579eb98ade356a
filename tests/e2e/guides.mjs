// How receivers verify and read webhooks by the published guides, one recipe a profile, on nothing but Node.
//
// Written from the guides alone: none of it knows Assay. Each takes the raw body, the headers (names in lower case), the secret
// and the time, and throws what is wrong.
import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";

const hmac = (key, text) => createHmac("sha256", key).update(text, "utf8");

function same(given, expected) {
  const a = Buffer.from(String(given));
  const b = Buffer.from(expected);
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw new Error("the signature does not match");
}

function recent(seconds, now) {
  if (!/^\d+$/.test(seconds) || Math.abs(now - Number(seconds)) > 300) throw new Error(`not a recent time: ${seconds}`);
}

function keys(object, expected, where) {
  const found = Object.keys(object).join();
  if (found !== expected) throw new Error(`${where} has ${found}, not ${expected}`);
}

function is(text, pattern, what) {
  if (typeof text !== "string" || !pattern.test(text)) throw new Error(`${what} is ${text}`);
}

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

// t=...,v1=...: the guide's sample reads the pairs into an object, so that the last v1 is the one that counts.
function timestampedHex(header, raw, secret, now) {
  const parts = Object.fromEntries(header.split(",").map((pair) => pair.split("=")));
  recent(parts.t, now);
  same(parts.v1, hmac(secret, `${parts.t}.${raw}`).digest("hex"));
}

function standardWebhooks(prefix, raw, headers, secret, now) {
  const [id, time] = [headers[`${prefix}-id`], headers[`${prefix}-timestamp`]];
  if (!id) throw new Error(`no ${prefix}-id`);
  recent(time, now);
  const signed = `${id}.${time}.${raw}`;
  const entries = headers[`${prefix}-signature`].split(" ").map((entry) => entry.split(","));
  const right = entries.some(([version, signature]) => {
    if (secret.startsWith("whpk_") && version === "v1a") {
      const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(secret.slice(5), "base64")]);
      const key = createPublicKey({ key: der, format: "der", type: "spki" });
      return verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64"));
    }
    if (!secret.startsWith("whsec_") || version !== "v1") return false;
    return signature === hmac(Buffer.from(secret.slice(6), "base64"), signed).digest("base64");
  });
  if (!right) throw new Error("no signature matches");
}

// Body by body: what the guide prints, in its order.
const bodies = {
  "resell-scan": (body) => {
    keys(body, "id,event,created_at,data", "the body");
    is(body.id, /^evt_[0-9a-f-]{36}$/, "id");
    is(body.event, /^analysis\.completed$/, "event");
    is(body.created_at, moment, "created_at");
    const counts = "batch_id,collection_id,status,total_products,successful_products,failed_products,success_rate,started_at,completed_at,products";
    const found = Object.keys(body.data).join();
    if (!found.startsWith(counts)) throw new Error(`data has ${found}`);
    if (!["completed", "failed"].includes(body.data.status)) throw new Error(`status is ${body.data.status}`);
    for (const product of body.data.products) {
      keys(product, "product_id,product_data,status,progress,result,error", "a product");
      if (!["completed", "failed"].includes(product.status)) throw new Error(`a product is ${product.status}`);
    }
  },
  reusely: (body) => {
    keys(body, "object,object_id,timestamp,data,type", "the body");
    if (body.object !== "event") throw new Error("not an event");
    if (!Number.isSafeInteger(body.object_id) || body.object_id <= 0) throw new Error(`object_id is ${body.object_id}`);
    is(body.timestamp, /^\d{10}$/, "timestamp");
    is(body.type, /^offer\.(created|status\.updated)$/, "type");
  },
  sellapp: (body) => {
    keys(body, "event,data,store", "the body");
    if (!Number.isSafeInteger(body.store)) throw new Error(`store is ${body.store}`);
    const categories = ["cash_app", "feedback", "order", "product", "ticket_message", "variant"];
    if (!categories.includes(body.event.split(".")[0])) throw new Error(`event is ${body.event}`);
  },
  resilientlink: (body) => {
    keys(body, "event,timestamp,data", "the body");
    is(body.timestamp, moment, "timestamp");
    const data = {
      "scrape.completed": "url,status,status_code,response_time,metadata",
      "scrape.failed": "url,status,status_code,error,metadata",
      "quota.warning": "percent_used,requests_used,requests_limit,plan_limit,bonus_requests,threshold,reset",
    };
    keys(body.data, data[body.event], body.event);
    if (body.event === "scrape.completed") keys(body.data.metadata, "title,description,image,domain,word_count,scraped_at", "metadata");
  },
  ztrace: (body) => {
    keys(body, "event,data,timestamp", "the body");
    is(body.timestamp, moment, "timestamp");
    const data = {
      "analysis.started": "analysis_id,image_id",
      "analysis.failed": "analysis_id,image_id,error",
      "batch.started": "batch_id,total_count",
      "batch.progress": "completed_count,total_count",
      "batch.completed": "batch_id,total_count,completed_count,failed_count,success_rate,started_at,completed_at,duration_ms,by_verdict",
      "quota.warning": "usage_percent,remaining",
      "quota.exceeded": "reset_date",
    };
    if (body.event === "analysis.completed") is(body.data.analysis_id, /^[0-9a-f-]{36}$/, "analysis_id");
    else keys(body.data, data[body.event], body.event);
  },
  "standard-webhooks": (body) => {
    keys(body, "type,timestamp,data", "the body");
    is(body.type, /^[a-z0-9_]+(\.[a-z0-9_]+)+$/, "type");
    is(body.timestamp, moment, "timestamp");
  },
  cloudevents: (body) => {
    const found = Object.keys(body).join();
    if (!/^specversion,id,source,type,time,(subject,)?data$/.test(found)) throw new Error(`the body has ${found}`);
    if (body.specversion !== "1.0" || !body.id || !body.source || !body.type) throw new Error("a required attribute is missing");
    is(body.time, moment, "time");
  },
  stripe: (body) => {
    keys(body, "id,object,created,type,data", "the body");
    keys(body.data, "object", "data");
    if (body.object !== "event" || !Number.isSafeInteger(body.created)) throw new Error("not an event");
  },
};

const signatures = {
  "resell-scan": (raw, headers, secret, now) => timestampedHex(headers["x-webhook-signature"], raw, secret, now),
  reusely: (raw, headers, secret) => {
    const body = JSON.parse(raw);
    same(headers.authorization, hmac(secret, `${body.object_id}${body.timestamp}`).digest("hex"));
  },
  "reusely-suffix": (raw, headers, secret) => {
    const body = JSON.parse(raw);
    same(headers.authorization, createHash("sha256").update(`${body.object_id}${body.timestamp}${secret}`).digest("hex"));
  },
  sellapp: (raw, headers, secret) => same(headers.signature, hmac(secret, raw).digest("hex")),
  resilientlink: (raw, headers, secret) => same(headers["x-resilientlink-signature"] ?? "", secret),
  ztrace: (raw, headers, secret, now) => {
    const time = headers["x-ztrace-timestamp"];
    recent(time, now);
    same(headers["x-ztrace-signature"], `sha256=${hmac(secret, `${time}.${raw}`).digest("hex")}`);
  },
  "standard-webhooks": (raw, headers, secret, now) => standardWebhooks("webhook", raw, headers, secret, now),
  cloudevents: (raw, headers, secret, now) => {
    standardWebhooks("webhook", raw, headers, secret, now);
    is(headers["content-type"], /^application\/cloudevents\+json; charset=utf-8$/, "Content-Type");
  },
  github: (raw, headers, secret) => {
    same(headers["x-hub-signature-256"], `sha256=${hmac(secret, raw).digest("hex")}`);
    is(headers["x-assay-event"], /^[a-z0-9_]+(\.[a-z0-9_]+)+$/, "X-Assay-Event");
    is(headers["x-assay-delivery"], /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "X-Assay-Delivery");
  },
  stripe: (raw, headers, secret, now) => timestampedHex(headers["stripe-signature"], raw, secret, now),
  svix: (raw, headers, secret, now) => standardWebhooks("svix", raw, headers, secret, now),
  shopify: (raw, headers, secret) => {
    same(headers["x-shopify-hmac-sha256"], hmac(secret, raw).digest("base64"));
    is(headers["x-shopify-topic"], /\./, "X-Shopify-Topic");
  },
};
bodies["reusely-suffix"] = bodies.reusely;
bodies.svix = bodies["standard-webhooks"];

// Whose signature notices a changed body.
export const coversBody = (profile) => !["reusely", "reusely-suffix", "resilientlink"].includes(profile);

export function verifySignature(profile, raw, headers, secret, now) {
  signatures[profile](raw, headers, secret, now);
}

export function checkBody(profile, raw) {
  const body = JSON.parse(raw);
  bodies[profile]?.(body);
  return body;
}

export const names = Object.keys(signatures);
