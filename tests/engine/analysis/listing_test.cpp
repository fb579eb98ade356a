// Listings: every kind of defect, per platform, and the score that is left.
// SPDX-License-Identifier: MIT
#include "engine/analysis/listing.hpp"

#include <gmock/gmock.h>

#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::official_tables;

class ListingTest : public ::testing::Test {
  protected:
    // A listing without fault.
    void SetUp() override {
        product.title = "Nintendo Mario Kart Wii game disc with steering wheel, boxed, PAL version";
        product.brand = "Nintendo";
        product.description = "Complete, tested, works. Price < 50.";
        product.condition = Condition::good;
        product.image_count = 6;
        product.identifiers.upc = "045496901332";
        product.market.marketplace = "EBAY_US";
        product.weight_grams = 200;
        product.dimensions_mm = {200, 150, 20};
        identity.valid = true;
    }
    const Listing& run() {
        judge_listing(product, identity, official_tables(), scratch, listing);
        return listing;
    }
    std::vector<Defect> defects() {
        std::vector<Defect> list;
        for (const ListingDefect& found : run().defects)
            list.push_back(found.defect);
        return list;
    }
    Product product;
    Identity identity;
    ListingScratch scratch;
    Listing listing;
};

TEST_F(ListingTest, WithoutFaultScoresAHundred) {
    EXPECT_THAT(defects(), IsEmpty());
    EXPECT_EQ(listing.score, 100);
    EXPECT_EQ(listing.at, "ebay");
    product.market.marketplace = "AMAZON_US";
    EXPECT_THAT(defects(), IsEmpty());
    EXPECT_EQ(listing.at, "amazon");
}

TEST_F(ListingTest, OfAManifestLineThereIsNone) {
    product.market = {};
    EXPECT_FALSE(run().judged);
    product.market.channel = "ebay_us";
    EXPECT_TRUE(run().judged);
    product.description = {};
    product.image_count = 0;
    EXPECT_FALSE(run().judged);
    product.image_count = 1;
    product.title = {};
    EXPECT_FALSE(run().judged);
}

TEST_F(ListingTest, TitlesAreCountedInCodePoints) {
    std::string title = "Nintendo ";
    while (title.size() < 9 + 2 * 72)
        title += "ü";  // two bytes each
    product.title = title;
    EXPECT_EQ(run().defects, (std::vector<ListingDefect>{{Defect::title_too_long, 81, 80}}));
    product.title = std::string_view(title).substr(0, title.size() - 2);
    EXPECT_THAT(defects(), IsEmpty());
    product.title = "Nintendo Wii";
    EXPECT_THAT(run().defects, ElementsAre(ListingDefect{Defect::title_too_short, 12, 60}));
    EXPECT_EQ(listing.score, 92);
}

TEST_F(ListingTest, TitlesMustNotShoutOrPromise) {
    product.title = "NINTENDO MARIO KART WII GAME DISC WITH STEERING WHEEL, BOXED, PAL VERSION";
    EXPECT_THAT(defects(), ElementsAre(Defect::all_caps));
    product.title = "Nintendo Mario Kart Wii game disc, L@@K, FREE SHIPPING, with wheel, boxed";
    EXPECT_THAT(run().defects, ElementsAre(ListingDefect{Defect::promo_phrase, 2, 0}));
}

TEST_F(ListingTest, AmazonForbidsCharactersAndRepeatedWords) {
    product.market.marketplace = "AMAZON_DE";
    product.title = "Nintendo Wii wheel! The wheel for the Wii and the other Wii: wheel {white} ¦";
    EXPECT_THAT(run().defects, ElementsAre(ListingDefect{Defect::forbidden_char, 4, 0},
                                           ListingDefect{Defect::repeated_word, 3, 2}));
    product.market.marketplace = "EBAY_DE";
    EXPECT_THAT(defects(), IsEmpty());
}

TEST_F(ListingTest, WantsBrandAndIdentifier) {
    product.brand = "Sega";
    EXPECT_THAT(defects(), ElementsAre(Defect::brand_missing_from_title));
    product.brand = "NINTENDO";
    identity.valid = false;
    EXPECT_THAT(defects(), ElementsAre(Defect::invalid_identifier));
    product.identifiers.upc = {};
    EXPECT_THAT(defects(), ElementsAre(Defect::no_identifier));
    product.mpn = "RVL-P-RMCP";
    EXPECT_THAT(defects(), IsEmpty());
}

TEST_F(ListingTest, WantsPicturesAndEachOnce) {
    product.image_count = 0;
    EXPECT_THAT(run().defects, ElementsAre(ListingDefect{Defect::too_few_images, 0, 1}));
    product.image_count = 3;
    EXPECT_THAT(run().defects, ElementsAre(ListingDefect{Defect::too_few_images, 3, 6}));
    for (const char* url : {"a", "b", "a", "a", "c", "d"})
        product.images.emplace_back().url = url;
    product.image_count = 6;
    EXPECT_THAT(run().defects, ElementsAre(ListingDefect{Defect::duplicate_image_url, 2, 0}));
}

TEST_F(ListingTest, WantsDetails) {
    product.description = "  ";
    product.condition = Condition::unknown;
    EXPECT_THAT(defects(), ElementsAre(Defect::no_description, Defect::missing_condition));
    product.description = "<b>Complete</b>";
    product.condition = Condition::good;
    EXPECT_THAT(defects(), ElementsAre(Defect::html_in_description));
    product.description = "Complete";
    product.dimensions_mm.reset();
    EXPECT_THAT(defects(), IsEmpty());
    product.market.marketplace = "AMAZON_US";
    EXPECT_THAT(defects(), ElementsAre(Defect::missing_dims_weight));
}

TEST_F(ListingTest, OfAnUnknownPlatformKeepsToTheGeneralLimits) {
    product.market.marketplace = "ETSY_US";
    EXPECT_EQ(run().at, "any");
    EXPECT_TRUE(listing.judged);
}

TEST_F(ListingTest, ScoresNeverBelowNothing) {
    product.title = "WOW LOOK HOT ITEM BARGAIN";
    product.description = {};
    product.condition = Condition::unknown;
    product.identifiers = {};
    product.image_count = 1;
    for (int i = 0; i < 2; ++i)
        product.images.emplace_back().url = "a";
    EXPECT_GE(run().score, 0);
    EXPECT_LT(listing.score, 50);
}

}  // namespace
}  // namespace assay::engine
