// Fee files: JSON into checked tables, every fault with its place.
// SPDX-License-Identifier: MIT
#include "engine/analysis/fee_tables.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/analysis/fee_nodes.hpp"
#include "engine/base/clock.hpp"

namespace assay::engine {
namespace {

using namespace fee_limits;

FeeSchedule read_schedule(const DataNode& node) {
    FeeSchedule schedule;
    node.only({"shape", "steps", "minimum", "maximum"});
    const DataNode shape = node.at("shape");
    const std::string name = shape.text();
    if (shape.present() && name != "marginal" && name != "whole")
        shape.fault("is neither marginal nor whole");
    schedule.shape = name == "whole" ? FeeShape::whole : FeeShape::marginal;
    read_steps(node.at("steps"), "up_to", steps_max, [&](const DataNode& step, MinorUnits up_to) {
        step.only({"up_to", "ppm"});
        schedule.steps.push_back({up_to, step.at("ppm").integer(0, rate_max)});
    });
    const auto limit = [&](std::string_view member) -> std::optional<MinorUnits> {
        const DataNode found = node.find(member);
        if (!found.present()) return std::nullopt;
        return found.integer(0, amount_max);
    };
    schedule.minimum = limit("minimum");
    schedule.maximum = limit("maximum");
    if (schedule.minimum && schedule.maximum && *schedule.minimum > *schedule.maximum)
        node.fault("the minimum is above the maximum");
    return schedule;
}

// The items of an optional list, at most `maximum`.
template <class Item, class Read>
std::vector<Item> read_list(const DataNode& list, std::size_t maximum, const Read& read) {
    std::vector<Item> items;
    if (list.size() > maximum) {
        list.fault("has more than " + std::to_string(maximum) + " entries");
        return items;
    }
    list.for_each_item([&](const DataNode& node) { items.push_back(read(node)); });
    return items;
}

std::vector<std::string> read_texts(const DataNode& list, std::size_t maximum) {
    return read_list<std::string>(list, maximum, [](const DataNode& node) { return node.text(); });
}

FixedFee read_fixed_fee(const DataNode& node) {
    node.only({"code", "steps"});
    FixedFee fee;
    fee.code = node.at("code").text();
    read_steps(node.at("steps"), "up_to", fixed_steps_max,
               [&](const DataNode& step, MinorUnits up_to) {
                   step.only({"up_to", "amount"});
                   fee.steps.emplace_back(up_to, step.at("amount").integer(0, amount_max));
               });
    return fee;
}

std::vector<FixedFee> read_fixed(const DataNode& list) {
    return read_list<FixedFee>(list, fixed_fees_max, read_fixed_fee);
}

std::vector<PercentageFee> read_percentages(const DataNode& list) {
    return read_list<PercentageFee>(list, percentages_max, [](const DataNode& node) {
        node.only({"code", "schedule"});
        return PercentageFee{node.at("code").text(), read_schedule(node.at("schedule"))};
    });
}

FeeCategory read_category(const DataNode& node) {
    node.only({"name", "secondary", "matches", "schedule", "fixed"});
    FeeCategory category;
    category.name = node.at("name").text();
    category.secondary = node.find("secondary").flag();
    category.matches = read_texts(node.at("matches"), matches_max);
    category.schedule = read_schedule(node.at("schedule"));
    category.fixed = read_fixed(node.find("fixed"));
    return category;
}

FeeOption read_option(const DataNode& node) {
    node.only({"name", "standard", "percentages", "fixed"});
    FeeOption option;
    option.name = node.at("name").text();
    if (node.find("standard").present()) option.standard = read_schedule(node.find("standard"));
    option.percentages = read_percentages(node.find("percentages"));
    option.fixed = read_fixed(node.find("fixed"));
    return option;
}

std::optional<double> read_length(const DataNode& node) {
    if (!node.present()) return std::nullopt;
    return node.number(0, 1e9);
}

// Amounts of one weight: one for each price band.
std::vector<MinorUnits> read_bands(const DataNode& list, std::size_t bands) {
    auto amounts = read_list<MinorUnits>(
        list, bands_max, [](const DataNode& node) { return node.integer(0, amount_max); });
    if (list.present() && amounts.size() != bands) {
        list.fault("needs " + std::to_string(bands) + " amounts, one for each price band");
        amounts.assign(bands, 0);
    }
    return amounts;
}

FulfilmentTier read_tier(const DataNode& node, std::size_t bands) {
    node.only({"name", "sides", "length_girth_max", "weight_over", "weight_max", "weight",
               "side_min", "steps", "beyond"});
    FulfilmentTier tier;
    tier.name = node.at("name").text();
    if (const DataNode sides = node.find("sides"); sides.present()) {
        const auto lengths =
            read_list<double>(sides, 3, [](const DataNode& side) { return side.number(0, 1e6); });
        if (lengths.size() != 3)
            sides.fault("needs three lengths");
        else
            tier.sides = {lengths[0], lengths[1], lengths[2]};
        if (!std::is_sorted(lengths.rbegin(), lengths.rend())) sides.fault("longest side first");
    }
    tier.length_girth_max = read_length(node.find("length_girth_max"));
    tier.weight_over = read_length(node.find("weight_over"));
    tier.weight_max = read_length(node.find("weight_max"));
    tier.side_min = read_length(node.find("side_min")).value_or(0);
    if (const DataNode weight = node.find("weight"); weight.present()) {
        if (weight.text() != "unit") weight.fault("can only be unit");
        tier.unit_weight = true;
    }
    double previous = 0;
    tier.steps = read_list<FulfilmentStep>(node.find("steps"), 64, [&](const DataNode& step) {
        step.only({"up_to", "amounts"});
        FulfilmentStep read{step.at("up_to").number(0, 1e9), read_bands(step.at("amounts"), bands)};
        if (read.up_to <= previous) step.fault("steps must ascend");
        previous = read.up_to;
        return read;
    });
    if (const DataNode beyond = node.find("beyond"); beyond.present()) {
        beyond.only({"above", "step", "amounts", "per_step"});
        tier.above = beyond.at("above").number(0, 1e9);
        tier.step = beyond.at("step").number(0.001, 1e9);
        tier.amounts = read_bands(beyond.at("amounts"), bands);
        tier.per_step = beyond.at("per_step").integer(0, amount_max);
    }
    return tier;
}

Fulfilment read_fulfilment(const DataNode& node) {
    node.only({"code", "units", "divisor", "price_bands", "surcharge_ppm", "not_for", "tiers"});
    Fulfilment fulfilment;
    fulfilment.code = node.at("code").text();
    const DataNode units = node.at("units");
    const std::string name = units.text();
    if (units.present() && name != "imperial" && name != "metric")
        units.fault("is neither imperial nor metric");
    fulfilment.imperial = name == "imperial";
    fulfilment.divisor = node.at("divisor").number(0, 1e6);
    const DataNode bands = node.find("price_bands");
    fulfilment.price_bands = read_list<MinorUnits>(
        bands, bands_max - 1, [](const DataNode& band) { return band.integer(0, amount_max); });
    if (!std::is_sorted(fulfilment.price_bands.begin(), fulfilment.price_bands.end()))
        bands.fault("must ascend");
    if (const DataNode surcharge = node.find("surcharge_ppm"); surcharge.present())
        fulfilment.surcharge = surcharge.integer(0, rate_max);
    fulfilment.not_for = read_texts(node.find("not_for"), categories_max);
    const std::size_t count = fulfilment.price_bands.size() + 1;
    fulfilment.tiers = read_list<FulfilmentTier>(
        node.at("tiers"), tiers_max, [&](const DataNode& tier) { return read_tier(tier, count); });
    return fulfilment;
}

// The schedules of another channel's table that is in force when this one takes effect.
void copy_table(const DataNode& node, std::span<const Channel> known, FeeTable& table) {
    const std::string name = node.text();
    const auto channel =
        std::find_if(known.begin(), known.end(), [&](const Channel& c) { return c.name == name; });
    if (channel == known.end()) return node.fault("names no channel read before this one");
    const FeeTable* source = channel->in_force(table.effective);
    if (source == nullptr) return node.fault("names a channel without a table on that date");
    FeeTable copy = *source;
    copy.version = table.version;
    copy.effective = table.effective;
    copy.mark = table.mark;
    copy.sources.clear();
    table = std::move(copy);
}

void read_schedules(const DataNode& node, FeeTable& table) {
    std::uint16_t position = 0;
    table.percentage_code = node.at("percentage_code").text();
    table.net_of_vat = node.find("net_of_vat").flag();
    table.base_includes_sales_tax = node.find("base_includes_sales_tax").flag();
    table.standard = read_schedule(node.at("standard"));
    table.categories = read_list<FeeCategory>(
        node.find("categories"), categories_max, [&](const DataNode& category) {
            table.category_index.read(category.at("matches"), position++);
            return read_category(category);
        });
    table.category_index.finish();
    table.percentages = read_percentages(node.find("percentages"));
    table.fixed = read_fixed(node.find("fixed"));
    table.options = read_list<FeeOption>(node.find("options"), options_max, read_option);
}

FeeTable read_table(const DataNode& node, std::span<const Channel> known) {
    node.only({"effective", "mark", "as_in", "percentage_code", "net_of_vat",
               "base_includes_sales_tax", "standard", "categories", "percentages", "fixed",
               "options", "fulfilment"});
    FeeTable table;
    table.effective = read_date(node.at("effective"), table.version);
    const DataNode mark = node.find("mark");
    table.mark = mark.present() ? mark.text() : "own";
    if (table.mark != "official" && table.mark != "secondary" && table.mark != "estimate" &&
        table.mark != "own")
        mark.fault("is none of official, secondary, estimate and own");
    if (const DataNode as_in = node.find("as_in"); as_in.present())
        copy_table(as_in, known, table);
    else
        read_schedules(node, table);
    if (const DataNode found = node.find("fulfilment"); found.present())
        table.fulfilment = read_fulfilment(found);
    table.sources = read_texts(node.find("sources"), matches_max);
    return table;
}

void read_nature(const DataNode& root, Channel& channel) {
    channel.name = root.at("channel").text();
    channel.aliases = read_texts(root.find("aliases"), matches_max);
    channel.marketplace = root.at("marketplace").text();
    channel.platform =
        root.find("platform").present() ? root.find("platform").text() : channel.name;
    if (root.find("country").present()) channel.country = root.find("country").text();
    const DataNode currency = root.at("currency");
    if (const std::string code = currency.text(); !code.empty()) {
        const auto parsed = Currency::parse(code);
        if (parsed)
            channel.currency = *parsed;
        else
            currency.fault(parsed.error().message);
    }
    channel.sends = root.find("channel_sends").flag();
    if (const DataNode days = root.find("payout_days"); days.present())
        channel.payout_days = static_cast<int>(days.integer(0, 365));
    if (const DataNode tried = root.find("tried"); tried.present()) {
        const std::string when = tried.text();
        channel.tried = when == "named"      ? Tried::named
                        : when == "measured" ? Tried::measured
                                             : Tried::always;
        if (when != "always" && when != "measured" && when != "named")
            tried.fault("is none of always, measured and named");
    }
    root.find("refuses_conditions").for_each_item([&](const DataNode& node) {
        const std::string name = node.text();
        for (std::size_t i = 0; i < condition_count; ++i) {
            if (to_string(static_cast<Condition>(i)) != name) continue;
            channel.refuses[i] = true;
            return;
        }
        node.fault("is no condition of the ladder");
    });
}

}  // namespace

std::chrono::sys_days read_date(const DataNode& node, std::string& text) {
    text = node.text();
    const auto time = parse_time(text);
    if (time && text.size() == 10) return std::chrono::floor<std::chrono::days>(*time);
    node.fault("is not a date such as 2026-02-12");
    return {};
}

Postage read_postage(const DataNode& node) {
    node.only({"carrier", "steps", "unknown_weight"});
    Postage postage;
    if (node.find("carrier").present()) postage.carrier = node.find("carrier").text();
    read_steps(node.at("steps"), "up_to_grams", 4 * steps_max,
               [&](const DataNode& step, MinorUnits up_to) {
                   step.only({"up_to_grams", "amount"});
                   postage.steps.push_back({up_to, step.at("amount").integer(0, amount_max)});
               });
    postage.unknown_weight = node.at("unknown_weight").integer(0, amount_max);
    return postage;
}

Result<Channel> parse_channel(std::string_view json, std::string_view path,
                              std::span<const Channel> known) {
    DataFile file(path, json);
    const DataNode root = file.root();
    root.only({"channel", "aliases", "platform", "marketplace", "country", "currency",
               "payout_days", "tried", "channel_sends", "refuses_conditions", "postage", "tables"});
    Channel channel;
    read_nature(root, channel);
    channel.postage = read_postage(root.at("postage"));
    const DataNode tables = root.at("tables");
    if (tables.present() && tables.size() == 0) tables.fault("is empty");
    tables.for_each_item([&](const DataNode& node) {
        FeeTable table = read_table(node, known);
        table.channel = channel.name;
        table.currency = channel.currency;
        if (!channel.tables.empty() && table.effective <= channel.tables.back().effective)
            node.at("effective").fault("dates must ascend");
        channel.tables.push_back(std::move(table));
    });
    if (const Result<void> done = file.finish(); !done) return done.error();
    return channel;
}

}  // namespace assay::engine
