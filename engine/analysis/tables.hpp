// The dated data behind the analysis: conditions, recovery, defaults, channels and their fees.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/embedded.hpp"
#include "engine/base/money.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// How a rate applies to the amount: `marginal`, each slice at its own rate; `whole`, one rate for
// the whole amount, chosen by threshold.
enum class FeeShape : std::uint8_t { marginal, whole };

struct FeeStep {
    MinorUnits up_to =
        0;  // inclusive upper bound of the slice; the largest amount in the last step
    PartsPerMillion rate = 0;
};

struct FeeSchedule {
    FeeShape shape = FeeShape::marginal;
    std::vector<FeeStep> steps;
    std::optional<MinorUnits> minimum, maximum;
};

// A fixed amount chosen by the order total: 0.30 up to 10.00, else 0.40.
struct FixedFee {
    std::string code;
    std::vector<std::pair<MinorUnits, MinorUnits>> steps;  // (up to and including, amount)
};

struct FeeCategory {
    std::string name;                  // "books", "jewelry"
    std::vector<std::string> matches;  // lower-case words of a category path that select it
    bool secondary = false;            // not from the channel's own page
    FeeSchedule schedule;
};

// What one channel charges from one date on.
struct FeeTable {
    std::string channel;  // ebay_us
    std::string version;  // the effective date, also what results print
    std::chrono::sys_days effective;
    Currency currency;
    std::string percentage_code;  // final_value
    bool net_of_vat = false;      // the channel adds VAT to its fees (businesses in the EU)
    FeeSchedule standard;
    std::vector<FeeCategory> categories;
    std::vector<FixedFee> fixed;
    std::vector<std::string> sources;
};

struct PostageStep {
    std::int64_t up_to_grams = 0;
    MinorUnits amount = 0;
};

// A channel: its tables by date (ascending), its currency, and postage by unit weight.
struct Channel {
    std::string name;
    std::string marketplace;  // EBAY_DE
    Currency currency;
    std::vector<FeeTable> tables;
    std::vector<PostageStep> postage;
    MinorUnits postage_unknown_weight = 0;

    // The table in force on a date; nullptr before the first.
    const FeeTable* in_force(std::chrono::sys_days date) const noexcept;
    // What sending one unit costs; nullopt: its weight is unknown.
    MinorUnits postage_for(std::optional<std::int64_t> grams) const noexcept;
};

// What a group of goods brought, as a share of its retail price.
struct RecoveryRow {
    std::string name;  // as the source writes it: "Home Improvement"
    double rate = 0;   // net revenue over retail
    std::int64_t n = 0;
    bool department = true;  // false: a category, known only where no department is given
};

// A spelling of a group: folded (fold_category), with the index of its row.
struct RecoveryName {
    std::string name;
    std::size_t row = 0;
};

// Named defaults, each with its reason in data/analysis/defaults.json.
struct Defaults {
    // Price: which comparables count, and how much.
    double half_life_days = 30, age_days_max = 90, match_min = 0.5;
    double undated_age_days = 45;          // what a comparable without a date is taken to be
    double comps_brand_model_match = 0.7;  // of a row of the comps book found by these two only
    // Price: outliers, spread, interval.
    std::int64_t outlier_count_min = 4;
    double outlier_z = 3.5, spread_floor = 0.05, spread_default = 0.35;
    std::int64_t spread_count_min = 5;    // below it spread_default is the least spread
    std::int64_t pairwise_count_min = 8;  // Hodges-Lehmann from here on, weighted median below
    std::int64_t pairwise_count_max = 256;
    std::int64_t interval_count_min = 5;
    double interval_coverage = 0.90;
    // Price: the category prior.
    double prior_tau = 0.6;
    std::int64_t shrink_below = 8;  // fewer comparables are drawn towards the prior
    // Price: confidence.
    double confidence_full_count = 8, recency_free_days = 30, recency_half_life_days = 60;
    double confidence_brand_model = 0.8, confidence_title = 0.6;
    double prior_confidence_max = 20, prior_confidence_global = 0.8;
    double conflict_confidence_max = 35;
    double level_high_count = 5, level_high_spread = 0.30, level_high_range = 2.2;
    double level_high_confidence = 50, level_medium_confidence = 25;
    // Demand.
    double demand_prior_shape = 1, demand_prior_rate = 30;
    std::int64_t horizon_days = 90;
    // Profit and verdict.
    PartsPerMillion min_roi = 300'000, return_rate = 80'000, salvage_rate = 300'000;
    MinorUnits min_profit = 300;
    double min_p_sold = 0.5;
    int min_confidence = 40;
    double return_regain = 0.7;
    MinorUnits downside_tolerance = 300;
    double narrow_spread = 0.20, wide_spread = 0.40;
    PartsPerMillion suspicious_roi = 2'000'000;
    // Lot.
    double lot_correlation = 0.3;
};

struct Tables {
    std::string version;                                      // the newest date of all the files
    std::array<double, condition_count> condition_factors{};  // against new = 1
    double recovery_global = 0.277;
    std::vector<RecoveryRow> recovery;         // groups with n >= 30, in the file's order
    std::vector<RecoveryName> recovery_names;  // their spellings and aliases, sorted by name
    std::vector<Channel> channels;             // in the order in which results list them
    Defaults defaults;

    // The group of a category path "A > B": its first part names the department; a path of one
    // part may also name a category. nullptr: neither is known, the global rate holds. (Why not
    // the deeper part: data/analysis/recovery.json.) O(log n), allocates nothing.
    const RecoveryRow* recovery_row(std::string_view category) const noexcept;
    double recovery_of(std::string_view category) const noexcept;
    // By name ("ebay_de") or marketplace ("EBAY_DE"); nullptr: unknown.
    const Channel* find_channel(std::string_view name_or_marketplace) const noexcept;
};

// Reads the data files that travel inside the program. Errors: invalid_input with file and place.
Result<std::shared_ptr<const Tables>> load_tables();

// The same from given files: data/analysis/{defaults,conditions,recovery}.json, and every other one
// a channel, in the order in which results list them. Errors: invalid_input with file and place.
Result<std::shared_ptr<const Tables>> parse_tables(std::span<const embedded::EmbeddedFile> files);

}  // namespace assay::engine
