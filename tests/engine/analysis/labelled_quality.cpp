// Runs the deciding of duplicates over labelled rows and counts pairs.
// SPDX-License-Identifier: MIT
#include "tests/engine/analysis/labelled_quality.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "engine/analysis/duplicates.hpp"
#include "tests/engine/analysis/fixtures.hpp"

namespace assay::testing {

std::vector<std::size_t> as_they_are(std::size_t count) {
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i)
        order[i] = i;
    return order;
}

engine::FeatureBlock features_of(const std::vector<ShopRow>& rows,
                                 const std::vector<std::size_t>& order) {
    engine::FeatureBlock block;
    engine::Identity identity;
    engine::Attributes attributes;
    for (std::size_t at = 0; at < order.size(); ++at) {
        const ShopRow& row = rows[order[at]];
        engine::Product product;
        product.product_id = row.id;
        product.title = row.title;
        product.brand = row.brand;
        product.model = row.model;
        product.description = row.description;
        product.msrp = row.price;
        identify(product, identity);
        read_attributes(product, official_tables(), attributes);
        append_features(product, at, identity, attributes, block);
    }
    return block;
}

std::map<std::string, std::vector<std::string>> groups_of(const std::vector<ShopRow>& rows,
                                                          const std::vector<std::size_t>& order,
                                                          int threads) {
    std::vector<engine::FeatureBlock> blocks;
    blocks.push_back(features_of(rows, order));
    const auto groups = decide_duplicates(std::move(blocks), official_tables().defaults, threads);
    std::map<std::string, std::vector<std::string>> members;
    for (std::size_t at = 0; at < order.size(); ++at) {
        const std::string& id = rows[order[at]].id;
        members[std::string(groups.find(at, id).group)].push_back(id);
    }
    for (auto& [group, ids] : members) {
        std::sort(ids.begin(), ids.end());
        EXPECT_EQ(group, ids.front());
    }
    return members;
}

Quality measure(const LabelledShops& shops) {
    std::set<std::string> first;
    for (const auto& row : shops.rows) {
        if (row.first_shop) first.insert(row.id);
    }
    std::size_t found = 0, right = 0;
    for (const auto& [group, ids] : groups_of(shops.rows, as_they_are(shops.rows.size()))) {
        for (const auto& a : ids) {
            for (const auto& b : ids) {
                if (!first.contains(a) || first.contains(b)) continue;
                ++found;
                if (shops.same.contains({a, b})) ++right;
            }
        }
    }
    Quality quality;
    quality.precision =
        static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(found, 1));
    quality.recall = static_cast<double>(right) / static_cast<double>(shops.same.size());
    quality.f1 =
        right == 0 ? 0
                   : 2 * quality.precision * quality.recall / (quality.precision + quality.recall);
    std::printf("%zu products, %zu true pairs: precision %.3f, recall %.3f, F1 %.3f\n",
                shops.rows.size(), shops.same.size(), quality.precision, quality.recall,
                quality.f1);
    return quality;
}

}  // namespace assay::testing
