// The dated data behind the analysis: defaults, recovery, channels, rules of money, risk, listing.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/channel.hpp"
#include "engine/analysis/demand_rules.hpp"
#include "engine/analysis/listing_rules.hpp"
#include "engine/analysis/money_rules.hpp"
#include "engine/analysis/phrase_table.hpp"
#include "engine/analysis/price_rules.hpp"
#include "engine/analysis/risk_rules.hpp"
#include "engine/analysis/title_vocabulary.hpp"
#include "engine/base/embedded.hpp"
#include "engine/base/money.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/exchange_rates.hpp"

namespace assay::engine {

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
    double spread_prior_count = 3;        // comparables that spread_default counts as from there on
    double small_sample_widening = 0.6;   // over n: of the predictive spread
    std::int64_t pairwise_count_min = 8;  // Hodges-Lehmann from here on, weighted median below
    std::int64_t pairwise_count_max = 256;
    std::int64_t interval_count_min = 5;
    double interval_coverage = 0.90;
    std::int64_t bootstrap_count = 400;  // resamples, where a bootstrap interval is asked for
    std::int64_t rate_age_days_max = 7;  // of an exchange rate on the day of the sale
    // Price: trend and stability.
    std::int64_t trend_count_min = 8;
    double trend_p_max = 0.1;
    double stability_window_days = 30, stability_band = 0.10;
    std::int64_t stability_count_min = 3;  // sales that a window needs
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
    double rank_drop = 0.10;                       // a fall of the rank that counts as a sale
    std::int64_t rank_active_max = 100'000;        // below it a day counts as one with a sale
    std::int64_t rank_history_days = 180;          // how far back
    double rank_model_shape = 2;                   // sales that an estimate by rank counts as
    double list_price_beta = 0.8, hazard_cap = 3;  // exp(-beta z), at most that
    // Profit and verdict.
    PartsPerMillion min_roi = 300'000, return_rate = 80'000, salvage_rate = 300'000;
    MinorUnits min_profit = 300;
    double min_p_sold = 0.5;
    int min_confidence = 40;
    double return_regain = 0.7;
    MinorUnits downside_tolerance = 300;
    double narrow_spread = 0.20, wide_spread = 0.40;
    PartsPerMillion suspicious_roi = 2'000'000;
    double hurdle_rate = 0.25;  // what tied-up money should earn in a year
    // Lot.
    double lot_correlation = 0.3;
    // Duplicates: from words to a score, and which score joins.
    double duplicate_extra_weight = 0.2, duplicate_model_weight = 0.6;
    double duplicate_version_penalty = 0.2, duplicate_price_weight = 0.1;
    double duplicate_score = 0.35, duplicate_score_strong = 0.75;
};

// Words that tell one variant of a product from another.
struct VariantWords {
    PhraseTable colors, regions, carriers, sizes;
};

struct Tables {
    std::string version;                                      // the newest date of all the files
    std::array<double, condition_count> condition_factors{};  // against new = 1
    double recovery_global = 0.277;
    std::vector<RecoveryRow> recovery;         // groups with n >= 30, in the file's order
    std::vector<RecoveryName> recovery_names;  // their spellings and aliases, sorted by name
    std::vector<Channel> channels;             // in the order in which results list them
    ReturnRates returns;
    VatRules vat;
    std::vector<Carrier> carriers;
    RiskRules risks;
    ListingRules listings;
    PriceRules prices;
    DemandRules demand;
    Defaults defaults;
    PhraseTable brands;  // the words of titles, by their name
    TitleVocabulary vocabulary;
    VariantWords variants;
    // The user's own; nullptr: none, and what is in another currency is left out.
    std::shared_ptr<const ExchangeRates> rates;

    // The group of a category path "A > B": its first part names the department; a path of one
    // part may also name a category. nullptr: neither is known, the global rate holds. (Why not
    // the deeper part: data/analysis/recovery.json.) O(log n), allocates nothing.
    const RecoveryRow* recovery_row(std::string_view category) const noexcept;
    double recovery_of(std::string_view category) const noexcept;
    // The first that answers to a name ("ebay_de"), alias or marketplace; nullptr: unknown.
    const Channel* find_channel(std::string_view name) const noexcept;
};

// Reads the data files that travel inside the program, and then the user's own: a channel of a
// known name takes its place, others come after, rate cards give channels their postage, and a file
// in the form of data/analysis/brands.json or words.json adds brands or words. Errors:
// invalid_input with file and place.
Result<std::shared_ptr<const Tables>> load_tables(
    std::span<const embedded::EmbeddedFile> own_files = {},
    std::shared_ptr<const ExchangeRates> rates = nullptr);

// The same from given files: those of data/analysis, each of which must be there, and every other
// one a channel, in the order in which results list them.
Result<std::shared_ptr<const Tables>> parse_tables(
    std::span<const embedded::EmbeddedFile> files,
    std::span<const embedded::EmbeddedFile> own_files = {},
    std::shared_ptr<const ExchangeRates> rates = nullptr);

}  // namespace assay::engine
