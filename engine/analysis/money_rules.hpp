// Money rules beside the channels' fees: how much comes back, VAT by country, volume as weight.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/data_file.hpp"
#include "engine/analysis/phrase_index.hpp"
#include "engine/base/money.hpp"

namespace assay::engine {

// The share of sales that comes back, by category.
struct ReturnGroup {
    std::string name;
    PartsPerMillion rate = 0;
};
struct ReturnRates {
    std::vector<ReturnGroup> groups;
    PhraseIndex index;  // of the groups, by position

    // The group of a category path: its deepest part that names one. nullptr: none does.
    const ReturnGroup* group_of(std::string_view category) const noexcept;
};

struct VatRules {
    struct Rate {
        std::string country;
        PartsPerMillion rate = 0;
    };
    // What a retailer under the Spanish equivalence scheme pays on purchases, by the VAT on them.
    struct Surcharge {
        std::string country;
        PartsPerMillion rate = 0, surcharge = 0;
    };
    PartsPerMillion standard = 190'000;  // where the country is not listed
    std::vector<Rate> rates;
    std::vector<Surcharge> equivalence;

    bool lists(std::string_view country) const noexcept;
    PartsPerMillion rate_in(std::string_view country) const noexcept;
    PartsPerMillion surcharge_on(PartsPerMillion rate) const noexcept;  // 0: none is listed
};

// From one date on a carrier bills a parcel's volume as weight.
struct CarrierTable {
    std::chrono::sys_days effective;
    bool imperial = false;  // cubic inches a pound; else cubic centimetres a kilogram
    double divisor = 0;
    double volume_above = 0;  // smaller parcels go by their weight
    bool sides_up = false;    // each side is rounded up first
};
struct Carrier {
    std::string name;
    std::vector<CarrierTable> tables;  // by date, ascending
};

// The larger of the actual weight and that of the volume, rounded up to a whole pound or kilogram;
// the actual one for a carrier that is not listed, or without dimensions.
std::optional<std::int64_t> billable_grams(
    const std::vector<Carrier>& carriers, std::string_view carrier, std::chrono::sys_days date,
    std::optional<std::int64_t> grams,
    const std::optional<std::array<std::int64_t, 3>>& sides_mm) noexcept;

// From data/analysis/{returns,tax,carriers}.json. Faults stay in the node's file.
ReturnRates read_return_rates(const DataNode& root);
VatRules read_vat_rules(const DataNode& root);
std::vector<Carrier> read_carriers(const DataNode& root);

}  // namespace assay::engine
