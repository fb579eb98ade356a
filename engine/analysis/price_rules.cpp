// Reads the price rules and answers for a source or a category.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_rules.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

using Factors = std::array<double, condition_count>;

// A group tells what used goods of it bring against new ones; the steps between grades keep their
// proportions on logs. For parts it does not matter: they are compared with parts only.
double stretch_of(const DataNode& used, const Factors& factors) {
    used.only({"over_new", "as"});
    const std::string as = used.at("as").text();
    const double over_new = used.at("over_new").number(0.05, 0.99);
    for (std::size_t i = 0; i < condition_count; ++i) {
        if (to_string(static_cast<Condition>(i)) != as) continue;
        if (factors[i] > 0 && factors[i] < 1) return std::log(over_new) / std::log(factors[i]);
    }
    used.fault("names no condition below new");
    return 1;
}

PriceGroup make_group(std::string name, double stretch, const Factors& factors) {
    PriceGroup group;
    group.name = std::move(name);
    for (std::size_t i = 0; i < condition_count; ++i)
        group.log_factors[i] = factors[i] > 0 ? stretch * std::log(factors[i]) : 0;
    return group;
}

bool is_same_name(std::string_view given, std::string_view lower) noexcept {
    return given.size() == lower.size() &&
           std::equal(given.begin(), given.end(), lower.begin(),
                      [](char a, char b) { return to_lower(a) == b; });
}

}  // namespace

const PriceGroup& PriceRules::group_of(std::string_view category) const {
    return groups[index.find_deepest(category).value_or(0)];
}

double PriceRules::trust_in(std::string_view source) const noexcept {
    if (source.empty()) return 1;
    const auto found = std::find_if(sources.begin(), sources.end(),
                                    [&](const Source& s) { return is_same_name(source, s.name); });
    return found == sources.end() ? 1 : found->trust;
}

PriceRules read_price_rules(const DataNode& root, const Factors& factors) {
    PriceRules rules;
    root.only({"date", "sources", "groups"});
    root.at("sources").for_each_item([&](const DataNode& node) {
        node.only({"name", "trust"});
        if (!node.find("why").present()) node.fault("does not say why");
        PriceRules::Source source{node.at("name").text(), node.at("trust").number(0.01, 1)};
        for (char& c : source.name)
            c = to_lower(c);
        rules.sources.push_back(std::move(source));
    });
    rules.groups.push_back(make_group({}, 1, factors));
    root.at("groups").for_each_item([&](const DataNode& node) {
        node.only({"name", "matches", "half_life_days", "spread", "used"});
        const DataNode used = node.find("used");
        const double stretch = used.present() ? stretch_of(used, factors) : 1;
        PriceGroup group = make_group(node.at("name").text(), stretch, factors);
        if (const DataNode days = node.find("half_life_days"); days.present())
            group.half_life_days = days.at("value").number(1, 3650);
        if (const DataNode spread = node.find("spread"); spread.present())
            group.spread = spread.at("value").number(0.01, 3);
        rules.index.read(node.at("matches"), static_cast<std::uint16_t>(rules.groups.size()));
        rules.groups.push_back(std::move(group));
    });
    rules.index.finish();
    return rules;
}

}  // namespace assay::engine
