// Reads the risk rules.
// SPDX-License-Identifier: MIT
#include "engine/analysis/risk_rules.hpp"

#include <algorithm>

namespace assay::engine {
namespace {

// The position of a text among the known ones; faults where it is none of them.
template <std::size_t Count>
std::size_t choice(const DataNode& node, const std::array<std::string_view, Count>& known) {
    const std::string name = node.text();
    const auto found = std::find(known.begin(), known.end(), name);
    if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    std::string list;
    for (const std::string_view one : known)
        list.append(list.empty() ? "" : ", ").append(one);
    node.fault("is none of " + list);
    return 0;
}

constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"};
constexpr std::array<std::string_view, 3> gates{"none", "review", "avoid"};
constexpr std::array<std::string_view, 4> flags{"none", "hazmat", "lithium", "adult"};

void read_limits(const DataNode& limits, RiskRules& out) {
    limits.only({"oversize", "retail_low", "retail_absurd", "quantity_variance_ppm"});
    const DataNode oversize = limits.at("oversize");
    oversize.only({"sides_mm", "grams"});
    const DataNode sides = oversize.at("sides_mm");
    std::size_t side = 0;
    if (sides.size() != out.oversize_sides_mm.size()) sides.fault("needs three lengths");
    sides.for_each_item([&](const DataNode& node) {
        if (side < out.oversize_sides_mm.size())
            out.oversize_sides_mm[side++] = node.integer(1, 1'000'000);
    });
    out.oversize_grams = oversize.at("grams").integer(1, 1'000'000'000);
    out.retail_low = limits.at("retail_low").at("value").number(0, 1);
    out.retail_absurd = limits.at("retail_absurd").at("value").number(0, 1);
    out.quantity_variance = limits.at("quantity_variance_ppm").at("value").integer(0, 1'000'000);
}

}  // namespace

std::string_view to_string(Severity severity) noexcept {
    return severities[static_cast<std::size_t>(severity)];
}

RiskRules read_risk_rules(const DataNode& root) {
    RiskRules out;
    root.only({"date", "rules", "limits"});
    root.at("rules").for_each_item([&](const DataNode& node) {
        node.only(
            {"code", "severity", "gate", "flag", "platform", "words", "brands", "categories"});
        if (!node.find("why").present()) node.fault("does not say why");
        RiskRule rule;
        rule.code = node.at("code").text();
        rule.severity = static_cast<Severity>(choice(node.at("severity"), severities));
        rule.gate = static_cast<RiskGate>(choice(node.at("gate"), gates));
        rule.reason = rule.gate == RiskGate::review ? rule.code + "_review" : rule.code;
        if (const DataNode flag = node.find("flag"); flag.present())
            rule.flag = static_cast<RiskFlag>(choice(flag, flags));
        if (node.find("platform").present()) rule.platform = node.find("platform").text();
        const auto position = static_cast<std::uint16_t>(out.rules.size());
        out.words.read(node.find("words"), position);
        out.brands.read(node.find("brands"), position);
        out.categories.read(node.find("categories"), position);
        out.rules.push_back(std::move(rule));
    });
    out.words.finish();
    out.brands.finish();
    out.categories.finish();
    read_limits(root.at("limits"), out);
    return out;
}

}  // namespace assay::engine
