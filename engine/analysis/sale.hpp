// One sale on one channel: what is left of a price, exact to the cent and as affine segments.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "engine/analysis/fees.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/base/money.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// Everything but the price. Prices here are what the buyer pays: item plus shipping charged.
struct SaleTerms {
    FeePlan fees;
    MinorUnits ship_out = 0, packaging = 0;
    MinorUnits unit_cost = 0;    // the purchase price: what the margin scheme compares with
    MinorUnits other_costs = 0;  // inbound, preparation, share of freight and lot fees
    double storage_sold = 0, storage_unsold = 0;  // over the time the unit lies on the shelf
    PartsPerMillion ads_rate = 0;
    VatRegime regime = VatRegime::none;
    PartsPerMillion vat_rate = 0;
    bool purchase_vat = false;  // the unit cost holds VAT; regime standard gets it back
    PartsPerMillion purchase_surcharge = 0;  // regime equivalence: on the cost without its VAT
    PartsPerMillion salvage_rate = 0;
    double return_regain = 0;  // share of its value that a returned unit keeps
};

// Exact, each line rounded half up. `lines` is overwritten.
void sale_fees(const SaleTerms& terms, MinorUnits price, std::vector<FeeLine>& lines);
MinorUnits sale_vat(const SaleTerms& terms, MinorUnits price) noexcept;
// Unit cost less the input VAT that comes back, plus the surcharge and the other costs.
MinorUnits landed_cost(const SaleTerms& terms) noexcept;
// price - fees - VAT - postage and packaging - landed cost - storage, of a sale that stands.
MinorUnits sale_profit(const SaleTerms& terms, MinorUnits price, std::vector<FeeLine>& lines);

struct Line {
    double constant = 0, slope = 0;
    double at(double price) const noexcept { return constant + slope * price; }
};

// A stretch of price on which every outcome is affine, unrounded: a sale that stands, one that is
// returned (the price is refunded, fixed fees stay paid, postage is paid both ways, the unit keeps
// a share of its value), and a unit that does not sell (salvage).
struct SaleSegment {
    double from = 0, until = 0;
    Line sold, returned, unsold;
};
// `fees` is a buffer. Ascending, without gaps, from 0 to infinity.
void sale_segments(const SaleTerms& terms, std::vector<FeeSegment>& fees,
                   std::vector<SaleSegment>& out);

}  // namespace assay::engine
