// FBA: the published amounts, every tier, dimensional weight, and what is not known.
// SPDX-License-Identifier: MIT
#include "engine/analysis/fulfilment.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using testing::table_on;

// Inches and ounces as whole millimetres and grams, as a product states them.
struct Parcel {
    double length, width, height, ounces;
};

std::optional<FulfilmentFee> fee_of(const Parcel& parcel, std::string_view date = "2026-03-01",
                                    std::string_view channel = "amazon_us_fba") {
    const auto millimetres = [](double inches) { return std::llround(inches * 25.4); };
    return fulfilment_fee(
        *table_on(channel, date).fulfilment, std::llround(parcel.ounces * 28.349523125),
        {millimetres(parcel.length), millimetres(parcel.width), millimetres(parcel.height)});
}

MinorUnits amount(const std::optional<FulfilmentFee>& fee, MinorUnits price) {
    EXPECT_TRUE(fee);
    if (!fee) return -1;
    for (const auto& [up_to, cents] : fee->steps()) {
        if (price <= up_to) return cents;
    }
    return -1;
}
MinorUnits amount(const Parcel& parcel, MinorUnits price = 2'499) {
    return amount(fee_of(parcel), price);
}

TEST(Fulfilment, FollowsThePublishedVectorWithAndWithoutFuelSurcharge) {
    const Parcel parcel{9, 6, 0.5, 7};
    EXPECT_EQ(amount(fee_of(parcel, "2026-03-01"), 2'499), 354);
    EXPECT_EQ(amount(fee_of(parcel, "2026-04-16"), 2'499), 354);
    EXPECT_EQ(amount(fee_of(parcel, "2026-04-17"), 2'499), 366);
}

TEST(Fulfilment, GoesByOuncesInSmallStandard) {
    const MinorUnits middle[] = {332, 342, 345, 354, 368, 378, 391, 396};
    const MinorUnits low[] = {243, 249, 256, 266, 277, 282, 292, 295};
    for (int i = 0; i < 8; ++i) {
        const Parcel parcel{15, 12, 0.75, 2.0 * (i + 1)};
        EXPECT_EQ(fee_of(parcel)->tier, "small_standard");
        EXPECT_EQ(amount(parcel, 999), low[i]);
        EXPECT_EQ(amount(parcel, 1'000), middle[i]);
        EXPECT_EQ(amount(parcel, 5'000), middle[i]);
        EXPECT_EQ(amount(parcel, 5'001), middle[i] + 26);
    }
}

TEST(Fulfilment, GoesByOuncesAndPoundsInLargeStandard) {
    const std::pair<double, MinorUnits> rows[] = {
        {4, 373},
        {8, 395},
        {12, 420},
        {16, 460},
        {20, 504},
        {24, 542},
        {28, 557},
        {32, 582},
        {36, 592},
        {40, 610},
        {44, 626},
        {48, 667},
        // 6.97 and 0.08 for each begun quarter pound above 3 lb
        {52, 705},
        {56, 713},
        {320, 697 + 68 * 8}};
    for (const auto& [ounces, cents] : rows) {
        const Parcel parcel{6, 4, 1, ounces};
        EXPECT_EQ(fee_of(parcel)->tier, "large_standard");
        EXPECT_EQ(amount(parcel), cents) << ounces;
    }
}

TEST(Fulfilment, ChargesVolumeWhereItWeighsMore) {
    // 12 x 10 x 8 in / 139 = 6.9 lb: sixteen quarters begun above 3.
    EXPECT_EQ(amount(Parcel{12, 10, 8, 16}), 697 + 16 * 8);
    // A small standard parcel is never billed by volume.
    EXPECT_EQ(amount(Parcel{15, 12, 0.75, 2}), 332);
}

TEST(Fulfilment, BulkyTiersPayByThePoundAndAreAtLeastTwoInchesThick) {
    EXPECT_EQ(fee_of({30, 20, 10, 160})->tier, "small_bulky");
    // 30 x 20 x 10 / 139 = 43.2 lb: 44 pounds, 43 above the first.
    EXPECT_EQ(amount(Parcel{30, 20, 10, 160}), 755 + 43 * 38);
    // 20 x 1 x 1 counts as 20 x 2 x 2: below the weight of 10 lb, 9 above the first.
    EXPECT_EQ(amount(Parcel{20, 1, 1, 160}), 755 + 9 * 38);
    EXPECT_EQ(fee_of({50, 12, 8, 160})->tier, "large_bulky");
    EXPECT_EQ(amount(Parcel{50, 12, 8, 160}), 935 + 34 * 38);
    EXPECT_EQ(amount(Parcel{50, 12, 8, 160}, 900), 858 + 34 * 38);
}

TEST(Fulfilment, ExtraLargeGoesByItsWeightClass) {
    EXPECT_EQ(amount(Parcel{70, 10, 8, 48 * 16}), 2'633 + 47 * 38);
    EXPECT_EQ(amount(Parcel{40, 20, 8, 60 * 16}), 3'732 + 9 * 75);
    EXPECT_EQ(amount(Parcel{40, 20, 8, 100 * 16}), 5'132 + 29 * 75);
    EXPECT_EQ(amount(Parcel{40, 20, 8, 160 * 16}), 19'495 + 9 * 19);
}

TEST(Fulfilment, OfOvermaxIsNotKnown) {
    EXPECT_EQ(fee_of({100, 10, 8, 320}), std::nullopt);
    EXPECT_EQ(fee_of({60, 30, 20, 320}), std::nullopt);  // 160 in of length and girth
}

TEST(Fulfilment, GrantsWhatWholeGramsAndMillimetresRoundUp) {
    EXPECT_EQ(fee_of({15, 12, 0.75, 16})->tier, "small_standard");  // 454 g, 305 mm
    EXPECT_EQ(fee_of({15, 12, 0.75, 16.1})->tier, "large_standard");
    EXPECT_EQ(fee_of({15.1, 12, 0.75, 16})->tier, "large_standard");
}

TEST(Fulfilment, SidesMayStandInAnyOrder) {
    const Fulfilment& us = *table_on("amazon_us_fba", "2026-03-01").fulfilment;
    EXPECT_EQ(fulfilment_fee(us, 200, {15, 300, 200})->tier, "small_standard");
    EXPECT_EQ(fulfilment_fee(us, 200, {300, 15, 200})->tier, "small_standard");
}

TEST(Fulfilment, OfGermanyGoesByUnitWeightAndIsUnknownForHeavyBulkyGoods) {
    const auto of = [](std::string_view date, std::int64_t grams, std::int64_t side) {
        return fulfilment_fee(*table_on("amazon_de_fba", date).fulfilment, grams,
                              {side, side / 2, side / 2});
    };
    EXPECT_EQ(amount(of("2025-11-01", 1'400, 400), 2'500), 406);
    EXPECT_EQ(amount(of("2025-12-20", 1'400, 400), 2'500), 374);
    EXPECT_EQ(amount(of("2026-02-01", 1'400, 400), 2'000), 329);
    EXPECT_EQ(amount(of("2026-02-01", 1'400, 400), 2'001), 374);
    EXPECT_EQ(amount(of("2026-02-01", 900, 600), 2'500), 400);
    EXPECT_EQ(of("2026-02-01", 5'000, 600), std::nullopt);
}

TEST(Fulfilment, NeverFallsWithTheWeight) {
    for (const double side : {6.0, 14.0, 25.0, 40.0}) {
        MinorUnits previous = 0;
        for (double ounces = 1; ounces < 800; ounces += 1.7) {
            const MinorUnits cents = amount(Parcel{side, side / 2, side / 4, ounces});
            EXPECT_GE(cents, previous) << side << " in, " << ounces << " oz";
            previous = cents;
        }
    }
}

}  // namespace
}  // namespace assay::engine
