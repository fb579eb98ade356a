// From comparables to points of a price: which of them count, at what value and with what weight.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/analysis/price.hpp"

namespace assay::engine {

using Comparables = std::span<const Comparable>;

// The product's, or the one that all comparables name; empty: neither says.
Currency currency_of(const Product& product, Comparables comparables) noexcept;

// How one product's comparables are read; everything that does not depend on the comparable. Made
// for one product; `out` collects what is used and left out.
class PointMaker {
  public:
    PointMaker(const Product& product, const Attributes& attributes, const Tables& tables,
               const PriceGroup& group, TimePoint as_of, Price& out);

    // One point for each comparable that counts; the others by their reason in out.left_out.
    void make(Comparables comparables, std::vector<PricePoint>& points) const;

    double half_life_days() const noexcept { return half_life_; }
    double age_days(const Comparable& comparable) const noexcept;
    // Delivered, in the product's currency; nullopt: there is no rate for it.
    std::optional<double> amount_of(const Comparable& comparable) const noexcept;

  private:
    // The title that was read last, and what it says: sales of one thing often share one.
    struct KnownTitle {
        std::string_view title;
        TitleFacts facts;
    };
    std::optional<LeftOut> take(const Comparable& comparable, std::uint32_t index,
                                KnownTitle& known, std::vector<PricePoint>& points) const;
    TitleFacts facts_of(const Comparable& comparable, KnownTitle& known) const noexcept;
    // Which rate takes the comparable's currency to the product's; noted in out.currencies.
    std::optional<ExchangeRates::Found> rate_of(const Comparable& comparable) const noexcept;
    CurrencyUse& use_of(Currency currency) const;
    double log_factor(Condition condition) const noexcept;

    const Product& product_;
    const Attributes& attributes_;
    const Tables& tables_;
    const PriceGroup& group_;
    TimePoint as_of_;
    Price& out_;
    double half_life_;
    bool parts_;
    std::int64_t lot_;
    DecimalMark mark_;
    double log_factor_;
};

// By value, then by place: the same comparables in the same order give the same bytes.
void sort_points(std::vector<PricePoint>& points);

}  // namespace assay::engine
