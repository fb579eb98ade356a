// Reads a rate card and puts its zones into the channels that use them.
// SPDX-License-Identifier: MIT
#include "engine/analysis/rate_card.hpp"

#include <algorithm>

#include "engine/analysis/fee_nodes.hpp"

namespace assay::engine {
namespace {

struct Zone {
    std::string name;
    Postage postage;
};

void use_zone(const DataNode& node, const std::vector<Zone>& zones, std::string_view currency,
              std::span<Channel> channels) {
    node.only({"channel", "zone"});
    const std::string name = node.at("channel").text(), zone_name = node.at("zone").text();
    const auto channel = std::find_if(channels.begin(), channels.end(),
                                      [&](const Channel& c) { return c.name == name; });
    if (channel == channels.end()) return node.at("channel").fault("names no channel");
    if (channel->currency.code() != currency)
        return node.at("channel").fault("sells in another currency than this card's");
    const auto zone = std::find_if(zones.begin(), zones.end(),
                                   [&](const Zone& z) { return z.name == zone_name; });
    if (zone == zones.end()) return node.at("zone").fault("names no zone of this card");
    channel->postage = zone->postage;
}

}  // namespace

bool is_rate_card(std::string_view json) {
    DataFile file("", json);
    const DataNode root = file.root();
    return root.present() && root.find("rate_card").present();
}

Result<void> apply_rate_card(std::string_view json, std::string_view path,
                             std::span<Channel> channels) {
    DataFile file(path, json);
    const DataNode root = file.root();
    root.only({"rate_card", "currency", "zones", "use"});
    const std::string currency = root.at("currency").text();
    std::vector<Zone> zones;
    root.at("zones").for_each_item([&](const DataNode& node) {
        zones.push_back({node.at("name").text(), read_postage(node.at("postage"))});
    });
    root.at("use").for_each_item(
        [&](const DataNode& node) { use_zone(node, zones, currency, channels); });
    return file.finish();
}

}  // namespace assay::engine
