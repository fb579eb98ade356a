// What must hold of money on every channel, table, category, option and regime: seeded at random.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "engine/analysis/channel_choice.hpp"
#include "engine/analysis/lognormal.hpp"
#include "tests/engine/analysis/sale_fixtures.hpp"

namespace assay::engine {
namespace {

using testing::official_tables;

// One sale of any kind that the shipped tables can make.
class RandomSale {
  public:
    explicit RandomSale(unsigned seed) : random_(seed) {}

    std::int64_t from(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
    }
    // Small and large alike.
    MinorUnits amount(double low, double high) {
        const double log =
            std::uniform_real_distribution<double>(std::log(low), std::log(high))(random_);
        return static_cast<MinorUnits>(std::exp(log));
    }
    template <class Item>
    const Item& one_of(const std::vector<Item>& items) {
        return items[static_cast<std::size_t>(
            from(0, static_cast<std::int64_t>(items.size()) - 1))];
    }

    FeePlan plan() {
        const FeeTable& table = one_of(one_of(official_tables().channels).tables);
        std::string_view category;
        if (!table.categories.empty() && from(0, 3) > 0)
            category = one_of(one_of(table.categories).matches);
        std::uint32_t options = 0;
        if (!table.options.empty() && from(0, 2) == 0)
            options = std::uint32_t{1}
                      << from(0, static_cast<std::int64_t>(table.options.size()) - 1);
        FeePlan made = plan_fees(table, category, options);
        if (table.base_includes_sales_tax && from(0, 1) == 0) made.sales_tax = from(1, 100'000);
        if (!table.fulfilment) return made;
        std::optional<FulfilmentFee> fee;
        while (!fee)
            fee = fulfilment_fee(*table.fulfilment, amount(20, 9'000),
                                 {from(20, 500), from(20, 300), from(10, 250)});
        made.fulfilment = *fee;
        return made;
    }
    SaleTerms terms() {
        SaleTerms made;
        made.fees = plan();
        made.regime = static_cast<VatRegime>(from(0, 4));
        made.vat_rate = made.regime == VatRegime::none ? 0 : from(1, 27) * 10'000;
        made.purchase_vat = made.regime != VatRegime::margin && from(0, 1) == 0;
        made.purchase_surcharge = made.regime == VatRegime::equivalence ? 52'000 : 0;
        made.unit_cost = from(0, 9) == 0 ? 0 : amount(10, 200'000);
        made.other_costs = from(0, 1) * amount(1, 3'000);
        made.ship_out = from(0, 1) * amount(100, 5'000);
        made.packaging = from(0, 80);
        made.ads_rate = from(0, 2) == 0 ? from(0, 200'000) : 0;
        made.storage_sold = static_cast<double>(from(0, 300));
        made.storage_unsold = 2 * made.storage_sold;
        made.salvage_rate = from(0, 500'000);
        made.return_regain = 0.01 * static_cast<double>(from(0, 100));
        return made;
    }

  private:
    std::mt19937 random_;
};

std::string describe(const SaleTerms& terms) {
    return terms.fees.table->channel + " " + terms.fees.table->version + " category " +
           (terms.fees.category == nullptr ? "none" : terms.fees.category->name) + " options " +
           std::to_string(terms.fees.options) + " tax " + std::to_string(terms.fees.sales_tax) +
           " regime " + std::to_string(static_cast<int>(terms.regime)) + " cost " +
           std::to_string(terms.unit_cost);
}

// Halves up, by whole division: part / whole of an amount.
MinorUnits share_by_hand(MinorUnits amount, std::int64_t part, std::int64_t whole) {
    const Int128 twice = static_cast<Int128>(2) * amount * part + whole;
    return static_cast<MinorUnits>(twice / (static_cast<Int128>(2) * whole));
}
MinorUnits vat_by_hand(const SaleTerms& terms, MinorUnits price) {
    MinorUnits taxed = 0;
    if (terms.regime == VatRegime::standard) taxed = price;
    if (terms.regime == VatRegime::margin && price > terms.unit_cost)
        taxed = price - terms.unit_cost;
    return share_by_hand(taxed, terms.vat_rate, 1'000'000 + terms.vat_rate);
}
MinorUnits landed_by_hand(const SaleTerms& terms) {
    MinorUnits landed = terms.unit_cost + terms.other_costs;
    if (!terms.purchase_vat) return landed;
    const MinorUnits inside =
        share_by_hand(terms.unit_cost, terms.vat_rate, 1'000'000 + terms.vat_rate);
    if (terms.regime == VatRegime::standard) landed -= inside;
    if (terms.regime == VatRegime::equivalence)
        landed += share_by_hand(terms.unit_cost - inside, terms.purchase_surcharge, 1'000'000);
    return landed;
}

TEST(MoneyProperties, NeverLosesACentBetweenLinesAndTotals) {
    RandomSale random(1);
    std::vector<FeeLine> lines;
    for (int i = 0; i < 20'000; ++i) {
        const SaleTerms terms = random.terms();
        const MinorUnits price = random.amount(1, 2'000'000);
        sale_fees(terms, price, lines);
        MinorUnits sum = 0;
        for (const FeeLine& line : lines) {
            ASSERT_GT(line.amount, 0) << describe(terms);
            sum += line.amount;
        }
        const MinorUnits left = price - sum - vat_by_hand(terms, price) - terms.ship_out -
                                terms.packaging - landed_by_hand(terms) -
                                static_cast<MinorUnits>(std::llround(terms.storage_sold));
        ASSERT_EQ(sale_profit(terms, price, lines), left) << describe(terms);
    }
}

TEST(MoneyProperties, ProfitFallsWithTheCost) {
    RandomSale random(2);
    std::vector<FeeLine> lines;
    for (int i = 0; i < 5'000; ++i) {
        SaleTerms terms = random.terms();
        const MinorUnits price = random.amount(100, 500'000);
        const MinorUnits before = sale_profit(terms, price, lines);
        const MinorUnits step = random.amount(1, 10'000);
        terms.unit_cost += step;
        const MinorUnits after = sale_profit(terms, price, lines);
        ASSERT_LE(after, before) << describe(terms);
        ASSERT_GE(after, before - 2 * step - 1) << describe(terms);
    }
}

TEST(MoneyProperties, SegmentsAgreeWithExactMoney) {
    RandomSale random(3);
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    std::vector<FeeLine> lines;
    for (int i = 0; i < 5'000; ++i) {
        const SaleTerms terms = random.terms();
        sale_segments(terms, fees, segments);
        for (int at = 0; at < 20; ++at) {
            const MinorUnits price = random.amount(1, 2'000'000);
            const auto exact = static_cast<double>(sale_profit(terms, price, lines));
            const auto x = static_cast<double>(price);
            const auto segment =
                std::find_if(segments.begin(), segments.end(),
                             [&](const SaleSegment& s) { return x >= s.from && x < s.until; });
            ASSERT_NE(segment, segments.end());
            ASSERT_NEAR(segment->sold.at(x), exact, 5) << describe(terms) << " at " << price;
        }
    }
}

TEST(MoneyProperties, TheLeastPriceForAProfitKeepsItOutsideDeadZones) {
    RandomSale random(4);
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    std::vector<FeeLine> lines;
    int found = 0;
    for (int i = 0; i < 4'000; ++i) {
        const SaleTerms terms = random.terms();
        sale_segments(terms, fees, segments);
        const MinorUnits level = i % 2 == 0 ? 0 : landed_cost(terms) * 3 / 10;
        const auto price = price_for_profit(terms, segments, level, lines);
        if (!price) continue;  // the channel takes it all
        ++found;
        ASSERT_GE(sale_profit(terms, *price, lines), level) << describe(terms);
        // A zone is an excuse only where it is one: below it a sale leaves more than at the price.
        const auto holds = [&](MinorUnits at) {
            const MinorUnits left = sale_profit(terms, at, lines);
            if (left >= level) return true;
            const auto zone = dead_zone_at(terms, segments, at, lines);
            return zone && zone->from > 0 && zone->from <= at && at < zone->until &&
                   sale_profit(terms, zone->from - 1, lines) > left;
        };
        // Next to it, at every joint above it, and at random.
        for (MinorUnits at = *price; at < *price + 60; ++at)
            ASSERT_TRUE(holds(at)) << describe(terms) << " from " << *price << " at " << at;
        for (const SaleSegment& segment : segments) {
            const auto joint = static_cast<MinorUnits>(segment.from);
            for (MinorUnits at = joint; at < joint + 3; ++at)
                ASSERT_TRUE(at < *price || holds(at)) << describe(terms) << " at " << at;
        }
        for (int at = 0; at < 20; ++at) {
            const MinorUnits above = *price + random.amount(1, 1'000'000);
            ASSERT_TRUE(holds(above)) << describe(terms) << " at " << above;
        }
        // And it is the least: somewhere just below it is not enough.
        bool short_below = *price == 0;
        for (MinorUnits at = std::max<MinorUnits>(0, *price - 4); at < *price; ++at)
            short_below = short_below || sale_profit(terms, at, lines) < level ||
                          dead_zone_at(terms, segments, at, lines).has_value();
        ASSERT_TRUE(short_below) << describe(terms) << " price " << *price;
    }
    EXPECT_GT(found, 3'000);
}

TEST(MoneyProperties, MaxUnitCostMeetsItsMinimaAndNoCentMoreDoes) {
    RandomSale random(5);
    std::vector<FeeLine> lines;
    for (int i = 0; i < 4'000; ++i) {
        SaleTerms terms = random.terms();
        const MinorUnits price = random.amount(200, 300'000);
        const BuyMinima minima{random.from(0, 1'000'000), random.from(0, 1'000)};
        const auto cost = max_unit_cost(terms, price, minima, lines);
        const auto suffices = [&](MinorUnits unit_cost) {
            terms.unit_cost = unit_cost;
            const MinorUnits profit = sale_profit(terms, price, lines);
            return profit >= minima.profit &&
                   static_cast<Int128>(profit) * 1'000'000 >=
                       static_cast<Int128>(landed_cost(terms)) * minima.roi;
        };
        if (!cost) {
            ASSERT_FALSE(suffices(0)) << describe(terms);
            continue;
        }
        ASSERT_TRUE(suffices(*cost)) << describe(terms);
        ASSERT_FALSE(suffices(*cost + 1)) << describe(terms);
    }
}

// The quantile of the standard normal, by bisection: slow and beyond doubt.
double normal_quantile(double p) {
    double low = -10, high = 10;
    for (int i = 0; i < 80; ++i) {
        const double middle = 0.5 * (low + high);
        (normal_cdf(middle) < p ? low : high) = middle;
    }
    return low;
}

// A grid of 64 equally likely quantiles against the closed form, on every shipped channel.
TEST(MoneyProperties, TheClosedFormAgreesWithTheGridOnEveryChannel) {
    std::array<double, 64> z{};
    for (std::size_t i = 0; i < z.size(); ++i)
        z[i] = normal_quantile((static_cast<double>(i) + 0.5) / 64);
    Product product;
    product.product_id = "p";
    product.weight_grams = 700;
    product.dimensions_mm = {250, 180, 60};
    product.risk.return_rate = 80'000;
    Demand demand;
    demand.basis = DemandBasis::sold_count;
    demand.p_sold_horizon = demand.sold_share = 0.7;
    demand.days_median = 20;
    Profit profit;
    ProfitScratch scratch;
    const Defaults& defaults = official_tables().defaults;
    for (const Channel& channel : official_tables().channels) {
        product.currency = channel.currency;
        product.overrides.channels = {channel.name};
        product.costs.ship_out = channel.sends ? 0 : 450;
        for (const std::string_view category : {"", "Watches", "Clothing > Shoes", "Books"}) {
            product.category = category;
            for (const double log_sd : {0.1, 0.25, 0.4}) {
                for (const double median : {1'600.0, 5'200.0, 15'500.0}) {
                    product.unit_cost = static_cast<MinorUnits>(0.4 * median);
                    const Price price = testing::price_of(channel.currency.code(), median, log_sd);
                    choose_channels(product, Condition::new_, price, official_tables(),
                                    testing::day("2026-06-01"), profit);
                    if (profit.used == 0) continue;  // FBA has no amounts for shoes
                    estimate_profit(product, price, demand, official_tables(), scratch, profit);
                    SaleTerms terms;
                    terms.fees = profit.channels[0].plan;
                    terms.unit_cost = *product.unit_cost;
                    terms.ship_out = *product.costs.ship_out;
                    terms.salvage_rate = defaults.salvage_rate;
                    terms.return_regain = defaults.return_regain;
                    std::vector<FeeSegment> fees;
                    std::vector<SaleSegment> segments;
                    sale_segments(terms, fees, segments);
                    double sum = 0;
                    for (const double quantile : z) {
                        const double at = median * std::exp(log_sd * quantile);
                        const auto s = std::find_if(
                            segments.begin(), segments.end(),
                            [&](const SaleSegment& x) { return at >= x.from && at < x.until; });
                        sum += 0.7 * (0.92 * s->sold.at(at) + 0.08 * s->returned.at(at)) +
                               0.3 * s->unsold.at(at);
                    }
                    const double mean = median * std::exp(0.5 * log_sd * log_sd);
                    ASSERT_NEAR(static_cast<double>(*profit.channels[0].profit_expected), sum / 64,
                                0.006 * mean + 0.5)
                        << channel.name << " " << category << " " << median << " " << log_sd;
                }
            }
        }
    }
}

}  // namespace
}  // namespace assay::engine
