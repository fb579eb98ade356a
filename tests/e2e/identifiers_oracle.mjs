// Judges identifiers with cdigit (GTIN, Luhn) and isbn3, and holds the program's identities against that.
// SPDX-License-Identifier: MIT
// node identifiers_oracle.mjs RESULTS.ndjson: prints how many codes were compared; exit code 1 on the first difference.
import { gtin, luhn } from 'cdigit';
import isbn3 from 'isbn3';
import fs from 'node:fs';
import readline from 'node:readline';

const isbn = isbn3.default ?? isbn3;

// What the code is by the libraries' own judgement: its canonical number, or null.
function judge(kind, code) {
  if (kind === 'gtin') return gtin.validate(code) ? { gtin14: code.padStart(14, '0') } : null;
  if (kind === 'imei') return luhn.validate(code) ? { imei: code.slice(0, 8) + '*****' + code.slice(-2) } : null;
  const parsed = isbn.parse(code);
  return parsed?.isValid ? { isbn13: parsed.isbn13, gtin14: '0' + parsed.isbn13 } : null;
}

const counted = {};
let valid = 0;
for await (const line of readline.createInterface({ input: fs.createReadStream(process.argv[2]) })) {
  const { product_id: id, product_data: data, result } = JSON.parse(line);
  const [kind] = id.split('-');
  const code = data.sku;  // as it was generated: the echo of an IMEI is masked
  const judged = judge(kind, code);
  const ours = result.identity;
  const refuse = (what) => {
    console.error(`${kind} ${code}: ${what}; judged ${JSON.stringify(judged)}, ours ${JSON.stringify(ours)}`);
    process.exit(1);
  };
  // Numbers for coupons and for use inside a company check, too, but name no product.
  const checks = ours.valid || ours.tags.some((tag) => ['not_a_product', 'restricted_circulation'].includes(tag));
  if (checks !== (judged !== null)) refuse('validity differs');
  for (const [name, value] of Object.entries(judged ?? {})) {
    if (ours[name] !== value) refuse(`${name} differs`);
  }
  counted[kind] = (counted[kind] ?? 0) + 1;
  if (judged) valid += 1;
}
const total = Object.values(counted).reduce((a, b) => a + b, 0);
for (const kind of ['gtin', 'imei', 'isbn']) {
  if (!counted[kind]) {
    console.error(`no ${kind} was compared`);
    process.exit(1);
  }
}
console.log(`${total} codes agree, ${valid} of them valid: ${JSON.stringify(counted)}`);
