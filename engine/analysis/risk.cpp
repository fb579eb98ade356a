// Flags of the product, rules of the table, and figures beyond their limits, in that order.
// SPDX-License-Identifier: MIT
#include "engine/analysis/risk.hpp"

#include <algorithm>
#include <array>

namespace assay::engine {
namespace {

void add(Risks& out, std::string_view code, Severity severity, RiskGate gate = RiskGate::none,
         std::string_view matched = {}) {
    out.found.push_back({code, code, severity, gate, matched});
}

// What no price makes good.
void add_blocks(const Product& product, Risks& out) {
    for (const std::string_view why : product.risk.restricted)
        add(out, "restricted", Severity::critical, RiskGate::avoid, why);
    if (product.device.blacklist.value_or(false))
        add(out, "imei_blacklisted", Severity::critical, RiskGate::avoid);
    if (product.device.activation_lock.value_or(false))
        add(out, "activation_locked", Severity::critical, RiskGate::avoid);
}

std::optional<bool> flag_of(const Product& product, RiskFlag flag) noexcept {
    switch (flag) {
        case RiskFlag::hazmat:
            return product.risk.hazmat;
        case RiskFlag::lithium:
            return product.risk.lithium;
        case RiskFlag::adult:
            return product.risk.adult;
        case RiskFlag::none:
            break;
    }
    return std::nullopt;
}

// The first word, brand or category that each rule finds, by rule; empty: nothing.
void match_rules(const Product& product, const RiskRules& rules, RiskScratch& scratch) {
    scratch.matched.assign(rules.rules.size(), {});
    const auto look = [&](std::string_view text, const PhraseIndex& index) {
        if (text.empty()) return;
        index.find_all(fold_text(text, scratch.text),
                       [&](std::uint16_t rule, std::string_view phrase) {
                           if (scratch.matched[rule].empty()) scratch.matched[rule] = phrase;
                       });
    };
    look(product.title, rules.words);
    look(product.brand, rules.brands);
    look(product.category, rules.categories);
}

void add_rules(const Product& product, const Profit& profit, const RiskRules& rules,
               RiskScratch& scratch, Risks& out) {
    match_rules(product, rules, scratch);
    const Channel* best = profit.used > 0 ? profit.channels[profit.best].home : nullptr;
    for (std::size_t i = 0; i < rules.rules.size(); ++i) {
        const RiskRule& rule = rules.rules[i];
        std::string_view matched = scratch.matched[i];
        if (const auto given = flag_of(product, rule.flag))
            matched = *given ? std::string_view("given") : std::string_view();
        if (matched.empty()) continue;
        if (!rule.platform.empty() && (best == nullptr || best->platform != rule.platform))
            continue;
        out.found.push_back({rule.code, rule.reason, rule.severity, rule.gate, matched});
        if (rule.code != "counterfeit_prone" || !product.risk.authenticated) continue;
        // Proof settles it, and so does the lack of any.
        if (*product.risk.authenticated)
            out.found.back().gate = RiskGate::none;
        else
            add(out, "counterfeit_unproven", Severity::critical, RiskGate::avoid, matched);
    }
    if (product.risk.gated.value_or(false)) {
        add(out, "gated", Severity::warning, RiskGate::review, "given");
        out.found.back().reason = "gated_review";
    }
}

bool is_oversize(const Product& product, const RiskRules& rules) noexcept {
    if (product.weight_grams && *product.weight_grams > rules.oversize_grams) return true;
    if (!product.dimensions_mm) return false;
    std::array<std::int64_t, 3> sides = *product.dimensions_mm;
    std::sort(sides.rbegin(), sides.rend());
    for (std::size_t i = 0; i < sides.size(); ++i) {
        if (sides[i] > rules.oversize_sides_mm[i]) return true;
    }
    return false;
}

// Declared retail against what sales say.
void add_retail(const Price& price, Risks& out) {
    if (price.retail == RetailCheck::plausible) return;
    const bool absurd = price.retail == RetailCheck::absurd;
    add(out, "retail_outlier", Severity::warning, absurd ? RiskGate::review : RiskGate::none);
}

void add_figures(const Product& product, const Attributes& attributes, const Price& price,
                 const Tables& tables, Risks& out) {
    const RiskRules& rules = tables.risks;
    const std::int64_t titled = attributes.title_facts ? attributes.title_facts->lot_quantity : 1;
    if (product.pack_size > 1 && titled > 1 && product.pack_size != titled)
        add(out, "multipack_mismatch", Severity::warning);
    if (is_oversize(product, rules)) add(out, "oversize", Severity::info);
    const bool sold = price.basis == PriceBasis::sold_comps || price.basis == PriceBasis::shrunk;
    if (sold && price.log_sd > tables.defaults.wide_spread)
        add(out, "price_volatile", Severity::warning);
    if (product.market.amazon_in_buybox.value_or(false))
        add(out, "amazon_in_buy_box", Severity::warning);
    add_retail(price, out);
    if (price.left_out[static_cast<std::size_t>(LeftOut::bundle)] > 0)
        add(out, "bundle_in_comps", Severity::info);
    if (product.risk.quantity_variance.value_or(0) > rules.quantity_variance)
        add(out, "quantity_variance", Severity::warning);
}

}  // namespace

void assess_risks(const Product& product, const Identity& identity, const Attributes& attributes,
                  const Price& price, const Profit& profit, const Tables& tables,
                  RiskScratch& scratch, Risks& out) {
    out.clear();
    add_blocks(product, out);
    add_rules(product, profit, tables.risks, scratch, out);
    if (!identity.conflicts.empty())
        add(out, "identifier_conflict", Severity::warning, RiskGate::review);
    add_figures(product, attributes, price, tables, out);
}

}  // namespace assay::engine
