// One sale on one channel: fees, VAT by regime, postage and costs put together.
// SPDX-License-Identifier: MIT
#include "engine/analysis/sale.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace assay::engine {
namespace {

constexpr double million = 1'000'000;

// A business that cannot reclaim VAT bears the VAT on its fees.
bool bears_fee_vat(const SaleTerms& terms) noexcept {
    const bool reclaims_none =
        terms.regime == VatRegime::small_business || terms.regime == VatRegime::equivalence;
    return reclaims_none && terms.fees.table->net_of_vat;
}

// The VAT inside a gross amount.
MinorUnits vat_within(MinorUnits gross, PartsPerMillion rate) noexcept {
    return divide_half_up(static_cast<Int128>(gross) * rate, 1'000'000 + rate);
}

// The VAT on revenue of scale * price, as a line that holds on one side of the margin's kink.
Line vat_line(const SaleTerms& terms, double scale, double inside) noexcept {
    const double rate = static_cast<double>(terms.vat_rate) / million;
    const double share = rate / (1 + rate);
    if (terms.regime == VatRegime::standard) return {0, share * scale};
    const double cost = static_cast<double>(terms.unit_cost);
    if (terms.regime == VatRegime::margin && scale * inside > cost)
        return {-share * cost, share * scale};
    return {};
}

struct Scales {
    double kept, salvaged;
};

SaleSegment make_segment(const SaleTerms& terms, const FeeSegment& fee, double from, double until,
                         Scales scales) noexcept {
    const double inside = std::isinf(until) ? from + 1 : 0.5 * (from + until);
    const double fee_vat =
        bears_fee_vat(terms) ? 1 + static_cast<double>(terms.vat_rate) / million : 1.0;
    const double ads = static_cast<double>(terms.ads_rate) / million;
    const double landed = static_cast<double>(landed_cost(terms));
    const double postage = static_cast<double>(terms.ship_out);
    const double packaging = static_cast<double>(terms.packaging);
    const Line vat = vat_line(terms, 1, inside);
    const Line vat_kept = vat_line(terms, scales.kept, inside);
    const Line vat_salvaged = vat_line(terms, scales.salvaged, inside);
    SaleSegment segment;
    segment.from = from;
    segment.until = until;
    segment.sold.constant =
        -fee.fixed * fee_vat - vat.constant - postage - packaging - landed - terms.storage_sold;
    segment.sold.slope = 1 - (fee.rate + ads) * fee_vat - vat.slope;
    segment.returned.constant = -fee.kept * fee_vat - vat_kept.constant - 2 * postage - packaging -
                                landed - terms.storage_sold;
    segment.returned.slope = scales.kept - vat_kept.slope;
    segment.unsold.constant = -vat_salvaged.constant - landed - terms.storage_unsold;
    segment.unsold.slope = scales.salvaged - vat_salvaged.slope;
    return segment;
}

}  // namespace

void sale_fees(const SaleTerms& terms, MinorUnits price, std::vector<FeeLine>& lines) {
    compute_fees(terms.fees, price, 0, lines);
    if (terms.ads_rate != 0) {
        const MinorUnits ads = apply_rate(price, terms.ads_rate);
        if (ads != 0) lines.push_back({"ads", ads});
    }
    if (!bears_fee_vat(terms)) return;
    const MinorUnits vat = apply_rate(total(lines), terms.vat_rate);
    if (vat != 0) lines.push_back({"vat_on_fees", vat});
}

MinorUnits sale_vat(const SaleTerms& terms, MinorUnits price) noexcept {
    switch (terms.regime) {
        case VatRegime::standard:
            return vat_within(price, terms.vat_rate);
        case VatRegime::margin:
            return vat_within(std::max<MinorUnits>(0, price - terms.unit_cost), terms.vat_rate);
        case VatRegime::none:
        case VatRegime::small_business:
        case VatRegime::equivalence:
            break;
    }
    return 0;
}

MinorUnits landed_cost(const SaleTerms& terms) noexcept {
    const MinorUnits vat = terms.purchase_vat ? vat_within(terms.unit_cost, terms.vat_rate) : 0;
    MinorUnits landed = terms.unit_cost + terms.other_costs;
    if (terms.regime == VatRegime::standard) landed -= vat;
    if (terms.regime == VatRegime::equivalence && terms.purchase_vat)
        landed += apply_rate(terms.unit_cost - vat, terms.purchase_surcharge);
    return landed;
}

MinorUnits sale_profit(const SaleTerms& terms, MinorUnits price, std::vector<FeeLine>& lines) {
    sale_fees(terms, price, lines);
    return price - total(lines) - sale_vat(terms, price) - terms.ship_out - terms.packaging -
           landed_cost(terms) - static_cast<MinorUnits>(std::llround(terms.storage_sold));
}

void sale_segments(const SaleTerms& terms, std::vector<FeeSegment>& fees,
                   std::vector<SaleSegment>& out) {
    fee_segments(terms.fees, fees);
    out.clear();
    const Scales scales{terms.return_regain, static_cast<double>(terms.salvage_rate) / million};
    // Margin VAT starts where the revenue of an outcome passes the purchase price.
    std::array<double, 3> kinks{};
    std::size_t kink_count = 0;
    if (terms.regime == VatRegime::margin && terms.unit_cost > 0) {
        for (const double scale : {1.0, scales.kept, scales.salvaged}) {
            if (scale <= 0) continue;
            const double kink = static_cast<double>(terms.unit_cost) / scale;
            std::size_t at = kink_count++;
            for (; at > 0 && kinks[at - 1] > kink; --at)
                kinks[at] = kinks[at - 1];
            kinks[at] = kink;
        }
    }
    for (const FeeSegment& fee : fees) {
        double from = fee.from;
        for (std::size_t i = 0; i < kink_count; ++i) {
            if (kinks[i] <= from || kinks[i] >= fee.until) continue;
            out.push_back(make_segment(terms, fee, from, kinks[i], scales));
            from = kinks[i];
        }
        out.push_back(make_segment(terms, fee, from, fee.until, scales));
    }
    assert(!out.empty() && std::isinf(out.back().until));
}

}  // namespace assay::engine
