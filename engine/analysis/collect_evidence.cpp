// Evidence in the order of the stages; texts are short and hold no personal data.
// SPDX-License-Identifier: MIT
#include "engine/analysis/collect_evidence.hpp"

namespace assay::engine {
namespace {

void add_intake(const Product& product, EvidenceList& out) {
    for (const InputNote& note : product.notes) {
        std::string& detail = out.add("intake", "input", note.code).detail;
        detail += note.field;
        if (!note.detail.empty()) detail.append(": ").append(note.detail);
    }
}

std::string_view regime_name(VatRegime regime) noexcept {
    switch (regime) {
        case VatRegime::standard:
            return "vat_standard";
        case VatRegime::margin:
            return "vat_margin";
        case VatRegime::small_business:
            return "vat_small_business";
        case VatRegime::equivalence:
            return "vat_equivalence";
        case VatRegime::none:
            break;
    }
    return "vat_none";
}

// official; books (secondary); small_standard; options; the first source.
void explain_fees(const FeePlan& plan, std::string& detail) {
    if (plan.table == nullptr) return;
    detail += plan.table->mark;
    if (plan.category != nullptr) {
        detail.append("; ").append(plan.category->name);
        if (plan.category->secondary && plan.table->mark == "official") detail += " (secondary)";
    }
    if (!plan.fulfilment.tier.empty()) detail.append("; ").append(plan.fulfilment.tier);
    for (std::size_t i = 0; plan.options >> i != 0; ++i) {
        if ((plan.options >> i & 1U) != 0) detail.append("; ").append(plan.table->options[i].name);
    }
    if (plan.table->base_includes_sales_tax && plan.sales_tax == 0)
        detail += "; without the buyer's sales tax";
    if (!plan.table->sources.empty()) detail.append("; ").append(plan.table->sources.front());
}

void explain_vat(const Product& product, const Profit& profit, const VatRules& rules,
                 EvidenceList& out) {
    const ChannelProfit& best = profit.channels[profit.best];
    std::string& detail = out.add("profit", "tax", regime_name(profit.regime)).detail;
    append_thousandths(detail, static_cast<double>(best.vat_rate) / 1e6);
    if (!product.tax->rate)
        detail += rules.lists(best.home->country)
                      ? ", the rate of the channel's country"
                      : ", the default: no rate is known for the channel's country";
    if (profit.regime_changed) detail += ", the margin scheme needs a purchase without VAT";
    if (profit.regime == VatRegime::equivalence && product.tax->purchase_vat &&
        rules.surcharge_on(best.vat_rate) == 0)
        detail += ", no surcharge is known at that rate: none is added";
}

void add_profit(const Product& product, const Profit& profit, const VatRules& vat,
                EvidenceList& out) {
    for (std::size_t i = 0; i < profit.used; ++i) {
        const ChannelProfit& channel = profit.channels[i];
        std::string& detail = out.add("fees", channel.channel, channel.fee_version).detail;
        explain_fees(channel.plan, detail);
    }
    for (const SkippedChannel& skipped : profit.skipped)
        out.add("fees", skipped.channel, skipped.reason);
    if (profit.used == 0) return;
    if (profit.regime != VatRegime::none) explain_vat(product, profit, vat, out);
    if (profit.postage_assumed) {
        std::string& detail = out.add("profit", "default", "postage_by_weight").detail;
        if (product.weight_grams) {
            append_number(detail, *product.weight_grams);
            detail += " g";
        } else {
            detail += "weight unknown";
        }
    }
    if (profit.returns_assumed) {
        std::string& detail = out.add("profit", "default", "return_rate").detail;
        append_thousandths(detail, static_cast<double>(profit.return_rate) / 1e6);
        if (!profit.return_group.empty()) detail.append(", ").append(profit.return_group);
    }
    if (product.target_price)
        out.add("profit", "target_price", "list_price").detail +=
            "a sale is one at that price; what is left over is worth the market's, at most yours";
    if (profit.sale_assumed)
        out.add("profit", "assumption", "sale").detail +=
            "no demand known: expectations given a sale";
}

}  // namespace

void collect_evidence(const Product& product, const Analysis& analysis, const Tables& tables,
                      EvidenceList& out) {
    out.clear();
    add_intake(product, out);
    explain_identity(analysis.identity, out);
    explain_attributes(analysis.attributes, out);
    explain_duplicates(analysis.duplicates, out);
    explain_join(analysis.join, out);
    explain_price(analysis.price, tables, out);
    explain_demand(analysis.demand, out);
    add_profit(product, analysis.profit, tables.vat, out);
    for (const Risk& risk : analysis.risks.found) {
        if (!risk.matched.empty()) out.add("risk", "tables", risk.code).detail += risk.matched;
    }
    explain_verdict(analysis.verdict, analysis.price.currency, out);
}

}  // namespace assay::engine
