// How well the groups of two shops' products agree with what is known to be the same.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "engine/analysis/product_features.hpp"
#include "tests/engine/analysis/labelled_shops.hpp"

namespace assay::testing {

struct Quality {
    double precision = 0, recall = 0, f1 = 0;
};

std::vector<std::size_t> as_they_are(std::size_t count);
// As one batch, in this order of the rows.
engine::FeatureBlock features_of(const std::vector<ShopRow>& rows,
                                 const std::vector<std::size_t>& order);
// With the shipped defaults: ids by the name of their group, sorted.
std::map<std::string, std::vector<std::string>> groups_of(const std::vector<ShopRow>& rows,
                                                          const std::vector<std::size_t>& order,
                                                          int threads = 1);
// Pairs of one row of each shop that lie in one group, against the true ones.
Quality measure(const LabelledShops& shops);

}  // namespace assay::testing
