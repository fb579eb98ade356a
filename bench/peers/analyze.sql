-- What `assay analyze --only identity,price,fees` works out, in SQL: GTIN check, price from sold comparables, fees.
-- The filters, conditions, weights, outliers (modified z-score on log prices over MAD), location (weighted median, from
-- eight comparables on the weighted Hodges-Lehmann estimate), shrinkage to a category prior and eBay's fees are those of
-- docs/prices.md and docs/fees.md; the numbers are those of data/analysis and data/fees. Only what the made-up manifests
-- of assay-generate hold is read: amounts in cents, one currency, titles whose prefix says bundle, lot, parts or box.
-- Left out, so in the peer's favour: quantiles, interval, trend, confidence, evidence, the echo of the input, the fees of
-- further channels, repairs of identifiers. $input, $output and $as_of are filled in by duckdb.mjs.

-- data/analysis/conditions.json
CREATE TEMP MACRO condition_factor(c) AS CASE c
    WHEN 'new' THEN 1.0 WHEN 'like_new' THEN 0.95 WHEN 'new_other' THEN 0.92 WHEN 'very_good' THEN 0.9
    WHEN 'good' THEN 0.85 WHEN 'acceptable' THEN 0.75 WHEN 'parts' THEN 0.4 ELSE 0.9 END;

-- data/analysis/prices.json and recovery.json: what a department has of its own. `stretch` spreads the steps between
-- conditions so that used goods bring what was measured of the group.
CREATE TEMP TABLE departments AS SELECT * FROM (VALUES
    ('Electronics',      1.0,                      30.0, 0.35, 0.2345),
    ('Kitchen',          1.0,                      30.0, 0.35, 0.249),
    ('Home & Garden',    1.0,                      30.0, 0.35, 0.277),
    ('Toys',             1.0,                      30.0, 0.35, 0.2451),
    ('Sports',           1.0,                      30.0, 0.35, 0.277),
    ('Home Improvement', 1.0,                      30.0, 0.35, 0.3083),
    ('Books',            ln(0.65) / ln(0.85),      60.0, 0.4,  0.277),
    ('Apparel',          1.0,                      30.0, 0.42, 0.277),
    ('Pet Supplies',     1.0,                      30.0, 0.35, 0.3946),
    ('Computers',        1.0,                      21.0, 0.28, 0.4272)
) AS t(department, stretch, half_life, spread_default, recovery);

-- What titles say of their content: a lot of two, a set of so many pieces.
CREATE TEMP MACRO lot_of(title) AS CASE
    WHEN starts_with(title, 'Lot of 2 ') OR contains(title, 'Set of 2') THEN 2
    WHEN contains(title, ' 94 pcs') THEN 94 ELSE 1 END;
-- A title that says so makes it one for parts, whatever its condition.
CREATE TEMP MACRO is_parts(condition, title) AS coalesce(condition, '') = 'parts' OR starts_with(title, 'For parts');
CREATE TEMP MACRO factor_of(condition, title) AS ln(CASE
    WHEN starts_with(title, 'For parts') THEN condition_factor('parts') ELSE condition_factor(condition) END);

-- The check digit of GS1 over 14 digits, shorter codes padded with zeros; NULL where it does not hold.
CREATE TEMP MACRO digit(code, i) AS ascii(code[i]) - 48;
CREATE TEMP MACRO checked14(code) AS CASE WHEN (
    3 * (digit(code, 1) + digit(code, 3) + digit(code, 5) + digit(code, 7) + digit(code, 9) + digit(code, 11) +
         digit(code, 13)) + digit(code, 2) + digit(code, 4) + digit(code, 6) + digit(code, 8) + digit(code, 10) +
    digit(code, 12) + digit(code, 14)) % 10 = 0 THEN code END;
CREATE TEMP MACRO gtin14(code) AS CASE
    WHEN length(code) IN (8, 11, 12, 13, 14) AND regexp_full_match(code, '[0-9]+') THEN checked14(lpad(code, 14, '0')) END;
-- ISBN-10: its own check digit, then that of 978 and its first nine digits.
CREATE TEMP MACRO isbn14(code) AS CASE WHEN regexp_full_match(code, '[0-9]{9}[0-9X]') AND (
    10 * digit(code, 1) + 9 * digit(code, 2) + 8 * digit(code, 3) + 7 * digit(code, 4) + 6 * digit(code, 5) +
    5 * digit(code, 6) + 4 * digit(code, 7) + 3 * digit(code, 8) + 2 * digit(code, 9) +
    CASE WHEN code[10] = 'X' THEN 10 ELSE digit(code, 10) END) % 11 = 0
    THEN '0978' || code[1:9] || ((10 - (38 + 3 * digit(code, 1) + digit(code, 2) + 3 * digit(code, 3) + digit(code, 4) +
         3 * digit(code, 5) + digit(code, 6) + 3 * digit(code, 7) + digit(code, 8) + 3 * digit(code, 9)) % 10) % 10) END;

-- Of sorted points the value at which half the weight lies below.
CREATE TEMP MACRO at_half(points, half) AS list_reduce(points,
    lambda acc, x: {
        'v': CASE WHEN acc.w > half THEN acc.v ELSE x.v END,
        'w': acc.w + x.w
    }).v;

COPY (
WITH products AS (
    SELECT product_id, split_part(category, ' > ', 1) AS department, split_part(category, ' > ', 2) AS subcategory,
        condition, title, msrp, lot_of(title) AS lot,
        is_parts(condition, title) AS parts,
        coalesce(gtin14(coalesce(identifiers.gtin, identifiers.upc, identifiers.ean, identifiers.isbn)),
                 isbn14(lpad(identifiers.isbn, 10, '0'))) AS gtin14, comparables
    FROM read_ndjson($input, columns = {
        product_id: 'VARCHAR', title: 'VARCHAR', category: 'VARCHAR', condition: 'VARCHAR', msrp: 'BIGINT',
        identifiers: 'STRUCT(gtin VARCHAR, upc VARCHAR, ean VARCHAR, isbn VARCHAR)',
        comparables: 'STRUCT(price BIGINT, shipping BIGINT, sold_at TIMESTAMP, condition VARCHAR, title VARCHAR)[]'})
),
pointed AS (
    SELECT p.* EXCLUDE (comparables), recovery,
        -- tablets are of the group of phones and computers
        CASE WHEN subcategory = 'Tablets' THEN 0.28 ELSE spread_default END AS spread_default,
        list_sort(list_transform(
            list_filter(comparables, lambda c: c.price > 0
                AND epoch_ms($as_of::TIMESTAMP) >= epoch_ms(c.sold_at)
                AND epoch_ms($as_of::TIMESTAMP) - epoch_ms(c.sold_at) <= 90 * 86400000::BIGINT
                AND is_parts(c.condition, c.title) = parts
                AND NOT starts_with(c.title, 'Box only') AND NOT starts_with(c.title, 'Bundle of')),
            lambda c: {
                'v': ln((c.price + c.shipping) * lot / lot_of(c.title)) +
                     stretch * (factor_of(condition, title) - factor_of(c.condition, c.title)),
                'w': pow(2, -(epoch_ms($as_of::TIMESTAMP) - epoch_ms(c.sold_at)) / 86400000.0 /
                         CASE WHEN subcategory = 'Tablets' THEN 21.0 ELSE half_life END)
            })) AS points
    FROM products p JOIN departments USING (department)
),
centred AS (
    SELECT *, list_median(list_transform(points, lambda x: x.v)) AS center FROM pointed
),
distances AS (
    SELECT *, list_transform(points, lambda x: abs(x.v - center)) AS distance FROM centred
),
spreads AS (
    SELECT *, list_median(distance) AS mad, list_avg(distance) AS mean_distance FROM distances
),
kept AS (
    SELECT * EXCLUDE (points, distance), len(points) AS n,
        CASE WHEN len(points) < 4 THEN points
             ELSE list_filter(points, lambda x: abs(x.v - center) <=
                  3.5 * greatest(CASE WHEN mad > 0 THEN 1.4826 * mad ELSE 1.2533 * mean_distance END, 1.4826 * 0.05))
             END AS points
    FROM spreads
),
described AS (
    SELECT *, len(points) AS n_used, list_median(list_transform(points, lambda x: x.v)) AS kept_center,
        CASE WHEN len(points) >= 8 THEN list_sort(flatten(list_transform(points, lambda x, i:
            list_transform(points[i:], lambda y: {'v': (x.v + y.v) / 2, 'w': x.w * y.w}))))
            ELSE points END AS candidates
    FROM kept
),
located AS (
    SELECT *, CASE WHEN n_used > 0 THEN
            at_half(candidates, list_sum(list_transform(candidates, lambda x: x.w)) / 2) END AS location,
        list_transform(points, lambda x: abs(x.v - kept_center)) AS distance
    FROM described
),
measured AS (
    SELECT *, greatest(CASE WHEN list_median(distance) > 0 THEN 1.4826 * list_median(distance)
                            ELSE 1.2533 * list_avg(distance) END,
                       1.4826 * 0.05, CASE WHEN n_used < 5 THEN spread_default ELSE 0 END) AS spread,
        ln(CASE WHEN msrp > 0 THEN msrp * recovery END) AS prior
    FROM located
),
priced AS (
    SELECT *, round(exp(CASE
        WHEN n_used = 0 THEN prior
        WHEN prior IS NULL OR n_used >= 8 THEN location
        ELSE (n_used / pow(spread, 2) * location + prior / pow(0.6, 2)) /
             (n_used / pow(spread, 2) + 1 / pow(0.6, 2)) END))::BIGINT AS p50
    FROM measured
),
-- data/fees/ebay_us.json, in force since 2025-02-14: parts per million of slices, and an amount per order
charged AS (
    SELECT *,
        ((CASE WHEN department = 'Books' THEN 153000 * least(p50, 750000) + 23500 * greatest(p50 - 750000, 0)
               WHEN subcategory = 'Watches' THEN 150000 * least(p50, 100000) +
                    65000 * greatest(least(p50, 750000) - 100000, 0) + 30000 * greatest(p50 - 750000, 0)
               ELSE 136000 * least(p50, 750000) + 23500 * greatest(p50 - 750000, 0) END) + 500000) // 1000000
            AS final_value,
        CASE WHEN p50 <= 1000 THEN 30 ELSE 40 END AS per_order
    FROM priced
)
SELECT product_id, gtin14,
    {'currency': 'USD', 'p50': p50, 'n': n, 'n_used': n_used, 'outliers': n - n_used} AS price,
    CASE WHEN p50 IS NOT NULL THEN [{'channel': 'ebay_us', 'list_price': p50,
        'fees': [{'code': 'final_value', 'amount': final_value}, {'code': 'per_order', 'amount': per_order}],
        'fees_total': final_value + per_order}] END AS channels
FROM charged
) TO $output (FORMAT json);
