// The worked examples of docs/analysis.md, computed anew: `call(arguments) = value`.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "engine/analysis/break_even.hpp"
#include "engine/analysis/demand.hpp"
#include "engine/analysis/fees.hpp"
#include "engine/analysis/price_math.hpp"
#include "engine/base/check_digits.hpp"
#include "tests/engine/analysis/sale_fixtures.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::engine {
namespace {

using Arguments = std::vector<std::string>;

std::string fixed(double number, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, number);
    return text;
}
std::string amount(MinorUnits minor) {
    return fixed(static_cast<double>(minor) / 100, 2);
}
MinorUnits minor_units(const std::string& text) {
    return std::llround(std::stod(text) * 100);
}

std::string effective(const Arguments& weights) {
    std::vector<PricePoint> points;
    for (const std::string& weight : weights)
        points.push_back({0, std::stod(weight), 0});
    return fixed(effective_count(points), 2);
}

std::vector<PricePoint> points_of(const Arguments& values) {
    std::vector<PricePoint> points;
    for (const std::string& value : values)
        points.push_back({std::stod(value), 1, static_cast<std::uint32_t>(points.size())});
    std::sort(points.begin(), points.end(),
              [](const PricePoint& a, const PricePoint& b) { return a.value < b.value; });
    return points;
}

// Of the last value among all.
std::string modified_z(const Arguments& values) {
    const auto points = points_of(values);
    const double distance = std::abs(std::stod(values.back()) - median_of_sorted(points));
    return fixed(distance / robust_spread(points, testing::official_tables().defaults.spread_floor),
                 2);
}

std::string hodges_lehmann(const Arguments& values) {
    std::vector<PricePoint> pairs;
    return fixed(weighted_hodges_lehmann(points_of(values), pairs), 2);
}

// Retail, then what it was sold for: the price that few sales and the category's recovery make.
std::string drawn_to_retail(const Arguments& given) {
    Product product;
    product.currency = *Currency::parse("EUR");
    product.msrp = minor_units(given.at(0));
    for (std::size_t i = 1; i < given.size(); ++i) {
        product.comparables.emplace_back().price = minor_units(given[i]);
        product.comparables.back().sold_at = testing::day("2026-05-25");
    }
    PriceScratch scratch;
    Price price;
    estimate_price(product, Identity{}, Attributes{}, testing::official_tables(),
                   testing::day("2026-05-25"), scratch, price);
    return amount(price.p50);
}

std::string coverage(const Arguments& given) {
    const OrderInterval interval = order_interval(std::stoul(given.at(0)), 0.9);
    return interval.rank == 0 ? "none" : fixed(interval.coverage, 4);
}

std::string fee(const Arguments& given) {
    std::vector<FeeLine> lines;
    const FeeTable& table = testing::table_on(given.at(0), "2025-06-01");
    compute_fees(plan_fees(table, ""), minor_units(given.at(1)), 0, lines);
    return amount(total(lines));
}

struct Solved {
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    std::vector<FeeLine> lines;
    explicit Solved(const SaleTerms& terms) { sale_segments(terms, fees, segments); }
};

std::string dead_zone(const Arguments& given) {
    const SaleTerms terms = given.at(0) == "clothing"
                                ? testing::sale_terms(testing::clothing_table(), 0)
                                : testing::sale_terms(given.at(0), 0);
    Solved solved(terms);
    const auto zone = dead_zone_at(terms, solved.segments, minor_units(given.at(1)), solved.lines);
    return zone ? amount(zone->from) + " to " + amount(zone->until) : "none";
}

std::string vat(const Arguments& given) {
    SaleTerms terms = testing::sale_terms("ebay_de", minor_units(given.at(1)));
    terms.regime = given.at(0) == "margin" ? VatRegime::margin : VatRegime::standard;
    terms.vat_rate = 190'000;
    return amount(sale_vat(terms, minor_units(given.at(2))));
}

std::string break_even(const Arguments& given) {
    SaleTerms terms = testing::sale_terms(given.at(0), minor_units(given.at(1)));
    terms.ship_out = minor_units(given.at(2));
    Solved solved(terms);
    return amount(break_even_price(terms, solved.segments, solved.lines).value_or(-1));
}

std::string max_cost(const Arguments& given) {
    SaleTerms terms = testing::sale_terms(given.at(0), 0);
    terms.ship_out = minor_units(given.at(1));
    std::vector<FeeLine> lines;
    return amount(
        max_unit_cost(terms, minor_units(given.at(2)), {300'000, 300}, lines).value_or(-1));
}

const std::map<std::string, std::function<std::string(const Arguments&)>> calls{
    {"check_digit",
     [](const Arguments& given) { return std::string(1, gs1_check_digit(given.at(0))); }},
    {"effective_count", effective},
    {"modified_z", modified_z},
    {"hodges_lehmann", hodges_lehmann},
    {"drawn_to_retail", drawn_to_retail},
    {"interval_coverage", coverage},
    {"sold_within",
     [](const Arguments& given) {
         return fixed(probability_sold(std::stod(given.at(0)), std::stod(given.at(1)),
                                       std::stod(given.at(2)), std::stod(given.at(3))),
                      4);
     }},
    {"sold_share",
     [](const Arguments& given) {
         const std::int64_t units = std::stol(given.at(4));
         const UnitsSold sold = units_sold(std::stod(given.at(0)), std::stod(given.at(1)),
                                           std::stod(given.at(2)), std::stod(given.at(3)), units);
         return fixed(sold.expected / static_cast<double>(units), 4);
     }},
    {"fee", fee},
    {"dead_zone", dead_zone},
    {"vat", vat},
    {"break_even", break_even},
    {"max_cost", max_cost}};

TEST(AnalysisPage, ItsExamplesAreWhatTheCodeComputes) {
    std::ifstream file(testing::source_tree() / "docs/analysis.md", std::ios::binary);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    const std::regex example(R"(`([a-z_]+)\(([^)`]*)\) = ([^`]+)`)");
    std::set<std::string> shown;
    for (std::sregex_iterator at(page.begin(), page.end(), example), end; at != end; ++at) {
        const std::string name = (*at)[1];
        ASSERT_EQ(calls.count(name), 1U) << name;
        Arguments arguments;
        const std::string list = (*at)[2];
        const std::regex comma(R"(\s*,\s*)");
        std::copy(std::sregex_token_iterator(list.begin(), list.end(), comma, -1), {},
                  std::back_inserter(arguments));
        EXPECT_EQ(calls.at(name)(arguments), (*at)[3].str()) << (*at)[0].str();
        shown.insert(name);
    }
    EXPECT_EQ(shown.size(), calls.size()) << "every call is shown";
}

}  // namespace
}  // namespace assay::engine
