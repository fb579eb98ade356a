// Replays past sales: what would have been said of them at a moment before, and what became of it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "engine/analysis/analysis_plan.hpp"
#include "engine/base/clock.hpp"
#include "engine/base/money.hpp"
#include "engine/batch/sold_prices.hpp"

namespace assay::tools {

// One dated sale of the history, with texts of its own.
struct PastSale {
    std::string gtin, upc, ean, isbn, asin, brand, model, mpn, title, category;
    engine::Condition condition = engine::Condition::unknown;
    Currency currency;
    TimePoint sold_at;
    MinorUnits unit_price = 0;  // delivered, of one piece
    std::optional<MinorUnits> unit_cost;
};
// nullopt: it is an offer, or has no date.
std::optional<PastSale> past_sale(const engine::SoldRecord& record);

// How sales fell against the interval that was given for them: p10 to p90 promises 80 %.
struct IntervalHits {
    std::int64_t sales = 0, below = 0, above = 0;
    std::int64_t under_median = 0;
    std::int64_t within() const noexcept { return sales - below - above; }
};
// What was promised on average, and how often it came true.
struct ProbabilityHits {
    std::int64_t cases = 0, came_true = 0;
    double promised = 0;  // the sum
};
// What sales of one verdict cost and left, each sold at what it really brought.
struct VerdictEarnings {
    std::int64_t sales = 0;
    MinorUnits cost = 0, profit = 0;
};

// Everything that a result promises, held against what came.
struct Promises {
    IntervalHits interval;
    // `ci`: that it holds the median of the product's sales after the cut. How likely that is for
    // so many sales before and after depends on nothing else, and is what counts as promised.
    ProbabilityHits middle;
    ProbabilityHits loss, sold_30, sold_90;
};

struct Backtest {
    TimePoint cut;
    std::int64_t known = 0;                            // sales before the cut
    std::int64_t judged = 0;                           // sales after it, up to the horizon
    std::int64_t unpriced = 0;                         // of them: nothing was known of their price
    std::int64_t with_cost = 0, judged_with_cost = 0;  // sales that name one: of all, and of judged
    Promises all;
    std::map<std::string, Promises> by_category;  // by its first part; "": none was named
    std::map<std::pair<std::string, std::string>, VerdictEarnings> earned;  // currency, decision
};

inline constexpr int backtest_horizon_days = 90;

// P(the median of `later` values lies between the order statistics x_(rank) and x_(n - rank + 1) of
// `count` values before them), where all come from one distribution, whichever: the number of
// values below it is negative hypergeometric. `rank` from 1 to count / 2, `later` at least 1.
double median_within(std::int64_t count, std::int64_t rank, std::int64_t later) noexcept;

// The moment before which 70 % of the sales lie. `sales` not empty, in any order.
TimePoint usual_cut(std::span<const PastSale> sales);

// `plan` holds the same sales as its comparables and leaves out itself what is later than the cut.
// Sales up to 90 days after the cut are judged as of the cut. Pure.
Backtest replay(const engine::AnalysisPlan& plan, std::span<const PastSale> sales, TimePoint cut);

}  // namespace assay::tools
