// Which sales a product is joined with: by every key, in date order, within limits, never twice.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/base/limits.hpp"
#include "tests/engine/comps/books.hpp"

namespace assay::engine {
namespace {

using assay::testing::ask;
using assay::testing::Asked;
using assay::testing::load;
using assay::testing::other_ean;
using assay::testing::pens;
using assay::testing::SaleRow;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CompsJoin, FindsSalesByEveryKindOfKey) {
    const auto comps = load(SaleRow{.ean = pens, .price = "1"}.text() +
                            SaleRow{.asin = "B08N5WRWNW", .price = "2"}.text() +
                            SaleRow{.isbn = "0-306-40615-2", .price = "3"}.text() +
                            SaleRow{.brand = "Sony", .model = "WH-1000XM4", .price = "4"}.text() +
                            SaleRow{.brand = "LEGO", .mpn = "75192", .price = "5"}.text());
    const CompsBook& book = *comps.book;
    const auto by_ean = ask(book, {.ean = pens});
    EXPECT_THAT(by_ean.prices(), ElementsAre(100));
    EXPECT_EQ(by_ean.by(JoinKey::gtin), 1);
    EXPECT_DOUBLE_EQ(by_ean.comparables[0].match, 1.0);
    const auto by_asin = ask(book, {.asin = "b08n5wrwnw"});
    EXPECT_THAT(by_asin.prices(), ElementsAre(200));
    EXPECT_EQ(by_asin.by(JoinKey::asin), 1);
    // An ISBN-13, an ISBN-10 that is an ASIN, and an EAN that is a book name the same one.
    for (const Asked& asked : {Asked{.isbn = "9780306406157"}, Asked{.asin = "0306406152"},
                               Asked{.ean = "9780306406157"}}) {
        const auto by_isbn = ask(book, asked);
        EXPECT_THAT(by_isbn.prices(), ElementsAre(300));
        EXPECT_EQ(by_isbn.by(JoinKey::isbn), 1);
    }
    const auto by_model = ask(book, {.brand = "SONY", .model = "wh 1000xm4"});
    EXPECT_THAT(by_model.prices(), ElementsAre(400));
    EXPECT_EQ(by_model.by(JoinKey::brand_model), 1);
    EXPECT_DOUBLE_EQ(by_model.comparables[0].match, 0.7);
    // A part number stands for a model, whichever side calls it what.
    EXPECT_THAT(ask(book, {.brand = "Lego", .model = "75192"}).prices(), ElementsAre(500));
    EXPECT_THAT(ask(book, {.brand = "Lego", .mpn = "75192"}).prices(), ElementsAre(500));
    const auto nothing = ask(book, {.ean = other_ean, .brand = "Nobody", .model = "X-100"});
    EXPECT_THAT(nothing.comparables, IsEmpty());
    EXPECT_EQ(nothing.join.book_hash, book.hash());
}

TEST(CompsJoin, ASaleFoundByTwoKeysCountsOnceWithTheStrongerOne) {
    const auto comps = load(
        SaleRow{.ean = pens, .asin = "B08N5WRWNW", .brand = "Stabilo", .model = "point 88"}.text());
    const auto got = ask(
        *comps.book, {.ean = pens, .asin = "B08N5WRWNW", .brand = "Stabilo", .model = "point 88"});
    EXPECT_EQ(got.comparables.size(), 1U);
    EXPECT_EQ(got.by(JoinKey::gtin), 1);
    EXPECT_EQ(got.join.joined(), 1);
}

TEST(CompsJoin, MatchIsTheRowsOwnTimesTheTrustInItsKey) {
    const auto comps = load(SaleRow{.ean = pens, .match = "0.8"}.text() +
                            SaleRow{.brand = "Sony", .model = "XM4", .match = "0.9"}.text());
    EXPECT_DOUBLE_EQ(ask(*comps.book, {.ean = pens}).comparables[0].match, 0.8);
    EXPECT_NEAR(ask(*comps.book, {.brand = "Sony", .model = "XM4"}).comparables[0].match, 0.63,
                1e-12);
}

TEST(CompsJoin, SameBrandAndModelButAnotherIdentifierIsAnotherProduct) {
    const auto comps = load(SaleRow{.ean = other_ean, .brand = "Sony", .model = "XM4"}.text() +
                            SaleRow{.brand = "Sony", .model = "XM4", .price = "2"}.text());
    const auto known = ask(*comps.book, {.ean = pens, .brand = "Sony", .model = "XM4"});
    EXPECT_THAT(known.prices(), ElementsAre(200));
    EXPECT_EQ(known.join.other_product, 1);
    const auto unknown = ask(*comps.book, {.brand = "Sony", .model = "XM4"});
    EXPECT_EQ(unknown.comparables.size(), 2U);
}

TEST(CompsJoin, IdentifiersThatContradictEachOtherJoinByTheFirstOnly) {
    const auto comps = load(SaleRow{.ean = pens, .price = "1"}.text() +
                            SaleRow{.isbn = "9780306406157", .price = "2"}.text() +
                            SaleRow{.brand = "Stabilo", .model = "point 88", .price = "3"}.text());
    const auto got =
        ask(*comps.book,
            {.ean = pens, .isbn = "9780306406157", .brand = "Stabilo", .model = "point 88"});
    EXPECT_THAT(got.prices(), ElementsAre(100));
    EXPECT_TRUE(got.join.conflict);
}

TEST(CompsJoin, NumbersOfOneShopAndNamesOfSizesJoinNothing) {
    const auto loaded = assay::testing::try_load(
        assay::testing::comps_header + SaleRow{.ean = "2012345678900"}.text() +
        SaleRow{.brand = "Sony", .model = "XL"}.text() + SaleRow{.ean = pens}.text());
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->report.skipped, 2U);
    EXPECT_THAT(ask(*loaded->book, {.ean = "2012345678900"}).comparables, IsEmpty());
    EXPECT_THAT(ask(*loaded->book, {.brand = "Sony", .model = "XL"}).comparables, IsEmpty());
}

TEST(CompsJoin, WhatIsSoldAfterAsOfIsNotKnownYet) {
    const auto comps =
        load(SaleRow{.ean = pens, .price = "1", .date = "2026-05-25T10:30:00Z"}.text() +
             SaleRow{.ean = pens, .price = "2", .date = "2026-05-25T10:30:01Z"}.text() +
             SaleRow{.ean = pens, .price = "3", .date = ""}.text());
    const auto got = ask(*comps.book, {.ean = pens}, "2026-05-25T10:30:00Z");
    EXPECT_THAT(got.prices(), ElementsAre(100, 300));  // undated ones are last
    EXPECT_EQ(got.join.after_as_of, 1);
}

TEST(CompsJoin, ManyLaterSalesAreCountedUpToALimitAndPassedBy) {
    std::string rows;
    for (std::size_t i = 0; i < limits::comps_scan_max + 500; ++i)
        rows += SaleRow{.ean = pens, .price = "9", .date = "2026-06-01"}.text();
    const auto comps = load(rows + SaleRow{.ean = pens, .price = "1"}.text());
    const auto got = ask(*comps.book, {.ean = pens});
    EXPECT_THAT(got.prices(), ElementsAre(100));
    EXPECT_EQ(got.join.after_as_of, static_cast<std::int64_t>(limits::comps_scan_max));
}

TEST(CompsJoin, OnlyItsOwnCurrencyFits) {
    const auto comps = load(SaleRow{.ean = pens, .price = "1"}.text() +
                            SaleRow{.ean = pens, .price = "2", .currency = "USD"}.text() +
                            SaleRow{.ean = other_ean, .price = "3", .currency = "USD"}.text());
    const auto euros = ask(*comps.book, {.ean = pens});
    EXPECT_THAT(euros.prices(), ElementsAre(100));
    EXPECT_EQ(euros.join.other_currency, 1);
    // A product that names none is taken to be in the one that all its sales share.
    EXPECT_THAT(ask(*comps.book, {.ean = other_ean, .currency = ""}).prices(), ElementsAre(300));
    const auto mixed = ask(*comps.book, {.ean = pens, .currency = ""});
    EXPECT_THAT(mixed.comparables, IsEmpty());
    EXPECT_EQ(mixed.join.other_currency, 2);
    EXPECT_EQ(mixed.join.joined(), 0);
    Comparable own;
    own.price = 7;
    own.currency = *Currency::parse("USD");
    EXPECT_THAT(ask(*comps.book, {.ean = pens, .currency = "", .own = {own}}).prices(),
                ElementsAre(7, 200));
}

TEST(CompsJoin, TheProductsOwnComparablesComeFirstAndNoSaleCountsTwice) {
    const auto comps =
        load(SaleRow{.ean = pens, .price = "1", .source = "ebay", .id = "a"}.text() +
             SaleRow{.ean = pens, .price = "2", .source = "ebay", .id = "b"}.text() +
             SaleRow{.ean = pens, .price = "3", .source = "amazon", .id = "a"}.text() +
             SaleRow{.ean = pens, .price = "4", .id = "c"}.text() +
             SaleRow{.ean = pens, .price = "5"}.text());
    const auto own = [](MinorUnits price, std::string_view source, std::string_view id) {
        Comparable comparable;
        comparable.price = price;
        comparable.source = source;
        comparable.id = id;
        return comparable;
    };
    const auto same = ask(*comps.book, {.ean = pens, .own = {own(11, "ebay", "a")}});
    EXPECT_THAT(same.prices(), ElementsAre(11, 200, 300, 400, 500));
    EXPECT_EQ(same.join.known_already, 1);
    // Where one side names no source, the id alone decides.
    const auto no_source = ask(*comps.book, {.ean = pens, .own = {own(11, "", "a")}});
    EXPECT_THAT(no_source.prices(), ElementsAre(11, 200, 400, 500));
    const auto theirs = ask(*comps.book, {.ean = pens, .own = {own(11, "shop", "c")}});
    EXPECT_THAT(theirs.prices(), ElementsAre(11, 100, 200, 300, 500));
    // Sales without an id are all different.
    EXPECT_EQ(ask(*comps.book, {.ean = pens, .own = {own(11, "", "")}}).comparables.size(), 6U);
}

TEST(CompsJoin, TheNewestStayWhenMoreMatchThanAProductMayHave) {
    std::string rows;
    for (int day = 1; day <= 28; ++day) {
        for (int sale = 0; sale < 20; ++sale) {
            const std::string date =
                "2026-04-" + std::string(day < 10 ? "0" : "") + std::to_string(day);
            rows += SaleRow{.ean = pens, .price = std::to_string(day), .date = date}.text();
        }
    }
    const auto comps = load(rows);
    const auto got = ask(*comps.book, {.ean = pens});
    ASSERT_EQ(got.comparables.size(), limits::comparables_max);
    EXPECT_EQ(got.comparables.front().price, 2800);
    EXPECT_EQ(got.comparables.back().price, 400);  // 25 days of 20
    EXPECT_EQ(got.join.beyond_limit, 60);
    const std::vector<Comparable> full(limits::comparables_max);
    const auto none = ask(*comps.book, {.ean = pens, .own = full});
    EXPECT_EQ(none.comparables.size(), limits::comparables_max);
    EXPECT_EQ(none.join.joined(), 0);
}

TEST(CompsJoin, ASaleBringsWhatItsRowAndItsTitleSay) {
    const auto comps = load(SaleRow{.ean = pens,
                                    .price = "30",
                                    .source = "ebay",
                                    .id = "o-1",
                                    .title = "Lot of 3 pens",
                                    .kind = "active",
                                    .condition = "new",
                                    .qty = "2"}
                                .text() +
                            SaleRow{.ean = other_ean, .title = "pen for parts"}.text() +
                            SaleRow{.isbn = "9780306406157"}.text());
    const auto got = ask(*comps.book, {.ean = pens});
    ASSERT_EQ(got.comparables.size(), 1U);
    const Comparable& sale = got.comparables[0];
    EXPECT_EQ(sale.source, "ebay");
    EXPECT_EQ(sale.id, "o-1");
    EXPECT_EQ(sale.kind, ComparableKind::active);
    EXPECT_EQ(sale.condition, Condition::new_);
    EXPECT_EQ(sale.quantity, 2);
    ASSERT_TRUE(sale.title_facts.has_value());
    EXPECT_EQ(sale.title_facts->lot_quantity, 3);
    const auto parts = ask(*comps.book, {.ean = other_ean});
    EXPECT_TRUE(parts.comparables.at(0).title_facts->parts_only);
    EXPECT_FALSE(ask(*comps.book, {.isbn = "9780306406157"}).comparables.at(0).title_facts);
}

}  // namespace
}  // namespace assay::engine
