// Recomputes fees, VAT and profit of the program's results with big.js from the JSON tables, to the cent.
// SPDX-License-Identifier: MIT
// node money_oracle.mjs DATA_FEES_DIR RESULTS.ndjson: prints how many channels were compared; exit code 1 on the first difference.
import Big from 'big.js';
import fs from 'node:fs';
import path from 'node:path';

const [tablesDir, resultsFile] = process.argv.slice(2);
const channels = {};
for (const name of fs.readdirSync(tablesDir)) {
  const channel = JSON.parse(fs.readFileSync(path.join(tablesDir, name), 'utf8'));
  channels[channel.channel] = channel;
}

const halfUp = (x) => x.round(0, Big.roundHalfUp);
const tableOn = (channel, date) => channel.tables.filter((t) => t.effective <= date).at(-1);

function schedulesOf(channel, date) {
  const table = tableOn(channel, date);
  return table.as_in ? { ...schedulesOf(channels[table.as_in], table.effective), fulfilment: table.fulfilment } : table;
}

function percentage(schedule, base) {
  let fee = Big(0);
  let previous = Big(0);
  for (const step of schedule.steps) {
    const upTo = step.up_to === undefined ? null : Big(step.up_to);
    if (schedule.shape === 'whole') {
      if (upTo && base.gt(upTo)) continue;
      fee = base.times(step.ppm).div(1e6);
      break;
    }
    const upper = upTo && upTo.lt(base) ? upTo : base;
    if (upper.lte(previous)) break;
    fee = fee.plus(upper.minus(previous).times(step.ppm).div(1e6));
    previous = upper;
  }
  fee = halfUp(fee);
  if (schedule.minimum !== undefined && fee.lt(schedule.minimum)) fee = Big(schedule.minimum);
  if (schedule.maximum !== undefined && fee.gt(schedule.maximum)) fee = Big(schedule.maximum);
  return fee;
}

const stepAmount = (fixed, base) => Big(fixed.steps.find((s) => s.up_to === undefined || base.lte(s.up_to)).amount);
// Word characters as the program sees them: letters, digits, anything beyond ASCII.
const isWord = (c) => c !== undefined && (/[a-z0-9]/.test(c) || c.charCodeAt(0) > 127);
function holds(text, words) {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (!isWord(text[at - 1]) && !isWord(text[at + words.length])) return true;
  }
  return false;
}
function categoryOf(table, given) {
  for (const part of (given ?? '').toLowerCase().split('>').reverse()) {
    const found = (table.categories ?? []).find((c) => c.matches.some((m) => holds(part, m)));
    if (found) return found;
  }
  return undefined;
}

function fulfilmentFee(f, grams, sidesMm, base) {
  const imperial = f.units === 'imperial';
  const sides = [...sidesMm].sort((a, b) => b - a);
  const perLength = Big(imperial ? '25.4' : 10);
  const granted = sides.map((s) => Big(s).minus('0.5').div(perLength));
  const unit = Big(grams).minus('0.5').div(imperial ? '28.349523125' : 1);
  for (const tier of f.tiers) {
    let weight = unit;
    if (tier.weight !== 'unit' && f.divisor > 0) {
      const least = Big(tier.side_min ?? 0);
      const lengths = sides.map((s) => Big(s).div(perLength));
      const wide = (x) => (x.lt(least) ? least : x);
      const volume = lengths[0].times(wide(lengths[1])).times(wide(lengths[2])).div(f.divisor).times(imperial ? 16 : 1000);
      if (volume.gt(weight)) weight = volume;
    }
    if (tier.weight_over !== undefined && weight.lte(tier.weight_over)) continue;
    if (tier.weight_max !== undefined && weight.gt(tier.weight_max)) continue;
    if (tier.sides && granted.some((s, i) => s.gt(tier.sides[i]))) continue;
    if (tier.length_girth_max !== undefined &&
        granted[0].plus(granted[1].plus(granted[2]).times(2)).gt(tier.length_girth_max)) continue;
    const bands = f.price_bands ?? [];
    const band = bands.findIndex((b) => base.lte(b));
    const at = band < 0 ? bands.length : band;
    const step = (tier.steps ?? []).find((s) => weight.lte(s.up_to));
    let amount;
    if (step) amount = Big(step.amounts[at]);
    else {
      const begun = weight.minus(tier.beyond.above).div(tier.beyond.step).round(0, Big.roundUp);
      amount = Big(tier.beyond.amounts[at]).plus((begun.lt(0) ? Big(0) : begun).times(tier.beyond.per_step));
    }
    return amount.plus(halfUp(amount.times(f.surcharge_ppm ?? 0).div(1e6)));
  }
  throw new Error('no tier');
}

const within = (gross, ppm) => halfUp(Big(gross).times(ppm).div(1e6 + ppm));
const refused = (where, what, ours, theirs) => {
  console.error(`${where}: ${what} is ${ours}, recomputed ${theirs}`);
  process.exit(1);
};

let compared = 0;
const seen = {};
for (const line of fs.readFileSync(resultsFile, 'utf8').trim().split('\n')) {
  const { product_id, product_data: p, result } = JSON.parse(line);
  for (const c of result.channels) {
    const where = `${product_id} on ${c.channel}`;
    const table = schedulesOf(channels[c.channel], p.overrides.fee_version);
    const wanted = p.overrides.fee_options ?? [];
    const options = (table.options ?? []).filter((o) => wanted.includes(o.name));
    const category = categoryOf(table, p.category);
    const replaced = options.filter((o) => o.standard).at(-1);
    const paid = Big(c.list_price).plus(p.costs.ship_charged);
    let base = paid;
    if (table.base_includes_sales_tax) base = base.plus(halfUp(paid.times(p.overrides.sales_tax_ppm ?? 0).div(1e6)));
    const lines = [percentage(category ? category.schedule : replaced ? replaced.standard : table.standard, base)];
    for (const source of [table, ...options]) {
      for (const share of source.percentages ?? []) lines.push(percentage(share.schedule, base));
    }
    for (const source of [table, category ?? {}, ...options]) {
      for (const fixed of source.fixed ?? []) lines.push(stepAmount(fixed, base));
    }
    if (table.fulfilment) lines.push(fulfilmentFee(table.fulfilment, p.weight_g, p.dims_mm, base));
    lines.push(halfUp(paid.times(p.costs.ads_ppm).div(1e6)));
    let fees = lines.reduce((a, b) => a.plus(b), Big(0));
    const { regime, rate_ppm: rate, purchase_vat: boughtWith } = p.tax;
    const applied = regime === 'margin' && boughtWith ? 'standard' : regime;
    if ((applied === 'small_business' || applied === 'equivalence') && table.net_of_vat) fees = fees.plus(halfUp(fees.times(rate).div(1e6)));
    if (!fees.eq(c.fees_total)) refused(where, 'fees_total', c.fees_total, fees.toString());
    const summed = c.fees.reduce((a, f) => a + f.amount, 0);
    if (summed !== c.fees_total) refused(where, 'the sum of fee lines', summed, c.fees_total);
    let vat = Big(0);
    if (applied === 'standard') vat = within(paid, rate);
    if (applied === 'margin') vat = paid.gt(p.unit_cost) ? within(paid.minus(p.unit_cost), rate) : Big(0);
    if (!vat.eq(c.vat)) refused(where, 'vat', c.vat, vat.toString());
    const net = paid.minus(fees).minus(vat).minus(c.shipping);
    if (!net.eq(c.net_proceeds)) refused(where, 'net_proceeds', c.net_proceeds, net.toString());
    compared += 1;
    seen[c.channel] = (seen[c.channel] ?? 0) + 1;
  }
}
for (const name of Object.keys(channels)) {
  if (!seen[name]) refused(name, 'the number of comparisons', 0, 'more than none');
}
console.log(`${compared} sales on ${Object.keys(seen).length} channels agree to the cent`);
