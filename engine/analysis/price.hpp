// Price: what one unit will sell for, from comparables or the category prior, with honest bounds.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/evidence.hpp"
#include "engine/analysis/identity.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/base/clock.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

enum class PriceBasis : std::uint8_t { none, sold_comps, shrunk, category_prior };
std::string_view to_string(PriceBasis basis) noexcept;

struct PriceOutlier {
    std::string_view id;
    MinorUnits price = 0;     // delivered, in the product's currency
    std::string_view reason;  // mad
};

// Comparables in one other currency: how many came along, at rates of which days.
struct CurrencyUse {
    Currency currency;
    std::int64_t converted = 0, left_out = 0;
    std::chrono::sys_days oldest, newest;  // of the rates that were used
    Currency through;                      // where it took two of them
};

// unknown: too few dated sales to say.
enum class Trend : std::uint8_t { unknown, flat, rising, falling };
std::string_view to_string(Trend trend) noexcept;  // "flat" ...; empty for unknown

// How the interval around the median is found: order statistics, or resampling.
enum class IntervalMethod : std::uint8_t { exact, bootstrap };
struct IntervalChoice {
    IntervalMethod method = IntervalMethod::exact;
    std::uint64_t seed = 0;  // of the resampling
};

// Why a comparable was not used.
enum class LeftOut : std::uint8_t {
    asking_price,      // an offer, not a sale
    other_currency,    // and there are no exchange rates
    no_exchange_rate,  // there are, and none for that day
    no_price,
    match_low,
    too_old,
    after_as_of,  // sold after the moment that the analysis looks from
    parts,        // for parts, and the product is not; or the other way round
    box_only,
    bundle,         // contents unknown
    other_storage,  // 64 GB is another product than 128 GB
};
inline constexpr std::size_t left_out_count = 11;
std::string_view to_string(LeftOut reason) noexcept;  // "asking_price", "other_currency" ...

// The declared retail price against what sales say, by the limits of data/analysis/risks.json:
// below `retail_low` of it, below `retail_absurd`. Plausible where either is not there.
enum class RetailCheck : std::uint8_t { plausible, low, absurd };

struct Price {
    PriceBasis basis = PriceBasis::none;  // none: insufficient_data, no number is given
    Currency currency;
    // Of one product as it is sold (a four-pack is one), delivered, in minor units.
    MinorUnits p10 = 0, p50 = 0, p90 = 0;
    // Order statistics of the kept comparables, or a bootstrap; none below n = 5.
    std::optional<MinorUnits> interval_low, interval_high;
    double interval_coverage =
        0;  // of order statistics the achieved one, of a bootstrap the nominal
    IntervalMethod interval_method = IntervalMethod::exact;
    std::int64_t n = 0;       // comparables that may be used
    std::int64_t n_used = 0;  // and are no outliers
    double n_effective = 0;
    double shrink_weight = 0;     // B: share of the data against the prior
    double log_mean = 0;          // m of the predictive lognormal, in log minor units
    double log_sd = 0;            // its sd: sqrt(s^2 + se^2), wider for small samples
    double spread = 0;            // s: robust sd of log prices
    bool spread_assumed = false;  // too few comparables to measure it: the default is its floor
    double spread_default = 0;    // that of the category
    std::string_view group;       // whose spread, half-life and conditions; empty: of all goods
    double half_life_days = 0;    // that was used
    // The category prior, where there is a retail price: log minor units. The group is empty when
    // the global rate was used; it lives as long as the tables.
    std::optional<double> prior_log_mean;
    std::string_view prior_group;
    double prior_rate = 0;
    RetailCheck retail = RetailCheck::plausible;
    Trend trend = Trend::unknown;
    double trend_p = 1;        // of Kendall's test
    double trend_30_days = 0;  // relative change in 30 days; 0 unless rising or falling
    int windows = 0;           // of 30 days that have enough sales to say where they stand
    int windows_unsteady = 0;  // of those: outside +-10 %
    int confidence = 0;        // 0..100
    std::string_view level;    // high | medium | low; empty for basis none
    std::vector<PriceOutlier> outliers;
    std::vector<CurrencyUse> currencies;  // of comparables in others than the product's
    std::array<std::int64_t, left_out_count> left_out{};  // by LeftOut
    std::vector<std::string_view> missing;  // inputs that would help: msrp, comparables

    void clear();
};

// A comparable that counts: its price brought to the product's lot and condition.
struct PricePoint {
    double value = 0;  // log minor units
    double weight = 0;
    std::uint32_t index = 0;  // among the comparables
};

// A sale on the time line: days since the moment that the analysis looks from, so at most 0.
struct DatedValue {
    double day = 0, value = 0;
};

// Buffers of one thread, so that pricing allocates nothing on its steady path.
struct PriceScratch {
    std::vector<PricePoint> points, heaviest, pairs, resample;
    std::vector<DatedValue> dated;
    std::vector<double> numbers;
};

// Pure but for `scratch` and `out`; texts of `out` are views into `product` and `tables`.
void estimate_price(const Product& product, const Identity& identity, const Attributes& attributes,
                    const Tables& tables, TimePoint as_of, PriceScratch& scratch, Price& out);

// The same from other comparables than the product's own list.
void estimate_price(const Product& product, std::span<const Comparable> comparables,
                    const Identity& identity, const Attributes& attributes, const Tables& tables,
                    TimePoint as_of, PriceScratch& scratch, Price& out,
                    const IntervalChoice& interval = {});

// What the rules did: one entry for each that left its mark on the price.
void explain_price(const Price& price, const Tables& tables, EvidenceList& out);

}  // namespace assay::engine
