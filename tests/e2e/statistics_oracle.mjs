// Recomputes medians, MADs, quantiles and order intervals of the program's prices with simple-statistics.
// SPDX-License-Identifier: MIT
// node statistics_oracle.mjs DEFAULTS.json CASES.ndjson RESULTS.ndjson: exit code 1 on the first difference.
import fs from 'node:fs';
import { binomialDistribution, median, medianAbsoluteDeviation, probit, quantile } from 'simple-statistics';

const [defaultsFile, casesFile, resultsFile] = process.argv.slice(2);
const defaults = Object.fromEntries(
  Object.entries(JSON.parse(fs.readFileSync(defaultsFile, 'utf8')).values).map(([name, d]) => [name, d.value]));
const lines = (file) => fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

// Sales of one day, of one condition and of full match weigh the same, so that plain statistics hold.
function recompute(amounts) {
  const logs = amounts.map((amount) => Math.log(amount)).sort((a, b) => a - b);
  const scale = (values) => 1.4826 * Math.max(medianAbsoluteDeviation(values), defaults.spread_floor);
  const z = (value) => Math.abs(value - median(logs)) / scale(logs);
  const kept = logs.length < defaults.outlier_count_min ? logs : logs.filter((value) => z(value) <= defaults.outlier_z);
  const few = kept.length < defaults.pairwise_count_min;
  const means = kept.flatMap((a, i) => kept.slice(i).map((b) => (a + b) / 2));
  const location = few ? median(kept) : median(means);
  const s = scale(kept);
  const n = kept.length;
  const known = defaults.spread_prior_count;
  const variance = (known * defaults.spread_default ** 2 + (n - 1) * s ** 2) / (known + n - 1);
  const sd = Math.sqrt(variance + (s ** 2 * Math.PI) / (few ? 2 : 3) / n) * (1 + defaults.small_sample_widening / n);
  // The widest rank whose coverage is still enough: 1 - 2 P(fewer than `rank` below the median).
  const below = binomialDistribution(n, 0.5);
  let rank = 0;
  let coverage = 0;
  for (let tail = below[0], next = 1; next <= n / 2 && 1 - 2 * tail >= defaults.interval_coverage; tail += below[next], next += 1) {
    rank = next;
    coverage = 1 - 2 * tail;
  }
  return { kept, location, sd, rank, coverage, outliers: logs.length - n };
}

const cases = lines(casesFile);
const results = lines(resultsFile);
let compared = 0;
cases.forEach((one, index) => {
  const { price } = results[index].result;
  const amounts = one.comparables.map((c) => c.price);
  const expected = recompute(amounts);
  const close = (what, ours, theirs, tolerance) => {
    if (!(Math.abs(ours - theirs) <= tolerance)) {
      console.error(`${one.product_id}: ${what} is ${ours}, recomputed ${theirs} of ${amounts}`);
      process.exit(1);
    }
  };
  if (expected.kept.length < defaults.interval_count_min) return;  // other rules hold for so few
  // simple-statistics' normal quantile is an approximation.
  const at = (p) => Math.exp(expected.location + probit(p) * expected.sd);
  close('n_used', price.n_used, expected.kept.length, 0);
  close('the number of outliers', price.outliers.length, expected.outliers, 0);
  close('p50', price.p50, Math.exp(expected.location), 0.51);
  close('log_sd', price.log_sd, expected.sd, 0.00006);
  close('p10', price.p10, at(0.1), 0.51 + 0.004 * at(0.1));
  close('p90', price.p90, at(0.9), 0.51 + 0.004 * at(0.9));
  close('ci_coverage', price.ci_coverage, expected.coverage, 0.00006);
  close('ci low', price.ci[0], Math.exp(expected.kept[expected.rank - 1]), 0.51);
  close('ci high', price.ci[1], Math.exp(expected.kept[expected.kept.length - expected.rank]), 0.51);
  // The ends of the interval are sample quantiles.
  const n = expected.kept.length;
  close('the lower quantile', price.ci[0], Math.exp(quantile(expected.kept, (expected.rank - 1) / (n - 1))), 0.51);
  close('the upper quantile', price.ci[1], Math.exp(quantile(expected.kept, (n - expected.rank) / (n - 1))), 0.51);
  compared += 1;
});
if (compared < 0.9 * cases.length) {
  console.error(`only ${compared} of ${cases.length} cases could be compared`);
  process.exit(1);
}
console.log(`${compared} of ${cases.length} prices agree in median, MAD, quantiles and order intervals`);
