// Tests of the manifest generator: the same seed gives the same bytes, and they are good products.
// SPDX-License-Identifier: MIT
#include "tools/manifest_generator/manifest_generator.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "engine/base/hash.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/product_parser.hpp"
#include "engine/batch/sold_prices.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/xlsx_writer.hpp"
#include "tools/manifest_generator/generated_identifiers.hpp"

namespace assay::tools {
namespace {

using testing::IsOk;

std::string lines(GeneratorOptions options, std::uint64_t from, std::uint64_t to) {
    ManifestGenerator generator(options);
    std::string text;
    for (std::uint64_t i = from; i < to; ++i)
        generator.append_ndjson(i, text);
    return text;
}

bool is_valid_gtin(std::string_view code) {
    return code.back() == gs1_check_digit(code.substr(0, code.size() - 1));
}

TEST(ManifestGenerator, IsAFunctionOfSeedAndIndex) {
    GeneratorOptions options;
    const std::string whole = lines(options, 0, 50);
    EXPECT_EQ(lines(options, 0, 20) + lines(options, 20, 50), whole);
    EXPECT_EQ(lines(options, 0, 50), whole);
    options.seed = 2;
    EXPECT_NE(lines(options, 0, 50), whole);
}

TEST(ManifestGenerator, EveryProductIsReadWithoutAFault) {
    ManifestGenerator generator({});
    engine::ProductParser parser;
    engine::Product product;
    std::size_t without_cost = 0, without_brand = 0, without_comparables = 0, full = 0;
    constexpr std::size_t count = 5'000;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::string line;
        generator.append_ndjson(i, line);
        line.pop_back();
        const auto fault = parser.parse(line, "id", engine::MoneyUnit::minor, product);
        ASSERT_FALSE(fault) << describe(*fault) << "\n" << line;
        without_cost += product.unit_cost ? 0U : 1U;
        without_brand += product.brand.empty() ? 1U : 0U;
        without_comparables += product.comparables.empty() ? 1U : 0U;
        full += product.comparables.size() == 8 ? 1U : 0U;
        for (const engine::Comparable& comparable : product.comparables) {
            const auto age = *parse_time("2026-05-25T10:30:00Z") - *comparable.sold_at;
            ASSERT_GE(age.count(), 0);
            ASSERT_LE(age, std::chrono::days(90));
        }
    }
    EXPECT_NEAR(static_cast<double>(without_cost) / count, 0.10, 0.02);
    EXPECT_NEAR(static_cast<double>(without_brand) / count, 0.08, 0.02);
    EXPECT_NEAR(static_cast<double>(without_comparables) / count, 0.05, 0.01);
    EXPECT_NEAR(static_cast<double>(full) / count, 0.87, 0.02);
}

std::string csv_of(std::uint64_t count) {
    ManifestGenerator generator({});
    std::string csv;
    ManifestGenerator::append_csv_header(csv);
    for (std::uint64_t i = 0; i < count; ++i)
        generator.append_csv(i, csv);
    return csv;
}

// The cells of a CSV whose quoted cells hold no line ends: what opening it in a spreadsheet gives.
std::vector<std::vector<std::string>> cells_of(std::string_view csv) {
    std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t i = 0; i < csv.size(); ++i) {
        const char c = csv[i];
        std::string& cell = rows.back().back();
        if (quoted && c == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
            cell += csv[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            rows.back().emplace_back();
        } else if (c == '\n' && !quoted) {
            rows.emplace_back(1);
        } else {
            cell += c;
        }
    }
    rows.pop_back();
    return rows;
}

class ManifestFiles : public ::testing::TestWithParam<engine::InputFormat> {};

TEST_P(ManifestFiles, HoldTheSameProducts) {
    const ManifestGenerator generator({});
    std::string bytes = csv_of(500);
    if (GetParam() == engine::InputFormat::xlsx)
        bytes = testing::workbook_of(cells_of(bytes)).bytes();
    engine::IntakeOptions options;
    options.format = GetParam();
    engine::ProductParser parser;
    engine::Product product;
    GeneratedProduct expected;
    engine::Intake intake(options, [&](const engine::IntakeItem& item) -> Result<void> {
        generator.make(item.index, expected);
        EXPECT_FALSE(item.fault) << describe(*item.fault);
        EXPECT_FALSE(parser.parse(item.json, item.product_id, engine::MoneyUnit::minor, product));
        EXPECT_EQ(item.product_id, expected.product_id);
        EXPECT_EQ(product.title, expected.title);
        EXPECT_EQ(product.quantity, expected.quantity);
        EXPECT_EQ(product.msrp.value_or(-1), expected.msrp);
        EXPECT_EQ(product.unit_cost.value_or(-1), expected.unit_cost);
        EXPECT_EQ(product.weight_grams.value_or(-1), expected.weight_grams);
        EXPECT_EQ(product.market.sold_count.value_or(-1), expected.sold_count);
        EXPECT_EQ(product.identifiers.ean, expected.ean);
        EXPECT_EQ(product.identifiers.isbn, expected.isbn);
        return {};
    });
    ASSERT_THAT(intake.feed(bytes), IsOk());
    const auto report = intake.finish();
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->items, 500U);
    // Some codes have lost their digits, as in real spreadsheets.
    EXPECT_THAT(report->remarks, ::testing::Each(::testing::HasSubstr("scientific notation")));
    for (const engine::ColumnMapping& column : report->columns)
        EXPECT_FALSE(column.field.empty()) << column.header;
}

INSTANTIATE_TEST_SUITE_P(Tables, ManifestFiles,
                         ::testing::Values(engine::InputFormat::csv, engine::InputFormat::xlsx));

TEST(ManifestGenerator, BreaksIdentifiersAtTheMeasuredRates) {
    ManifestGenerator generator({});
    GeneratedProduct product;
    std::size_t eans = 0, valid = 0, restricted = 0, none = 0, scientific = 0;
    constexpr std::size_t count = 40'000;
    for (std::uint64_t i = 0; i < count; ++i) {
        generator.make(i, product);
        const std::string& ean = product.ean;
        none += product.ean.empty() && product.upc.empty() && product.gtin.empty() &&
                        product.isbn.empty() && product.asin.empty()
                    ? 1U
                    : 0U;
        scientific += ean.find('E') != std::string::npos ? 1U : 0U;
        if (ean.size() != 13) continue;
        ++eans;
        valid += is_valid_gtin(ean) ? 1U : 0U;
        restricted += ean[0] == '2' ? 1U : 0U;
    }
    EXPECT_NEAR(static_cast<double>(valid) / static_cast<double>(eans), 0.9967, 0.002);
    EXPECT_NEAR(static_cast<double>(restricted) / static_cast<double>(eans), 0.051, 0.006);
    EXPECT_NEAR(static_cast<double>(none) / count, 0.10, 0.01);
    EXPECT_GT(scientific, 0U);
}

TEST(ManifestGenerator, ComparablesScatterAroundTheTruePrice) {
    GeneratorOptions options;
    options.comparables = 30;
    ManifestGenerator generator(options);
    GeneratedProduct product;
    double sum = 0, sum_of_squares = 0;
    std::size_t like = 0, outliers = 0, all = 0;
    for (std::uint64_t i = 0; i < 3'000; ++i) {
        generator.make(i, product);
        for (const GeneratedComparable& comparable : product.comparables) {
            ++all;
            outliers += comparable.title_prefix.empty() ? 0U : 1U;
            if (!comparable.title_prefix.empty() || comparable.condition != product.condition)
                continue;
            const double log_ratio = std::log(static_cast<double>(comparable.price) /
                                              static_cast<double>(product.true_price));
            sum += log_ratio;
            sum_of_squares += log_ratio * log_ratio;
            ++like;
        }
    }
    const auto n = static_cast<double>(like);
    EXPECT_NEAR(sum / n, 0.0, 0.01);
    EXPECT_NEAR(std::sqrt(sum_of_squares / n), 0.17, 0.01);
    EXPECT_NEAR(static_cast<double>(outliers) / static_cast<double>(all), 0.08, 0.01);
}

TEST(Gs1CheckDigit, HoldsForPublishedCodes) {
    EXPECT_TRUE(is_valid_gtin("4006381333931"));
    EXPECT_TRUE(is_valid_gtin("012000004568"));
    EXPECT_TRUE(is_valid_gtin("00045496901332"));
    EXPECT_FALSE(is_valid_gtin("4006381333932"));
}

TEST(ManifestGenerator, SoldPricesAreOfTheSameProductsWithOldOnesOutliersAndRefunds) {
    GeneratorOptions options;
    ManifestGenerator generator(options);
    std::string csv, again;
    ManifestGenerator::append_comps_csv_header(csv);
    for (std::uint64_t i = 0; i < 2'000; ++i)
        generator.append_comps_csv(i, 8, csv);
    ManifestGenerator::append_comps_csv_header(again);
    for (std::uint64_t i = 0; i < 2'000; ++i)
        generator.append_comps_csv(i, 8, again);
    EXPECT_TRUE(csv == again);
    std::size_t old = 0, later = 0, outliers = 0, sales = 0;
    engine::SoldPrices prices({}, [&](const engine::SoldRecord& record) {
        ++sales;
        old += *record.sale.sold_at < options.as_of - std::chrono::days(90) ? 1U : 0U;
        later += *record.sale.sold_at > options.as_of ? 1U : 0U;
        outliers += record.sale.title.find(": ") != std::string_view::npos ||
                            record.sale.title.starts_with("Lot of")
                        ? 1U
                        : 0U;
        return std::optional<Error>();
    });
    ASSERT_THAT(prices.feed(csv), IsOk());
    ASSERT_THAT(prices.finish(), IsOk());
    EXPECT_EQ(prices.report().rows, 16'000U);
    EXPECT_GT(prices.report().skipped, 10U);  // refunds
    EXPECT_LT(prices.report().skipped, 80U);
    const auto share = [&](std::size_t part) {
        return static_cast<double>(part) / static_cast<double>(sales);
    };
    EXPECT_NEAR(share(old), 0.34, 0.02);
    EXPECT_NEAR(share(later), 0.01, 0.005);
    EXPECT_NEAR(share(outliers), 0.08, 0.01);
    for (const engine::SoldColumn& column : prices.report().columns)
        EXPECT_FALSE(column.field.empty()) << column.header;
}

}  // namespace
}  // namespace assay::tools
