// Says in words what the rules did to the comparables.
// SPDX-License-Identifier: MIT
#include <charconv>

#include "engine/analysis/price.hpp"

namespace assay::engine {
namespace {

void append(std::string& text, std::int64_t count) {
    char digits[24];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, count).ptr);
}

// 0.8546 -> "0.855": three decimals, so that the text never hangs on a double's last bits.
void append(std::string& text, double value) {
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, 3);
    text.append(digits, end.ptr);
}

void append_rate(std::string& text, const Price& price) {
    append(text, price.prior_rate);
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
        append(*text, price.left_out[i]);
        text->append(" ").append(to_string(static_cast<LeftOut>(i)));
    }
}

}  // namespace

void explain_price(const Price& price, const Tables& tables, EvidenceList& out) {
    const Defaults& defaults = tables.defaults;
    explain_left_out(price, out);
    if (!price.outliers.empty()) {
        std::string& text = out.add("price", "comparables", "modified_z").detail;
        append(text, static_cast<std::int64_t>(price.outliers.size()));
        text.append(" of ");
        append(text, price.n);
        text.append(" beyond ");
        append(text, defaults.outlier_z);
    }
    if (price.n_used > 0) {
        const bool pairwise = price.n_used >= defaults.pairwise_count_min;
        std::string& text =
            out.add("price", "comparables", pairwise ? "hodges_lehmann" : "weighted_median").detail;
        append(text, price.n_used);
        text.append(" used");
    }
    if (price.spread_assumed && price.n_used > 0) {
        std::string& text = out.add("price", "default", "spread").detail;
        text.append("too few to measure it: at least ");
        append(text, defaults.spread_default);
    }
    if (price.basis == PriceBasis::shrunk) {
        std::string& text = out.add("price", "recovery", "log_shrinkage").detail;
        text.append("retail x ");
        append_rate(text, price);
        text.append("; the comparables weigh ");
        append(text, price.shrink_weight);
    } else if (price.basis == PriceBasis::category_prior) {
        std::string& text = out.add("price", "recovery", "category_prior").detail;
        text.append("retail x ");
        append_rate(text, price);
    }
}

}  // namespace assay::engine
