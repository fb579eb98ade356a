// What most teams run: jobs in BullMQ on Redis, a worker that signs each body and posts it with undici.
// Adds while it works, as a service does. usage: node bullmq.mjs REDIS_PORT URL COUNT BYTES IN_FLIGHT
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Pool } from 'undici';

const [port, target, ...numbers] = process.argv.slice(2);
const [count, bytes, inFlight] = numbers.map(Number);
const jobsAtOnce = 1_000;

const url = new URL(target);
const pool = new Pool(url.origin, { connections: inFlight, pipelining: 1 });
const key = randomBytes(32);
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
const queue = new Queue('deliveries', { connection });
// Kept jobs would grow Redis; they are removed as soon as they are done, which is also the fastest.
const options = { attempts: 5, backoff: { type: 'exponential', delay: 1_000 }, removeOnComplete: true };
const body = JSON.stringify({ text: 'x'.repeat(bytes - JSON.stringify({ text: '' }).length) });

let failed = 0;
async function deliver(job) {
  const time = Math.floor(Date.now() / 1_000);
  const signature = createHmac('sha256', key).update(`${job.data.id}.${time}.${job.data.body}`).digest('base64');
  const answer = await pool.request({
    method: 'POST',
    path: url.pathname,
    headers: {
      'content-type': 'application/json',
      'webhook-id': job.data.id,
      'webhook-timestamp': String(time),
      'webhook-signature': `v1,${signature}`,
    },
    body: job.data.body,
  });
  await answer.body.dump();
  if (answer.statusCode >= 300) throw new Error(`status ${answer.statusCode}`);
}

await queue.waitUntilReady();
const worker = new Worker('deliveries', deliver, { connection, concurrency: inFlight, autorun: false });
await worker.waitUntilReady();
let delivered = 0;
const done = new Promise((resolve, reject) => {
  worker.on('completed', () => {
    delivered += 1;
    if (delivered === count) resolve();
  });
  worker.on('failed', () => {
    failed += 1;
  });
  worker.on('error', reject);
});
const begun = performance.now();
worker.run().catch(() => {});
for (let added = 0; added < count; added += jobsAtOnce) {
  const some = Math.min(jobsAtOnce, count - added);
  await queue.addBulk(
    Array.from({ length: some }, () => ({
      name: 'delivery',
      data: { id: `evt_${randomUUID()}`, body },
      opts: options,
    })),
  );
}
await done;
const seconds = (performance.now() - begun) / 1_000;
console.log(JSON.stringify({ delivered, failed, seconds, per_second: delivered / seconds }));
await worker.close();
await queue.close();
await pool.close();
