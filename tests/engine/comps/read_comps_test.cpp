// From a file to a book: what was left out and why, what counts once, and the facts as JSON.
// SPDX-License-Identifier: MIT
#include "engine/comps/read_comps.hpp"

#include "engine/base/limits.hpp"
#include "tests/engine/comps/books.hpp"

namespace assay::engine {
namespace {

using assay::testing::ask;
using assay::testing::FailsWith;
using assay::testing::load;
using assay::testing::other_ean;
using assay::testing::pens;
using assay::testing::SaleRow;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ReadComps, SaysOfEveryRowThatItLeavesOutWhy) {
    const auto comps =
        load(SaleRow{.ean = pens}.text() + SaleRow{.ean = "4006381333932"}.text() +
             SaleRow{}.text() + SaleRow{.ean = pens, .isbn = "9780306406157"}.text() +
             SaleRow{.ean = pens, .id = std::string(limits::comps_id_bytes_max + 1, 'i')}.text() +
             SaleRow{.ean = pens, .source = std::string(limits::comps_source_bytes_max + 1, 's')}
                 .text() +
             SaleRow{.ean = "4006381333932", .brand = "Stabilo", .model = "point 88"}.text());
    EXPECT_EQ(comps.report.rows, 7U);
    EXPECT_EQ(comps.report.skipped, 5U);
    EXPECT_EQ(comps.book->table().rows.size(), 2U);  // a wrong EAN beside brand and model is none
    const auto& faults = comps.report.first_faults;
    ASSERT_EQ(faults.size(), 5U);
    EXPECT_EQ(faults[0].line, 3U);
    EXPECT_THAT(faults[0].message, HasSubstr("its identifier is not one (check_digit)"));
    EXPECT_EQ(faults[1].message, "names no product");
    EXPECT_THAT(faults[2].message, HasSubstr("name different products"));
    EXPECT_EQ(faults[3].field, "id");
    EXPECT_EQ(faults[4].field, "source");
}

TEST(ReadComps, ASaleThatIsListedTwiceCountsOnce) {
    const auto comps = load(
        SaleRow{.ean = pens, .price = "1", .date = "2026-05-01", .source = "e", .id = "a"}.text() +
        SaleRow{.ean = pens, .price = "2", .date = "2026-05-02", .source = "e", .id = "a"}.text() +
        SaleRow{.ean = pens, .price = "3", .source = "other", .id = "a"}.text() +
        SaleRow{.ean = other_ean, .price = "4", .source = "e", .id = "a"}.text() +
        SaleRow{.ean = pens, .price = "5"}.text() + SaleRow{.ean = pens, .price = "5"}.text());
    EXPECT_EQ(comps.duplicates, 1U);
    // The newer telling stays; one order may hold several products; what has no id is no repeat.
    EXPECT_THAT(ask(*comps.book, {.ean = pens}).prices(), ElementsAre(200, 300, 500, 500));
    EXPECT_THAT(ask(*comps.book, {.ean = other_ean}).prices(), ElementsAre(400));
}

TEST(ReadComps, HoldsABoundedNumberOfSources) {
    std::string rows;
    for (std::size_t i = 0; i < limits::comps_sources_max + 5; ++i)
        rows += SaleRow{.ean = pens, .source = "s" + std::to_string(i)}.text();
    const auto comps = load(rows);
    EXPECT_EQ(comps.report.skipped, 6U);  // the empty one takes a place
    EXPECT_EQ(comps.report.first_faults[0].field, "source");
}

TEST(ReadComps, GivesItsFactsAsJson) {
    const auto comps =
        load(SaleRow{.ean = pens, .date = "2026-05-01"}.text() +
             SaleRow{.ean = pens, .currency = "USD", .date = ""}.text() + SaleRow{}.text());
    const std::string json = to_json(comps);
    EXPECT_THAT(json, HasSubstr("\"hash\":\"" + hash_text(*comps.book) + "\""));
    EXPECT_THAT(json, HasSubstr(R"("rows":2,"products":1,"currencies":["EUR","USD"])"));
    EXPECT_THAT(json, HasSubstr(R"("newest":"2026-05-01T00:00:00.000Z","undated":1)"));
    EXPECT_THAT(json, HasSubstr(R"("rows_read":3,"skipped":1)"));
    EXPECT_THAT(json, HasSubstr(R"("line":4)"));
    EXPECT_THAT(json, HasSubstr(R"({"header":"EAN","field":"ean"})"));
}

TEST(ReadComps, AFileWithoutOneGoodRowIsRefused) {
    EXPECT_THAT(assay::testing::try_load(assay::testing::comps_header + SaleRow{}.text()),
                FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(assay::testing::try_load("%PDF-"), FailsWith(ErrorCode::unsupported_media));
}

}  // namespace
}  // namespace assay::engine
