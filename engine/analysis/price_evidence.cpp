// Says in words what the rules did to the comparables.
// SPDX-License-Identifier: MIT
#include <charconv>

#include "engine/analysis/price.hpp"

namespace assay::engine {
namespace {

// 0.8546 -> "0.855": three decimals, so that the text never hangs on a double's last bits.
void append_fixed(std::string& text, double value) {
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, 3);
    text.append(digits, end.ptr);
}

void append_rate(std::string& text, const Price& price) {
    append_fixed(text, price.prior_rate);
    text.append(" of ").append(price.prior_group.empty() ? "all goods" : price.prior_group);
}

void explain_left_out(const Price& price, EvidenceList& out) {
    std::string* text = nullptr;
    for (std::size_t i = 0; i < price.left_out.size(); ++i) {
        if (price.left_out[i] == 0) continue;
        if (text == nullptr) {
            text = &out.add("price", "comparables", "left_out").detail;
        } else {
            text->append(", ");
        }
        append_number(*text, price.left_out[i]);
        text->append(" ").append(to_string(static_cast<LeftOut>(i)));
    }
}

std::string date_of(std::chrono::sys_days day) {
    return to_rfc3339(day).substr(0, 10);
}

void explain_currencies(const Price& price, EvidenceList& out) {
    for (const CurrencyUse& use : price.currencies) {
        std::string& text = out.add("price", "exchange_rates", use.currency.code()).detail;
        if (use.converted > 0) {
            append_number(text, use.converted);
            text.append(" converted to ").append(price.currency.code()).append(" at the rate of ");
            text += date_of(use.oldest);
            if (use.newest != use.oldest) text.append(" to ").append(date_of(use.newest));
            if (!use.through.empty()) text.append(", through ").append(use.through.code());
        }
        if (use.left_out == 0) continue;
        if (use.converted > 0) text += "; ";
        append_number(text, use.left_out);
        text += " left out: no rate for them";
    }
}

// "falling -4.2 % in 30 days; kendall p=0.012"
void explain_movement(const Price& price, EvidenceList& out) {
    if (price.trend != Trend::unknown) {
        std::string& text = out.add("price", "comparables", "theil_sen").detail;
        text += to_string(price.trend);
        if (price.trend != Trend::flat) {
            text += " ";
            append_fixed(text, 100 * price.trend_30_days);
            text += " % in 30 days";
        }
        text += "; kendall p=";
        append_fixed(text, price.trend_p);
    }
    if (price.windows < 2) return;
    std::string& text = out.add("price", "comparables", "stability").detail;
    text += "s=";
    append_fixed(text, price.spread);
    text += "; ";
    append_number(text, static_cast<std::int64_t>(price.windows_unsteady));
    text += " of ";
    append_number(text, static_cast<std::int64_t>(price.windows));
    text += " windows of 30 days off by more than a tenth";
}

void explain_group(const Price& price, EvidenceList& out) {
    if (price.n_used == 0 || price.group.empty()) return;
    std::string& text = out.add("price", "category", price.group).detail;
    text += "half-life ";
    append_fixed(text, price.half_life_days);
    text += " days, usual spread ";
    append_fixed(text, price.spread_default);
}

}  // namespace

void explain_price(const Price& price, const Tables& tables, EvidenceList& out) {
    const Defaults& defaults = tables.defaults;
    explain_left_out(price, out);
    explain_currencies(price, out);
    if (!price.outliers.empty()) {
        std::string& text = out.add("price", "comparables", "modified_z").detail;
        append_number(text, static_cast<std::int64_t>(price.outliers.size()));
        text.append(" of ");
        append_number(text, price.n);
        text.append(" beyond ");
        append_fixed(text, defaults.outlier_z);
    }
    if (price.n_used > 0) {
        const bool pairwise = price.n_used >= defaults.pairwise_count_min;
        std::string& text =
            out.add("price", "comparables", pairwise ? "hodges_lehmann" : "weighted_median").detail;
        append_number(text, price.n_used);
        text.append(" used");
    }
    if (price.spread_assumed && price.n_used > 0) {
        std::string& text = out.add("price", "default", "spread").detail;
        text.append("too few to measure it: at least ");
        append_fixed(text, price.spread_default);
    }
    explain_group(price, out);
    explain_movement(price, out);
    if (price.interval_method == IntervalMethod::bootstrap && price.interval_low) {
        std::string& text = out.add("price", "comparables", "bootstrap_bca").detail;
        append_number(text, defaults.bootstrap_count);
        text += " resamples, seeded by the input hash";
    }
    if (price.retail == RetailCheck::absurd) {
        out.add("price", "retail", "not_believed").detail +=
            "far below what sales say, so that nothing is drawn towards it";
    }
    if (price.basis == PriceBasis::shrunk) {
        std::string& text = out.add("price", "recovery", "log_shrinkage").detail;
        text.append("retail x ");
        append_rate(text, price);
        text.append("; the comparables weigh ");
        append_fixed(text, price.shrink_weight);
    } else if (price.basis == PriceBasis::category_prior) {
        std::string& text = out.add("price", "recovery", "category_prior").detail;
        text.append("retail x ");
        append_rate(text, price);
    }
}

}  // namespace assay::engine
