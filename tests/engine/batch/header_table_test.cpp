// The vocabulary of headers: its file holds together, and each way of recognising has its bounds.
// SPDX-License-Identifier: MIT
#include "engine/batch/header_table.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::StartsWith;

std::string field_of(std::string_view header) {
    const auto guess = HeaderTable::embedded().guess(header);
    if (!guess) return "unknown";
    return guess->field ? std::string(to_string(*guess->field)) : "kept";
}

HeaderMatch way(std::string_view header) {
    const auto guess = HeaderTable::embedded().guess(header);
    return guess ? guess->how : HeaderMatch::own_name;
}

TEST(HeaderTable, NoTwoFieldsShareTheirWordsUnlessTheirOrderTellsThemApart) {
    EXPECT_THAT(
        HeaderTable::embedded().conflicts(),
        ElementsAre(StartsWith("\"Unit Weight\" and \"Weight Unit\" and \"Einheit Gewicht\"")));
}

TEST(HeaderTable, TakesTheFieldsOwnNames) {
    for (std::size_t i = 0; i < csv_field_real_count; ++i) {
        const std::string_view name = to_string(static_cast<CsvField>(i));
        EXPECT_EQ(field_of(name), name);
        EXPECT_EQ(way(name), HeaderMatch::own_name);
    }
}

TEST(HeaderTable, CaseBlanksPunctuationAndAccentsDoNotMatter) {
    for (const char* header : {"Unit Retail", "UNIT_RETAIL", " unit-retail ", "Unit\nRetail"})
        EXPECT_EQ(field_of(header), "msrp") << header;
    EXPECT_EQ(field_of("GROESSE"), "size");
    EXPECT_EQ(field_of("Gr\xc3\xb6\xc3\x9f"
                       "e"),
              "size");
    EXPECT_EQ(field_of("CATEGORIA"), "category");
    EXPECT_EQ(field_of("Categor\xc3\xad"
                       "a"),
              "category");
}

TEST(HeaderTable, WordsOfOneMeaningStandForEachOtherInAnyOrderAndLanguage) {
    EXPECT_EQ(field_of("Total of Retail"), "msrp_total");
    EXPECT_EQ(field_of("UVP insgesamt"), "msrp_total");
    EXPECT_EQ(field_of("total PVP"), "msrp_total");
    EXPECT_EQ(field_of("Co\xc3\xbbt par pi\xc3\xa8"
                       "ce"),
              "unit_cost");
    EXPECT_EQ(way("UVP insgesamt"), HeaderMatch::words);
}

TEST(HeaderTable, GermanCompoundsAreTakenApart) {
    EXPECT_EQ(field_of("Gesamteinkaufspreis"), "cost_total");
    EXPECT_EQ(field_of("Hauptwarengruppe"), "category");
    EXPECT_EQ(field_of("Palettenkennung"), "pallet_id");
}

TEST(HeaderTable, HeadersThatAreNearlyRightMustBeLongEnough) {
    EXPECT_EQ(field_of("Item Descripton"), "title");
    EXPECT_EQ(way("Item Descripton"), HeaderMatch::similar);
    EXPECT_EQ(field_of("Qtx"), "unknown");
    EXPECT_EQ(field_of("Market"), "unknown") << "not Marke";
    EXPECT_EQ(field_of("Height"), "dims.height") << "not Weight";
}

TEST(HeaderTable, PartsOfAHeaderMustAgree) {
    EXPECT_EQ(field_of("Marke / Hersteller"), "brand");
    EXPECT_EQ(field_of("Barcode (EAN)"), "identifiers.ean");
    EXPECT_EQ(field_of("Size/Color"), "unknown");
}

TEST(HeaderTable, WhatIsNoFieldOfAProductIsKnownAsThat) {
    for (const char* header : {"Country of Origin", "Lagerort", "Tracking Number", "Category Code",
                               "Fecha de devoluci\xc3\xb3n", "Num\xc3\xa9ro de commande"})
        EXPECT_EQ(field_of(header), "kept") << header;
}

TEST(HeaderTable, AWordForTotalMakesTheTotalOfWhatIsListedForAUnit) {
    EXPECT_EQ(field_of("Total Trade Price"), "cost_total");
    EXPECT_EQ(field_of("Suma precio de venta al p\xc3\xba"
                       "blico"),
              "msrp_total");
    EXPECT_EQ(field_of("Ladenpreis gesamt"), "msrp_total");
}

TEST(HeaderTable, ANumberOfTheProductIsACodeAndAKindOfItACategory) {
    for (const char* header : {"Cod. Prod. Nr.", "Item Ref",
                               "R\xc3\xa9"
                               "f. marchandise"})
        EXPECT_EQ(field_of(header), "any.code") << header;
    EXPECT_EQ(field_of("Merchandise Kind"), "category");
    EXPECT_EQ(field_of("No. of Articles"), "quantity");
}

TEST(HeaderTable, AVetoKeepsAHeaderFromBeingWhatItsOtherWordsSay) {
    for (const char* header : {"Retail Fee", "Condition Date", "Brand Manager", "Bid per Unit",
                               "Warehouse Category", "Auction Quantity End"})
        EXPECT_EQ(field_of(header), "kept") << header;
    EXPECT_EQ(field_of("Store UPC"), "identifiers.upc") << "a code is one wherever it is from";
    EXPECT_EQ(field_of("Sales Description Text"), "title") << "and says nothing of sales";
}

TEST(HeaderTable, KnownWordsAreNotMisspeltOnes) {
    EXPECT_EQ(field_of("Listing ID"), "kept") << "not Listings";
    EXPECT_EQ(field_of("Quantitty left over"), "quantity");
    EXPECT_EQ(field_of("idAbt"), "unknown") << "the number of a department is not its name";
    EXPECT_EQ(field_of("RAM (GB)"), "kept") << "not GB";
    EXPECT_EQ(field_of("Whatever/Stk"), "unknown") << "per piece, not pieces";
}

TEST(HeaderTable, InitialsAveragesAndTaxRatesAreRead) {
    EXPECT_EQ(field_of("P.V.P. total"), "msrp_total");
    EXPECT_EQ(field_of("\xc3\x98 Verkaufspreis"), "sold_price");
    EXPECT_EQ(field_of("UVP inkl. 19% MwSt"), "msrp");
}

TEST(HeaderTable, SaysLittleOfLittle) {
    for (const char* header : {"", "#", "x", "number", "!!!", "12345"})
        EXPECT_EQ(field_of(header), "unknown") << header;
    EXPECT_EQ(field_of(std::string(500, 'a')), "unknown");
    EXPECT_EQ(field_of("\xff\xfe\xc3"), "unknown");
}

TEST(HeaderTable, FaultsOfItsFileAreNamed) {
    EXPECT_THAT(HeaderTable::parse("{"), FailsWith(ErrorCode::invalid_json));
    EXPECT_THAT(HeaderTable::parse("{}"), FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(
        HeaderTable::parse(
            R"({"fillers":[],"generic":[],"qualifiers":[],"nouns":[],"vetoes":[],"words":{},)"
            R"("fields":[{"field":"bogus"}],"kept":[]})"),
        FailsWith(ErrorCode::invalid_input));
}

}  // namespace
}  // namespace assay::engine
