// Reads the money rules and answers what profit asks of them.
// SPDX-License-Identifier: MIT
#include "engine/analysis/money_rules.hpp"

#include <algorithm>
#include <cmath>

#include "engine/analysis/fee_nodes.hpp"

namespace assay::engine {
namespace {

constexpr double grams_per_pound = 453.59237, millimetres_per_inch = 25.4;

// The weight that a volume counts as; 0: it does not count.
std::int64_t volume_grams(const CarrierTable& table,
                          const std::array<std::int64_t, 3>& sides_mm) noexcept {
    const double unit = table.imperial ? millimetres_per_inch : 10;
    double volume = 1;
    for (const std::int64_t side : sides_mm) {
        const double length = static_cast<double>(side) / unit;
        // Half a millimetre is granted: the figure is a rounded one.
        volume *= table.sides_up ? std::ceil((static_cast<double>(side) - 0.5) / unit) : length;
    }
    if (volume <= table.volume_above || table.divisor <= 0) return 0;
    const double units = std::ceil(volume / table.divisor - 1e-9);
    return static_cast<std::int64_t>(units * (table.imperial ? grams_per_pound : 1'000));
}

}  // namespace

const ReturnGroup* ReturnRates::group_of(std::string_view category) const noexcept {
    const auto found = index.find_deepest(category);
    return found ? &groups[*found] : nullptr;
}

bool VatRules::lists(std::string_view country) const noexcept {
    return std::any_of(rates.begin(), rates.end(),
                       [&](const Rate& rate) { return rate.country == country; });
}

PartsPerMillion VatRules::rate_in(std::string_view country) const noexcept {
    const auto found = std::find_if(rates.begin(), rates.end(),
                                    [&](const Rate& r) { return r.country == country; });
    return found == rates.end() ? standard : found->rate;
}

PartsPerMillion VatRules::surcharge_on(PartsPerMillion rate) const noexcept {
    const auto found = std::find_if(equivalence.begin(), equivalence.end(),
                                    [&](const Surcharge& s) { return s.rate == rate; });
    return found == equivalence.end() ? 0 : found->surcharge;
}

std::optional<std::int64_t> billable_grams(
    const std::vector<Carrier>& carriers, std::string_view carrier, std::chrono::sys_days date,
    std::optional<std::int64_t> grams,
    const std::optional<std::array<std::int64_t, 3>>& sides_mm) noexcept {
    if (!grams || !sides_mm || carrier.empty()) return grams;
    const auto found = std::find_if(carriers.begin(), carriers.end(),
                                    [&](const Carrier& c) { return c.name == carrier; });
    if (found == carriers.end()) return grams;
    const CarrierTable* in_force = nullptr;
    for (const CarrierTable& table : found->tables) {
        if (table.effective <= date) in_force = &table;
    }
    return in_force == nullptr ? grams : std::max(*grams, volume_grams(*in_force, *sides_mm));
}

ReturnRates read_return_rates(const DataNode& root) {
    ReturnRates rates;
    root.only({"date", "groups"});
    root.at("groups").for_each_item([&](const DataNode& node) {
        node.only({"name", "ppm", "matches"});
        const auto position = static_cast<std::uint16_t>(rates.groups.size());
        rates.groups.push_back({node.at("name").text(), node.at("ppm").integer(0, 1'000'000)});
        rates.index.read(node.at("matches"), position);
    });
    rates.index.finish();
    return rates;
}

VatRules read_vat_rules(const DataNode& root) {
    VatRules rules;
    root.only({"date", "default_ppm", "default_why", "rates", "equivalence"});
    const auto rate = [](const DataNode& node) { return node.integer(0, 1'000'000); };
    rules.standard = rate(root.at("default_ppm"));
    root.at("rates").for_each_item([&](const DataNode& node) {
        node.only({"country", "ppm"});
        rules.rates.push_back({node.at("country").text(), rate(node.at("ppm"))});
    });
    root.at("equivalence").for_each_item([&](const DataNode& node) {
        node.only({"country", "rate_ppm", "surcharge_ppm"});
        rules.equivalence.push_back(
            {node.at("country").text(), rate(node.at("rate_ppm")), rate(node.at("surcharge_ppm"))});
    });
    return rules;
}

std::vector<Carrier> read_carriers(const DataNode& root) {
    std::vector<Carrier> carriers;
    root.only({"date", "carriers"});
    root.at("carriers").for_each_item([&](const DataNode& node) {
        node.only({"name", "tables"});
        Carrier carrier;
        carrier.name = node.at("name").text();
        node.at("tables").for_each_item([&](const DataNode& at) {
            at.only({"effective", "units", "divisor", "volume_above", "sides_up"});
            CarrierTable table;
            std::string text;
            table.effective = read_date(at.at("effective"), text);
            table.imperial = at.at("units").text() == "imperial";
            table.divisor = at.at("divisor").number(1, 1e6);
            if (at.find("volume_above").present())
                table.volume_above = at.find("volume_above").number(0, 1e9);
            table.sides_up = at.find("sides_up").flag();
            if (!carrier.tables.empty() && table.effective <= carrier.tables.back().effective)
                at.at("effective").fault("dates must ascend");
            carrier.tables.push_back(table);
        });
        carriers.push_back(std::move(carrier));
    });
    return carriers;
}

}  // namespace assay::engine
