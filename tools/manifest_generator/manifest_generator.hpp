// Makes up product manifests that look real: one product from a seed and an index, in any order.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/money.hpp"

namespace assay::tools {

struct GeneratorOptions {
    std::uint64_t seed = 1;
    std::size_t comparables = 8;  // of most products; some have fewer or none. At most 500.
    TimePoint as_of = from_unix_milliseconds(1'779'705'000'000);  // 2026-05-25T10:30:00Z
};

struct GeneratedComparable {
    MinorUnits price = 0, shipping = 0;
    std::uint32_t age_minutes = 0;  // before as_of, up to 90 days
    std::string_view condition;
    std::string_view title_prefix;  // "Bundle of 3: ", "For parts: "; empty: plain
};

// Amounts in cents of USD. A negative amount, an empty text and an empty identifier mean absent.
struct GeneratedProduct {
    std::string product_id, title, model;
    std::string_view brand, department, subcategory, condition;
    std::string gtin, upc, ean, isbn, asin;
    std::string pallet_id;
    std::int64_t quantity = 1;
    MinorUnits msrp = -1, unit_cost = -1, true_price = 0;
    std::int64_t weight_grams = -1, sold_count = -1, active_listings = -1;
    std::vector<GeneratedComparable> comparables;
};

// A pure function of (options, index): the same product whatever was generated before. About one
// product in four lacks something, as real manifests do; identifiers are broken at the rates that
// were measured on 818,846 scanned codes. Not thread-safe (it reuses a buffer): one per thread.
class ManifestGenerator {
  public:
    explicit ManifestGenerator(GeneratorOptions options);

    void make(std::uint64_t index, GeneratedProduct& out) const;

    // One line each, ended by a line feed, appended to `out`. CSV has no room for comparables.
    void append_ndjson(std::uint64_t index, std::string& out);
    void append_csv(std::uint64_t index, std::string& out);
    static void append_csv_header(std::string& out);

    // Sold prices of the same products, as a seller would export them: `count` sales each, one a
    // line of CSV. One in three is older than 90 days, one in twelve an outlier, one in 500 a
    // refund, which is no sale; a few are sold after as_of.
    void append_comps_csv(std::uint64_t index, std::size_t count, std::string& out);
    static void append_comps_csv_header(std::string& out);

  private:
    void append_time(std::uint32_t age_minutes, std::string& out) const;

    GeneratorOptions options_;
    std::vector<std::string> days_;  // the 91 dates before as_of, newest first
    std::uint32_t minute_of_day_ = 0;
    GeneratedProduct product_;
};

}  // namespace assay::tools
