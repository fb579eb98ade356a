// A sales channel as its data file describes it: fee tables by date, fulfilment, postage.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/analysis/phrase_index.hpp"
#include "engine/base/money.hpp"
#include "engine/batch/condition.hpp"

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

// A share of the order total beside the main one: payment processing, a surcharge abroad.
struct PercentageFee {
    std::string code;
    FeeSchedule schedule;
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
    std::vector<FixedFee> fixed;  // what only these goods pay: the closing fee of media
};

// What depends on the seller's account or the buyer, and holds where it is named: "individual",
// "level_3", "international".
struct FeeOption {
    std::string name;
    std::optional<FeeSchedule> standard;  // in place of the table's; categories keep theirs
    std::vector<PercentageFee> percentages;
    std::vector<FixedFee> fixed;
};

// What a warehouse of the channel takes for one parcel: a size tier by sides and weight, in the
// tier an amount by weight, and by price.
struct FulfilmentStep {
    double up_to = 0;                 // ounces or grams
    std::vector<MinorUnits> amounts;  // one for each price band
};
struct FulfilmentTier {
    std::string name;
    std::optional<std::array<double, 3>> sides;  // longest first; inches or centimetres
    std::optional<double> length_girth_max, weight_over, weight_max;
    bool unit_weight = false;  // dimensional weight does not count
    double side_min = 0;       // of the two shorter sides, in dimensional weight
    std::vector<FulfilmentStep> steps;
    // Above the steps: amounts + per_step for each begun step above `above`.
    double above = 0, step = 0;
    std::vector<MinorUnits> amounts;
    MinorUnits per_step = 0;
};
struct Fulfilment {
    std::string code;
    bool imperial = false;
    double divisor = 0;                   // cubic inches a pound, cubic cm a kg; 0: unit weight
    std::vector<MinorUnits> price_bands;  // inclusive upper bounds; the last band is open
    PartsPerMillion surcharge = 0;        // on the amount
    std::vector<std::string> not_for;     // fee categories whose amounts are others
    std::vector<FulfilmentTier> tiers;    // the first that fits
};

// What one channel charges from one date on.
struct FeeTable {
    std::string channel;  // ebay_us
    std::string version;  // the effective date, also what results print
    std::chrono::sys_days effective;
    Currency currency;
    std::string mark;             // official | secondary | estimate
    std::string percentage_code;  // final_value
    bool net_of_vat = false;      // the channel adds VAT to its fees (businesses in the EU)
    bool base_includes_sales_tax = false;
    FeeSchedule standard;
    std::vector<FeeCategory> categories;
    std::vector<PercentageFee> percentages;
    std::vector<FixedFee> fixed;
    std::vector<FeeOption> options;
    std::optional<Fulfilment> fulfilment;
    std::vector<std::string> sources;
    PhraseIndex category_index;  // of `categories`, by their position
};

struct PostageStep {
    std::int64_t up_to_grams = 0;
    MinorUnits amount = 0;
};

// What sending one unit costs, by billable weight.
struct Postage {
    std::string carrier;  // whose dimensional weight counts; empty: the actual weight
    std::vector<PostageStep> steps;
    MinorUnits unknown_weight = 0;

    MinorUnits amount_for(std::optional<std::int64_t> grams) const noexcept;
};

// When a channel is tried for a product that names none: always; only when weight and dimensions
// are known; only where it is named.
enum class Tried : std::uint8_t { always, measured, named };

struct Channel {
    std::string name;
    std::vector<std::string> aliases;
    std::string platform;     // ebay, amazon: what its country's channels have in common
    std::string marketplace;  // EBAY_DE
    std::string country;      // DE; may be empty
    Currency currency;
    Tried tried = Tried::always;
    bool sends = false;  // its warehouse sends: no postage of our own
    int payout_days = 0;
    std::array<bool, condition_count> refuses{};
    std::vector<FeeTable> tables;  // by date, ascending
    Postage postage;

    // The table in force on a date; nullptr before the first.
    const FeeTable* in_force(std::chrono::sys_days date) const noexcept;
    // Whether a product that names `text` means this channel: its name, alias or platform in any
    // case, or its marketplace as that is written. (In lower case a marketplace may be the name of
    // one of its channels, and mean that one alone.)
    bool answers_to(std::string_view text) const noexcept;
};

}  // namespace assay::engine
