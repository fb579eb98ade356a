// Reads the listing rules.
// SPDX-License-Identifier: MIT
#include "engine/analysis/listing_rules.hpp"

#include <algorithm>
#include <cassert>

namespace assay::engine {
namespace {

constexpr std::array<std::string_view, defect_count> names{"title_too_long",
                                                           "title_too_short",
                                                           "all_caps",
                                                           "promo_phrase",
                                                           "forbidden_char",
                                                           "repeated_word",
                                                           "brand_missing_from_title",
                                                           "no_identifier",
                                                           "invalid_identifier",
                                                           "too_few_images",
                                                           "duplicate_image_url",
                                                           "no_description",
                                                           "html_in_description",
                                                           "missing_condition",
                                                           "missing_dims_weight"};

// The characters of a UTF-8 text, each as a text of its own.
std::vector<std::string> characters_of(const std::string& text) {
    std::vector<std::string> characters;
    for (const char c : text) {
        const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (continues && !characters.empty())
            characters.back() += c;
        else
            characters.emplace_back(1, c);
    }
    return characters;
}

ListingLimits read_limits(const DataNode& node) {
    node.only({"platform", "title_max", "title_good", "images_needed", "images_good", "forbidden",
               "repeats_max", "measures"});
    const auto count = [&](std::string_view name) { return node.at(name).integer(0, 10'000); };
    ListingLimits limits;
    limits.platform = node.at("platform").text();
    limits.title_max = count("title_max");
    limits.title_good = count("title_good");
    limits.images_needed = count("images_needed");
    limits.images_good = count("images_good");
    if (node.find("forbidden").present())
        limits.forbidden = characters_of(node.find("forbidden").text());
    if (node.find("repeats_max").present())
        limits.repeats_max = node.find("repeats_max").integer(1, 100);
    limits.measures = node.find("measures").flag();
    return limits;
}

}  // namespace

std::string_view to_string(Defect defect) noexcept {
    return names[static_cast<std::size_t>(defect)];
}

const ListingLimits& ListingRules::limits_of(std::string_view platform) const noexcept {
    const ListingLimits* any = nullptr;
    for (const ListingLimits& limits : platforms) {
        if (limits.platform == platform) return limits;
        if (limits.platform == "any") any = &limits;
    }
    assert(any != nullptr);
    return *any;
}

ListingRules read_listing_rules(const DataNode& root) {
    ListingRules rules;
    root.only({"date", "platforms", "promo_phrases", "stop_words", "costs"});
    const DataNode platforms = root.at("platforms");
    platforms.for_each_item(
        [&](const DataNode& node) { rules.platforms.push_back(read_limits(node)); });
    const auto is_any = [](const ListingLimits& limits) { return limits.platform == "any"; };
    if (std::none_of(rules.platforms.begin(), rules.platforms.end(), is_any))
        platforms.fault("has no entry for any");
    rules.promo_phrases.read(root.at("promo_phrases"), 0);
    rules.promo_phrases.finish();
    rules.stop_words.read(root.at("stop_words"), 0);
    rules.stop_words.finish();
    const DataNode costs = root.at("costs");
    for (std::size_t i = 0; i < defect_count; ++i) {
        const DataNode node = costs.at(names[i]);
        node.only({"value"});
        rules.costs[i] = static_cast<int>(node.at("value").integer(0, 100));
    }
    return rules;
}

}  // namespace assay::engine
