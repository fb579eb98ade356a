// Reads the demand rules and finds what a category has of its own.
// SPDX-License-Identifier: MIT
#include "engine/analysis/demand_rules.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/ascii.hpp"
#include "engine/base/clock.hpp"

namespace assay::engine {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), to_lower);
    return text;
}

void read_season(const DataNode& node, DemandRules& rules) {
    node.only({"name", "matches", "months"});
    DemandRules::Season season;
    season.name = node.at("name").text();
    const DataNode months = node.at("months");
    std::size_t month = 0;
    double sum = 0;
    if (months.size() != season.months.size()) return months.fault("needs twelve factors");
    months.for_each_item([&](const DataNode& factor) {
        season.months[month] = factor.number(0.1, 5);
        sum += season.months[month++];
    });
    if (std::abs(sum - 12) > 0.01) months.fault("does not have the mean 1");
    rules.season_index.read(node.at("matches"), static_cast<std::uint16_t>(rules.seasons.size()));
    rules.seasons.push_back(std::move(season));
}

void read_rank_model(const DataNode& node, DemandRules& rules) {
    node.only({"name", "matches", "markets", "fitted", "intercept", "slope", "all_conditions"});
    RankModel model;
    model.name = node.at("name").text();
    model.fitted = node.at("fitted").text();
    if (model.fitted.size() != 10 || !parse_time(model.fitted))
        node.at("fitted").fault("is not a date such as 2026-02-12");
    node.at("markets").for_each_item(
        [&](const DataNode& market) { model.markets.push_back(lower(market.text())); });
    model.intercept = node.at("intercept").number(0, 30);
    model.slope = node.at("slope").number(0.1, 3);
    model.all_conditions = node.find("all_conditions").flag();
    rules.rank_index.read(node.at("matches"), static_cast<std::uint16_t>(rules.rank_models.size()));
    rules.rank_models.push_back(std::move(model));
}

}  // namespace

double RankModel::units_per_day(std::int64_t rank) const noexcept {
    return std::exp(intercept - slope * std::log(static_cast<double>(rank))) / 7;
}

bool RankModel::holds_for(std::string_view market) const noexcept {
    return std::any_of(markets.begin(), markets.end(), [&](const std::string& known) {
        return market.size() == known.size() &&
               std::equal(market.begin(), market.end(), known.begin(),
                          [](char a, char b) { return to_lower(a) == b; });
    });
}

const DemandRules::Prior* DemandRules::prior_of(std::string_view category) const {
    const auto found = prior_index.find_deepest(category);
    return found ? &priors[*found] : nullptr;
}

const DemandRules::Season* DemandRules::season_of(std::string_view category) const {
    const auto found = season_index.find_deepest(category);
    return found ? &seasons[*found] : nullptr;
}

const RankModel* DemandRules::rank_model_of(std::string_view rank_category,
                                            std::string_view category, std::string_view channel,
                                            std::string_view marketplace) const {
    const auto found = rank_index.find_deepest(rank_category.empty() ? category : rank_category);
    if (!found) return nullptr;
    const RankModel& model = rank_models[*found];
    return model.holds_for(channel) || model.holds_for(marketplace) ? &model : nullptr;
}

DemandRules read_demand_rules(const DataNode& root) {
    DemandRules rules;
    root.only({"date", "priors", "seasons", "rank_models"});
    root.at("priors").for_each_item([&](const DataNode& node) {
        node.only({"name", "matches", "shape", "rate"});
        rules.prior_index.read(node.at("matches"), static_cast<std::uint16_t>(rules.priors.size()));
        rules.priors.push_back({node.at("name").text(), node.at("shape").number(0.01, 1000),
                                node.at("rate").number(0.01, 10'000)});
    });
    root.at("seasons").for_each_item([&](const DataNode& node) { read_season(node, rules); });
    root.at("rank_models").for_each_item([&](const DataNode& node) {
        read_rank_model(node, rules);
    });
    rules.prior_index.finish();
    rules.season_index.finish();
    rules.rank_index.finish();
    return rules;
}

}  // namespace assay::engine
