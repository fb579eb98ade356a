// Sales of every kind that the fee shapes and VAT regimes make.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "engine/analysis/sale.hpp"
#include "tests/engine/analysis/fixtures.hpp"

namespace assay::testing {

inline engine::SaleTerms sale_terms(const engine::FeeTable& table, MinorUnits unit_cost) {
    engine::SaleTerms terms;
    terms.fees = engine::plan_fees(table, {});
    terms.unit_cost = unit_cost;
    return terms;
}

inline engine::SaleTerms sale_terms(std::string_view channel, MinorUnits unit_cost) {
    return sale_terms(table_on(channel, "2026-06-01"), unit_cost);
}

// Amazon's clothing and Poshmark, whose fees jump up.
inline const engine::FeeTable& clothing_table() {
    static const engine::FeeTable table = flat_table(
        {engine::FeeShape::whole, {{1500, 50'000}, {2000, 100'000}, {open_end, 170'000}}, {}, {}});
    return table;
}
inline const engine::FeeTable& flat_below_threshold_table() {
    static const engine::FeeTable table = [] {
        engine::FeeTable made =
            flat_table({engine::FeeShape::whole, {{1499, 0}, {open_end, 200'000}}, {}, {}});
        made.fixed.push_back({"flat", {{1499, 295}, {open_end, 0}}});
        return made;
    }();
    return table;
}

inline std::vector<engine::SaleTerms> sale_variants() {
    std::vector<engine::SaleTerms> variants;
    const engine::FeeTable* tables[] = {&table_on("ebay_us", "2026-06-01"),
                                        &table_on("ebay_de", "2026-06-01"), &clothing_table(),
                                        &flat_below_threshold_table()};
    for (const engine::FeeTable* table : tables) {
        for (const auto regime : {engine::VatRegime::none, engine::VatRegime::standard,
                                  engine::VatRegime::margin, engine::VatRegime::small_business}) {
            for (const MinorUnits cost : {0, 900, 1'234, 1'700, 4'000, 60'000}) {
                engine::SaleTerms terms = sale_terms(*table, cost);
                terms.regime = regime;
                terms.vat_rate = regime == engine::VatRegime::none ? 0 : 190'000;
                terms.purchase_vat = regime == engine::VatRegime::standard && cost > 1'500;
                terms.ship_out = cost % 700;
                terms.packaging = 35;
                terms.ads_rate = cost == 4'000 ? 20'000 : 0;
                terms.salvage_rate = 300'000;
                terms.return_regain = 0.7;
                variants.push_back(terms);
            }
        }
    }
    return variants;
}

}  // namespace assay::testing
