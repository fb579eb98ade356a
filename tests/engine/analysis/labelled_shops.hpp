// Two shops that sell the same things under other names, with what is the same: public and made up.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/money.hpp"

namespace assay::testing {

struct ShopRow {
    std::string id, title, brand, model, description;
    std::optional<MinorUnits> price;
    bool first_shop = false;
};

struct LabelledShops {
    std::vector<ShopRow> rows;
    std::set<std::pair<std::string, std::string>> same;  // (of the first shop, of the second)
};

// Abt and Buy, from the public data; nullopt: it is not here.
std::optional<LabelledShops> abt_and_buy();

// Made up, the same for the same seed: 1,300 programs in one shop, 3,200 in the other, which sells
// most of the first shop's and their siblings: other versions, editions, upgrades. Words are left
// out, added, shortened and misspelt; prices differ by a quarter.
LabelledShops software_shops(std::uint32_t seed);

}  // namespace assay::testing
