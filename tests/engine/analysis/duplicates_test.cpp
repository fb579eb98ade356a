// Which products of a batch are the same: what joins, what forbids, and how well on labelled sets.
// SPDX-License-Identifier: MIT
#include "engine/analysis/duplicates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/analysis/fixtures.hpp"
#include "tests/engine/analysis/labelled_quality.hpp"
#include "tests/engine/analysis/labelled_shops.hpp"
#include "tests/engine/analysis/noisy_pairs.hpp"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using testing::official_tables;
using ::testing::UnorderedElementsAre;

// A batch that is written down product by product, then asked.
class DuplicatesTest : public ::testing::Test {
  protected:
    Product& add(std::string id, std::string title) {
        texts.push_back(std::move(id));
        Product& product = products.emplace_back();
        product.product_id = texts.back();
        texts.push_back(std::move(title));
        product.title = texts.back();
        return product;
    }
    void decide() {
        std::vector<FeatureBlock> blocks(1);
        for (std::size_t i = 0; i < products.size(); ++i) {
            Identity identity;
            Attributes attributes;
            identify(products[i], identity);
            read_attributes(products[i], official_tables(), attributes);
            if (blocks.back().rows.size() == 3) blocks.emplace_back();
            append_features(products[i], i, identity, attributes, blocks.back());
        }
        groups = decide_duplicates(std::move(blocks), official_tables().defaults);
    }
    Duplicates of(std::string_view id) const {
        for (std::size_t i = 0; i < products.size(); ++i) {
            if (products[i].product_id == id) return groups.find(i, id);
        }
        return {};
    }
    // Rare words are what candidates come from: a batch of nothing else.
    void add_others() {
        for (int i = 0; i < 40; ++i) {
            const std::string number = std::to_string(i);
            add("other" + number, "Gadget kind" + number + "x of maker" + number + "y");
        }
    }

    std::deque<std::string> texts;
    std::deque<Product> products;
    DuplicateGroups groups;
};

TEST_F(DuplicatesTest, AnIdentifierInCommonNeedsNoMoreProof) {
    add("b", "Mario Kart").identifiers.upc = "045496901332";
    add("a", "Etwas ganz anderes").identifiers.ean = "0045496901332";
    add("c", "Mario");
    decide();
    EXPECT_EQ(of("b").group, "a");
    EXPECT_EQ(of("a").group, "a");
    EXPECT_EQ(of("a").score, 1);
    EXPECT_TRUE((of("b").signals & bit(DuplicateSignal::gtin)) != 0);
    EXPECT_EQ(of("c").role, DuplicateRole::unique) << "one word names no product";
    EXPECT_EQ(of("c").group, "c");
    EXPECT_TRUE(of("c").compared);
    EXPECT_EQ(groups.groups(), 1);
    EXPECT_EQ(groups.members(), 1);
}

TEST_F(DuplicatesTest, TheRowOfBestQualityStandsForItsGroupAndTheSmallestIdNamesIt) {
    add("a", "Sony turntable PSLX350H");
    Product& best = add("b", "Sony PSLX350H belt drive turntable");
    best.brand = "Sony";
    best.msrp = 12'000;
    best.category = "Audio";
    add_others();
    decide();
    EXPECT_EQ(of("a").role, DuplicateRole::member);
    EXPECT_EQ(of("a").of, "b");
    EXPECT_EQ(of("b").role, DuplicateRole::canonical);
    EXPECT_EQ(of("b").of, "");
    EXPECT_EQ(of("b").group, "a");
    EXPECT_GT(of("a").score, 0.6);
    EXPECT_TRUE((of("a").signals & bit(DuplicateSignal::model)) != 0);
}

TEST_F(DuplicatesTest, EqualsOfEqualQualityAreRankedByTheirIds) {
    add("y", "Sony turntable PSLX350H");
    add("x", "Sony turntable PSLX350H");
    add_others();
    decide();
    EXPECT_EQ(of("x").role, DuplicateRole::canonical);
    EXPECT_EQ(of("y").of, "x");
}

TEST_F(DuplicatesTest, ManyCopiesOfOneTitleAreOneGroup) {
    for (int i = 0; i < 120; ++i)  // no word is rare here
        add("copy" + std::to_string(i), "Philips Sonicare toothbrush, white");
    decide();
    EXPECT_EQ(groups.groups(), 1);
    EXPECT_EQ(groups.members(), 119);
}

TEST_F(DuplicatesTest, WritingsOfAModelAreOneModel) {
    add("a", "Netgear ProSafe 16 Port Rackmount Switch - JFS516NA");
    add("b", "Netgear ProSafe JFS516 Ethernet Switch");
    add("c", "Garmin Nuvi 765T navigation system - 0100071520");
    add("d", "Garmin auto nav - 010-00715-20");
    add_others();
    decide();
    EXPECT_EQ(of("b").group, "a");
    EXPECT_EQ(of("d").group, "c");
}

TEST_F(DuplicatesTest, WhatContradictsIsNeverJoined) {
    add("model1", "Panasonic corded phone KXTS3282B black");
    add("model2", "Panasonic corded phone KXTS4100W black");
    add("gtin1", "Zeppelin wireless speaker dock special").identifiers.ean = "4006381333931";
    add("gtin2", "Zeppelin wireless speaker dock special").identifiers.ean = "4012345678901";
    add("gb64", "Applepear smartphone nine 64 GB");
    add("gb128", "Applepear smartphone nine 128GB");
    add("pal", "Metroid prime trilogy collectors PAL");
    add("ntsc", "Metroid prime trilogy collectors NTSC");
    add("one", "Quiltmaker porcelain teacup");
    add("some", "Quiltmaker porcelain teacup bundle");
    add("box", "Rolladex chronograph empty box");
    add("watch", "Rolladex chronograph");
    add_others();
    decide();
    for (const char* id : {"model1", "model2", "gtin1", "gtin2", "gb64", "gb128", "pal", "ntsc",
                           "one", "some", "box", "watch"}) {
        EXPECT_EQ(of(id).role, DuplicateRole::unique) << id;
    }
}

TEST_F(DuplicatesTest, WhatALineDiffersInMakesEachOfItAProductOfItsOwn) {
    add("water330", "Zagori mineral water sparkling 330 ml");
    add("water500", "Zagori mineral water sparkling 500ml");
    add("juice1", "Orchardine apple juice cloudy 330ml");
    add("juice6", "Orchardine apple juice cloudy 6 x 330ml");
    add("jeans_m", "Levivar jeans slim fit size M");
    add("jeans_l", "Levivar jeans slim fit size L");
    add("fleece_red", "Birkenwald fleece jacket red");
    add("fleece_blue", "Birkenwald fleece jacket blau");
    add("book1", "Chronicles of Eldermoor volume 1 hardcover");
    add("book2", "Chronicles of Eldermoor volume 2 hardcover");
    add("tax2006", "Ledgerwise tax deluxe 2006");
    add("tax2007", "Ledgerwise tax deluxe 2007");
    add("draw_std", "Inkwellian drawing studio standard 2008");
    add("draw_pro", "Inkwellian drawing studio professional 2008");
    add("kick_ps4", "Eleventide football 20 PS4");
    add("kick_xbox", "Eleventide football 20 Xbox One");
    add("phonics_mac", "Quillfeather phonics tutor for Mac");
    add("phonics_win", "Quillfeather phonics tutor for Windows");
    add("saga2", "Emberthorn saga II");
    add("saga3", "Emberthorn saga III");
    add_others();
    decide();
    for (const Product& product : products)
        EXPECT_EQ(of(product.product_id).role, DuplicateRole::unique) << product.title;
}

TEST_F(DuplicatesTest, CopiesInOtherWordsAreFoundAmongGoodsOfManyKinds) {
    add("a1", "Zagori mineral water still 0.75 l");
    add("b1", "ZAGORI still mineral water - 750ml");
    add("a2", "Levivar jeans slim fit, size M");
    add("b2", "Levivar slim fit Jeans Gr. M");
    add("a3", "Chronicles of Eldermoor volume 3 hardcover");
    add("b3", "Eldermoor Chronicles 3 (hardcover)");
    add("a4", "Birkenwald fleece jacket rot");
    add("b4", "BIRKENWALD Fleece Jacket, red &amp; warm");
    add("a5", "Ledgerwise tax deluxe 2008 (win/mac)");
    add("b5", "ledgerwise tax deluxe 2008 for windows");
    add("a6", "Inkwellian drawing studio professional 2007 upgrade, Windows");
    add("b6", "INKWELLIAN Drawing Studio Pro 2007 UPG PC");
    add("a7", "Emberthorn saga II gold");
    add("b7", "Emberthorn Saga 2 Gold Edition");
    add("a8", "Eleventide football 21 PlayStation4");
    add("b8", "Eleventide Football 21 PS4 game");
    add_others();
    decide();
    for (const char* number : {"1", "2", "3", "4", "5", "6", "7", "8"})
        EXPECT_EQ(of("b" + std::string(number)).group, "a" + std::string(number));
}

TEST_F(DuplicatesTest, AModelCountsInItsFieldAsInTheTitle) {
    add("a", "Sonorex camcorder bag CB-210K");
    add("b", "Sonorex soft bag for camcorders").model = "cb210k";
    add("c", "Sonorex soft bag for camcorders, grey").mpn = "CB-340K";
    add("d", "Kestrelle desk lamp").mpn = "does not apply";
    add("e", "Thornbury walking stick").mpn = "does not apply";
    add_others();
    decide();
    EXPECT_EQ(of("b").group, "a");
    for (const char* id : {"c", "d", "e"})
        EXPECT_EQ(of(id).role, DuplicateRole::unique) << id;
}

TEST_F(DuplicatesTest, AWordForAnEditionSaysNothingWhereTheModelIsTheSame) {
    add("a", "Sonorex home theater system HT-SS370");
    add("b", "Sonorex premium theater system HTSS370");
    add_others();
    decide();
    EXPECT_EQ(of("b").group, "a");
}

TEST_F(DuplicatesTest, AThirdOneNeverJoinsTwoThatContradictEachOther) {
    add("a", "Zeppelin wireless speaker dock special").identifiers.ean = "4006381333931";
    add("b", "Zeppelin wireless speaker dock special").identifiers.ean = "4012345678901";
    add("c", "Zeppelin wireless speaker dock special");
    add_others();
    decide();
    EXPECT_NE(of("a").group, of("b").group);
}

TEST_F(DuplicatesTest, ANumberOfOneCompanyJoinsNothing) {
    add("a", "Loose apples").identifiers.ean = "2000000000008";
    add("b", "Minced meat").identifiers.ean = "2000000000008";
    decide();
    EXPECT_EQ(groups.groups(), 0);
}

TEST_F(DuplicatesTest, TwoPhonesOfOneTypeAreOneProductWithTwoNumbers) {
    add("a", "Nokia 8210 telephone blue").identifiers.imei = "490154203237518";
    add("b", "Nokia 8210 telephone blue").identifiers.imei = "356938035643809";
    add_others();
    decide();
    EXPECT_EQ(of("b").group, "a");
}

TEST_F(DuplicatesTest, EmptyAndSingleBatchesHaveNoGroups) {
    decide();
    EXPECT_EQ(groups.groups(), 0);
    add("a", "");
    decide();
    EXPECT_EQ(of("a").role, DuplicateRole::unique);
    EXPECT_FALSE(groups.find(99, "z").compared) << "was not among them";
}

// --- labelled sets ---------------------------------------------------------------------------

using testing::as_they_are;
using testing::features_of;
using testing::groups_of;
using testing::LabelledShops;
using testing::measure;

TEST(DuplicatesOnLabelledSets, TwoShopsOfElectronics) {
    const auto shops = testing::abt_and_buy();
    if (!shops) GTEST_SKIP() << "the public data is not here";
    ASSERT_EQ(shops->rows.size(), 1081U + 1092U);
    ASSERT_EQ(shops->same.size(), 1097U);
    EXPECT_GE(measure(*shops).f1, 0.78);
}

TEST(DuplicatesOnLabelledSets, TwoShopsOfSoftware) {
    // Made up: versions and editions of one program are its worst enemies, nothing has a model.
    EXPECT_GE(measure(testing::software_shops(7)).f1, 0.62);
    EXPECT_GE(measure(testing::software_shops(8)).f1, 0.62);
}

// What of the noise of real shops costs how much, with the shipped defaults.
TEST(DuplicatesOnLabelledSets, EachKindOfNoiseIsBorne) {
    using testing::Catalogue;
    for (const Catalogue catalogue : {Catalogue::software, Catalogue::electronics}) {
        for (const auto& [name, noise] : testing::kinds_of_noise()) {
            std::printf("%s, %s: ", catalogue == Catalogue::software ? "software" : "electronics",
                        std::string(name).c_str());
            EXPECT_GE(measure(testing::noisy_shops(catalogue, noise, 11)).f1, 0.8) << name;
        }
    }
}

TEST(DuplicatesOnLabelledSets, AnyOrderGivesTheSameGroups) {
    const LabelledShops shops = testing::software_shops(7);
    auto order = as_they_are(shops.rows.size());
    const auto groups = groups_of(shops.rows, order);
    std::mt19937 random(1);
    std::shuffle(order.begin(), order.end(), random);
    EXPECT_EQ(groups_of(shops.rows, order), groups);
}

TEST(DuplicatesOnLabelledSets, AnyNumberOfThreadsGivesTheSameGroups) {
    const LabelledShops shops = testing::software_shops(7);
    ASSERT_GT(shops.rows.size(), 4'096U) << "enough for more than one thread";
    const auto order = as_they_are(shops.rows.size());
    const auto groups = groups_of(shops.rows, order);
    EXPECT_EQ(groups_of(shops.rows, order, 2), groups);
    EXPECT_EQ(groups_of(shops.rows, order, 8), groups);
}

TEST(DuplicatesOnLabelledSets, WhatIsKeptOfAProductIsSmall) {
    const LabelledShops shops = testing::software_shops(7);
    const FeatureBlock block = features_of(shops.rows, as_they_are(shops.rows.size()));
    const std::size_t used = block.rows.size() * sizeof(ProductFeatures) +
                             block.tokens.size() * sizeof(FeatureToken) + block.texts.size();
    EXPECT_LE(used / block.rows.size(), 200U);
}

}  // namespace
}  // namespace assay::engine
