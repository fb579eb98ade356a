// What names a product, as a key: folded, validated, and empty where it would join the wrong thing.
// SPDX-License-Identifier: MIT
#include "engine/comps/comps_keys.hpp"

#include <gtest/gtest.h>

namespace assay::engine {
namespace {

Identity identity_of(std::string_view ean, std::string_view asin) {
    Product product;
    product.identifiers.ean = ean;
    product.identifiers.asin = asin;
    Identity identity;
    identify(product, identity);
    return identity;
}

TEST(CompsKeys, SpellingsOfOneModelAreOneKey) {
    const CompsKey key = brand_model_key("Sony", "WH-1000XM4");
    EXPECT_NE(key, 0U);
    for (const auto& [brand, model] :
         {std::pair{"SONY", "wh1000xm4"}, {"sony ", "WH 1000 XM4"}, {"So-ny", "WH/1000.XM4"}})
        EXPECT_EQ(brand_model_key(brand, model), key) << brand << model;
    EXPECT_EQ(brand_model_key("B\xc3\x96HM", "A12"), brand_model_key("b\xc3\xb6hm", "a-12"));
    EXPECT_NE(brand_model_key("Sony", "WH-1000XM5"), key);
    EXPECT_NE(brand_model_key("SonyW", "H-1000XM4"), key);  // the border counts
}

TEST(CompsKeys, NamesThatSayTooLittleAreNone) {
    EXPECT_EQ(brand_model_key("", "WH-1000XM4"), 0U);
    EXPECT_EQ(brand_model_key("--", "WH-1000XM4"), 0U);
    EXPECT_EQ(brand_model_key("Sony", "XL"), 0U);
    EXPECT_EQ(brand_model_key("Sony", ""), 0U);
    EXPECT_EQ(brand_model_key("Sony", std::string(129, 'x')), 0U);
    EXPECT_NE(brand_model_key("Sony", std::string(128, 'x')), 0U);
}

TEST(CompsKeys, AShopsOwnNumberIsNoKeyAndAnAsinBesideItIs) {
    const CompsKeys shop = keys_of(identity_of("2012345678900", ""), "", "", "");
    EXPECT_TRUE(shop.all().empty());
    const CompsKeys both = keys_of(identity_of("2012345678900", "B08N5WRWNW"), "", "", "");
    ASSERT_EQ(both.all().size(), 1U);
    EXPECT_EQ(both.all()[0].kind, JoinKey::asin);
    EXPECT_EQ(both.gtin, 0U);
    EXPECT_TRUE(keys_of(identity_of("4006381333932", ""), "", "", "").all().empty());
}

TEST(CompsKeys, AreAtMostFourAndEachOnce) {
    const CompsKeys keys =
        keys_of(identity_of("4006381333931", "B08N5WRWNW"), "Sony", "WH-1000XM4", "WH1000XM4B");
    ASSERT_EQ(keys.all().size(), 4U);
    EXPECT_EQ(keys.all()[0].kind, JoinKey::gtin);
    EXPECT_EQ(keys.all()[3].kind, JoinKey::brand_model);
    EXPECT_EQ(keys_of(identity_of("", ""), "Sony", "WH-1000XM4", "wh1000xm4").all().size(), 1U);
}

}  // namespace
}  // namespace assay::engine
