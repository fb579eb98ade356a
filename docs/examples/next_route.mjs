// A route handler of Next.js: app/api/hook/route.js (or .ts), as it stands.

import { verifiers } from "./verify.mjs";

export const runtime = "nodejs"; // node:crypto is not in the edge runtime

const verify = verifiers[process.env.PROFILE ?? "standard-webhooks"];
const seen = new Set(); // the table of seen_ids.sql in real life: instances share no memory

export async function POST(request) {
  const raw = Buffer.from(await request.arrayBuffer()); // not request.json()
  let id;
  try {
    id = verify(raw, Object.fromEntries(request.headers), process.env.WEBHOOK_SECRET);
  } catch (fault) {
    return new Response(fault.message, { status: 401 });
  }
  const repeat = seen.has(id);
  seen.add(id);
  return new Response(repeat ? "seen before" : "ok");
}
