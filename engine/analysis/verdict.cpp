// The gates in order: what is missing, what forbids, what a buy needs, what a person must see.
// SPDX-License-Identifier: MIT
#include "engine/analysis/verdict.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace assay::engine {
namespace {

enum class Gate : std::uint8_t { passed, failed, unknown };

struct GateNames {
    std::string_view passed, failed, unknown;
};
constexpr GateNames profit_gate{"profit_ok", "profit_low", "profit_unknown"};
constexpr GateNames roi_gate{"roi_ok", "roi_low", "roi_unknown"};
constexpr GateNames demand_gate{"demand_ok", "demand_low", "demand_unknown"};
constexpr GateNames downside_gate{"downside_ok", "downside_loss", "downside_unknown"};
constexpr GateNames confidence_gate{"price_confidence_ok", "price_confidence_low",
                                    "price_confidence_unknown"};

Gate record(Gate gate, const GateNames& names, Verdict& out) {
    out.reasons.push_back(gate == Gate::passed   ? names.passed
                          : gate == Gate::failed ? names.failed
                                                 : names.unknown);
    return gate;
}

void note(const GateCheck& check, Verdict& out) {
    assert(out.checked < out.checks.size());
    out.checks[out.checked++] = check;
}

// Whether `value` reaches the limit of `check`; both are kept for the evidence.
template <class T>
Gate at_least(const std::optional<T>& value, GateCheck check, Verdict& out) {
    if (!value) return Gate::unknown;
    const auto reached = static_cast<double>(*value);
    check.value = reached;
    note(check, out);
    return reached >= check.limit ? Gate::passed : Gate::failed;
}

// The risks of one gate, each once. Whether there was any.
bool find_risks(const Risks& risks, RiskGate gate, Verdict& out) {
    bool any = false;
    for (const Risk& risk : risks.found) {
        if (risk.gate != gate) continue;
        any = true;
        if (std::find(out.reasons.begin(), out.reasons.end(), risk.reason) == out.reasons.end())
            out.reasons.push_back(risk.reason);
    }
    return any;
}

// What a person must look at before money is spent.
bool find_doubts(const Product& product, const Duplicates& duplicates, const Price& price,
                 const Demand& demand, const Risks& risks, const ChannelProfit& channel,
                 const Defaults& defaults, Verdict& out) {
    const std::size_t before = out.reasons.size();
    find_risks(risks, RiskGate::review, out);
    // The group's best row stands for it; the others may be the same piece listed again.
    if (duplicates.role == DuplicateRole::member) out.reasons.push_back("duplicate_in_batch");
    // Demand says how seldom a dear offer sells; without it nothing does.
    if (product.target_price && demand.basis == DemandBasis::none &&
        channel.list_price + product.costs.ship_charged.value_or(0) > price.p90)
        out.reasons.push_back("list_price_above_market");
    if (price.log_sd > defaults.wide_spread) out.reasons.push_back("price_spread_wide");
    note({.name = "log_sd", .value = price.log_sd, .limit = defaults.wide_spread, .at_most = true},
         out);
    const double suspicious = static_cast<double>(defaults.suspicious_roi) / 1e6;
    if (channel.roi_p50 && *channel.roi_p50 > suspicious) {
        out.reasons.push_back("roi_too_good");
        note({.name = "roi_p50", .value = *channel.roi_p50, .limit = suspicious, .at_most = true},
             out);
    }
    return out.reasons.size() > before;
}

// 0 to 100: how far the return exceeds what is asked, how sure the price is, how sure the sale is.
// What is unknown takes no part.
int score_of(const ChannelProfit& channel, const Price& price, const Demand& demand,
             double min_roi) {
    double sum = 0.3 * static_cast<double>(price.confidence) / 100, weights = 0.3;
    if (channel.roi_p50) {
        const double full = 2 * std::max(min_roi, 0.01);
        sum += 0.4 * std::clamp(*channel.roi_p50 / full, 0.0, 1.0);
        weights += 0.4;
    }
    if (demand.basis != DemandBasis::none) {
        sum += 0.3 * demand.sold_share;
        weights += 0.3;
    }
    return static_cast<int>(std::lround(std::clamp(100 * sum / weights, 0.0, 100.0)));
}

// Absent inputs that would have changed the answer.
void collect_missing(const Price& price, const Demand& demand, const Profit& profit, Verdict& out) {
    const auto add = [&](std::string_view name) {
        if (std::find(out.missing.begin(), out.missing.end(), name) == out.missing.end())
            out.missing.push_back(name);
    };
    for (const std::string_view name : profit.missing)
        add(name);
    for (const std::string_view name : price.missing)
        add(name);
    if (demand.basis == DemandBasis::none) add("sold_count");
}

}  // namespace

std::string_view to_string(Decision decision) noexcept {
    switch (decision) {
        case Decision::buy:
            return "buy";
        case Decision::review:
            return "review";
        case Decision::pass:
            return "pass";
        case Decision::avoid:
            return "avoid";
        case Decision::insufficient_data:
            break;
    }
    return "insufficient_data";
}

void Verdict::clear() {
    decision = Decision::insufficient_data;
    score = 0;
    reasons.clear();
    missing.clear();
    checked = 0;
}

void judge(const Product& product, const Duplicates& duplicates, const Price& price,
           const Demand& demand, const Profit& profit, const Risks& risks, const Tables& tables,
           Verdict& out) {
    out.clear();
    const Defaults& defaults = tables.defaults;
    collect_missing(price, demand, profit, out);
    const bool blocked = find_risks(risks, RiskGate::avoid, out);
    const ChannelProfit* channel = profit.used > 0 ? &profit.channels[profit.best] : nullptr;
    if (price.basis == PriceBasis::none) out.reasons.push_back("price_unknown");
    if (price.basis != PriceBasis::none && channel == nullptr)
        out.reasons.push_back("channel_unknown");
    const bool costed = product.unit_cost || product.costs.lot_share;
    if (!costed) out.reasons.push_back("cost_unknown");
    if (channel == nullptr || !channel->profit_expected) return;  // insufficient_data

    using enum GateCheck::Unit;
    const Overrides& own = product.overrides;
    const double min_roi = static_cast<double>(own.min_roi.value_or(defaults.min_roi)) / 1e6;
    const auto min_profit = static_cast<double>(own.min_profit.value_or(defaults.min_profit));
    const double min_p10 = -static_cast<double>(defaults.downside_tolerance);
    std::optional<double> p_sold;
    if (demand.basis != DemandBasis::none) p_sold = demand.sold_share;
    const auto gate = [&](const auto& value, const GateCheck& check, const GateNames& names) {
        return record(at_least(value, check, out), names, out);
    };
    const Gate enough = gate(channel->profit_expected,
                             {.name = "profit_expected",
                              .limit = min_profit,
                              .unit = money,
                              .own_limit = own.min_profit.has_value()},
                             profit_gate);
    const Gate returns =
        gate(channel->roi_p50,
             {.name = "roi_p50", .limit = min_roi, .own_limit = own.min_roi.has_value()}, roi_gate);
    const Gate sells =
        gate(p_sold,
             {.name = product.quantity > 1 ? "sold_share" : "p_sold", .limit = defaults.min_p_sold},
             demand_gate);
    const Gate downside =
        gate(channel->profit_p10, {.name = "profit_p10", .limit = min_p10, .unit = money},
             downside_gate);
    const Gate confident =
        gate(std::optional(price.confidence),
             {.name = "confidence", .limit = static_cast<double>(defaults.min_confidence)},
             confidence_gate);
    if (product.target_price && channel->profit_at_list < 0 && channel->break_even &&
        channel->list_price < *channel->break_even)
        out.reasons.push_back("list_price_below_break_even");
    if (price.log_sd <= defaults.narrow_spread) out.reasons.push_back("price_ci_narrow");
    const bool doubted =
        find_doubts(product, duplicates, price, demand, risks, *channel, defaults, out);
    out.score = score_of(*channel, price, demand, min_roi);

    const bool profitable = enough != Gate::failed && returns != Gate::failed;
    const bool holds = sells != Gate::failed && downside != Gate::failed;
    if (blocked) {
        out.decision = Decision::avoid;
        out.score = 0;
    } else if (profitable && sells != Gate::failed && (doubted || confident == Gate::failed)) {
        out.decision = Decision::review;
    } else {
        out.decision = profitable && holds ? Decision::buy : Decision::pass;
    }
    assert(!out.reasons.empty());
}

void explain_verdict(const Verdict& verdict, const Currency& currency, EvidenceList& out) {
    if (verdict.checked == 0) return;
    double major = 1;
    for (int i = 0; i < currency.exponent(); ++i)
        major *= 10;
    std::string& detail = out.add("verdict", "defaults", "gates").detail;
    for (std::size_t i = 0; i < verdict.checked; ++i) {
        const GateCheck& check = verdict.checks[i];
        const double unit = check.unit == GateCheck::Unit::money ? major : 1;
        if (i > 0) detail += "; ";
        detail.append(check.name) += ' ';
        append_thousandths(detail, check.value / unit);
        detail += check.at_most ? (check.value <= check.limit ? " <= " : " > ")
                                : (check.value >= check.limit ? " >= " : " < ");
        append_thousandths(detail, check.limit / unit);
        if (check.own_limit) detail += " (own)";
    }
}

}  // namespace assay::engine
