// Makes products with siblings, and writes each one's title as two shops would.
// SPDX-License-Identifier: MIT
#include "tests/engine/analysis/noisy_pairs.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/analysis/dice.hpp"

namespace assay::testing {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<const char*, 40> syllables = {
    "ar", "bel", "cor", "dex", "el",  "fin", "gra", "hy",  "in",  "jo",  "kal", "lum", "mor", "nex",
    "or", "pix", "qua", "ren", "sol", "tri", "ul",  "ver", "win", "xen", "yo",  "zet", "sta", "med",
    "da", "bri", "cam", "dro", "fal", "gen", "hol", "kin", "lor", "nav", "pur", "tas"};
constexpr std::array<const char*, 72> program_words = {
    "accounting", "photo",     "video",     "antivirus", "office",    "language",  "tutor",
    "typing",     "payroll",   "backup",    "firewall",  "studio",    "designer",  "garden",
    "home",       "landscape", "math",      "reading",   "spelling",  "world",     "map",
    "atlas",      "tax",       "legal",     "forms",     "converter", "pdf",       "creator",
    "burner",     "music",     "maker",     "game",      "quest",     "adventure", "racing",
    "chess",      "poker",     "puzzle",    "detective", "mystery",   "kitchen",   "recipes",
    "cookbook",   "resume",    "website",   "publisher", "greeting",  "cards",     "scrapbook",
    "clip",       "art",       "fonts",     "drawing",   "animation", "database",  "manager",
    "contact",    "small",     "business",  "server",    "internet",  "phonics",   "spanish",
    "french",     "security",  "utilities", "recovery",  "desktop",   "mobile",    "science",
    "history",    "geography"};
constexpr std::array<const char*, 48> device_words = {
    "digital",   "camera",    "lcd",       "television", "speaker",  "system",     "headphones",
    "receiver",  "player",    "recorder",  "camcorder",  "printer",  "scanner",    "router",
    "wireless",  "keyboard",  "mouse",     "monitor",    "notebook", "drive",      "portable",
    "microwave", "oven",      "washer",    "dryer",      "blender",  "toaster",    "vacuum",
    "cleaner",   "telephone", "answering", "cordless",   "battery",  "charger",    "adapter",
    "case",      "tripod",    "lens",      "flash",      "memory",   "navigation", "radio",
    "amplifier", "subwoofer", "dock",      "projector",  "screen",   "mount"};
constexpr std::array<const char*, 10> editions = {
    "standard", "professional", "premium",    "deluxe",   "home",
    "basic",    "ultimate",     "enterprise", "academic", "gold"};
constexpr std::array<const char*, 6> systems = {"windows",    "mac",           "win/mac",
                                                "windows xp", "windows vista", "pc"};
constexpr std::array<const char*, 8> colors = {"black", "white", "silver", "red",
                                               "blue",  "pink",  "gray",   "green"};
constexpr std::array<const char*, 10> program_extras = {
    "software",          "cd-rom",  "dvd", "complete package", "1 user", "retail", "box",
    "win 98 me 2000 xp", "english", "(pc)"};
constexpr std::array<const char*, 10> device_extras = {
    "with remote",   "- retail", "refurbished grade", "kit",
    "free shipping", "usa",      "w/ cable",          "(discontinued by manufacturer)",
    "energy star",   "series"};

constexpr std::pair<std::string_view, std::string_view> short_forms[] = {
    {"professional", "pro"},   {"standard", "std"},     {"premium", "prem"},
    {"edition", "ed"},         {"upgrade", "upg"},      {"windows", "win"},
    {"academic", "acad"},      {"enterprise", "ent"},   {"digital", "dig"},
    {"camera", "cam"},         {"black", "blk"},        {"white", "wht"},
    {"silver", "slv"},         {"wireless", "wrls"},    {"system", "sys"},
    {"television", "tv"},      {"manager", "mgr"},      {"business", "bus"},
    {"international", "intl"}, {"accounting", "acctg"}, {"utilities", "utils"},
    {"photo", "foto"},         {"portable", "port"}};

struct Goods {
    std::string maker;
    Words name;
    std::string model, edition, version, system, color;
    bool upgrade = false;
    double price = 0;
};

std::string made_up_name(Dice& dice, std::size_t parts) {
    std::string name;
    for (; parts > 0; --parts)
        name += dice.pick(syllables);
    return name;
}

// "dsc-w120": letters of the line, a number that its siblings count up.
std::string model_of(const std::string& line, std::size_t number) {
    return line + std::to_string(number);
}

Goods make_family(Catalogue catalogue, const Words& makers, Dice& dice) {
    Goods family;
    family.maker = makers[dice.below(makers.size())];
    if (catalogue == Catalogue::software) {
        if (dice.chance(0.8)) family.name.push_back(made_up_name(dice, 2 + dice.below(2)));
        for (std::size_t i = 1 + dice.below(3); i > 0; --i)
            family.name.push_back(dice.pick(program_words));
    } else {
        if (dice.chance(0.3)) family.name.push_back(made_up_name(dice, 2));
        for (std::size_t i = 2 + dice.below(3); i > 0; --i)
            family.name.push_back(dice.pick(device_words));
    }
    return family;
}

// A version or a model further, another edition or colour.
Goods make_sibling(Catalogue catalogue, const Goods& family, std::size_t place, Dice& dice) {
    Goods one = family;
    constexpr std::array<double, 10> prices = {10, 20, 30, 40, 50, 80, 100, 150, 300, 500};
    one.price = prices[dice.below(prices.size())] * (0.8 + 0.4 * dice.part());
    if (catalogue == Catalogue::electronics) {
        one.color = dice.chance(0.5) ? dice.pick(colors) : std::string();
        if (!family.model.empty()) one.model = model_of(family.model, 110 + 10 * place);
        return one;
    }
    if (dice.chance(0.45)) {
        one.version = std::to_string(2 + dice.below(10)) + ".0";
    } else if (dice.chance(0.5)) {
        one.version = std::to_string(2003 + dice.below(7));
    }
    if (dice.chance(0.7)) one.edition = dice.pick(editions);
    one.system = dice.pick(systems);
    one.upgrade = dice.chance(0.12);
    return one;
}

std::vector<Goods> make_goods(Catalogue catalogue, std::size_t count, Dice& dice) {
    Words makers;
    for (int i = 0; i < 160; ++i)
        makers.push_back(made_up_name(dice, 2 + dice.below(2)));
    std::vector<Goods> goods;
    std::set<std::string> known;
    while (goods.size() < count) {
        Goods family = make_family(catalogue, makers, dice);
        if (catalogue == Catalogue::electronics && dice.chance(0.85)) {
            for (std::size_t i = 2 + dice.below(2); i > 0; --i)
                family.model += static_cast<char>('a' + dice.below(26));
            family.model += "-";
            family.model += static_cast<char>('a' + dice.below(26));
        }
        constexpr std::array<std::size_t, 6> sizes = {1, 1, 2, 2, 3, 4};
        const std::size_t siblings = sizes[dice.below(sizes.size())];
        for (std::size_t place = 0; place < siblings; ++place) {
            Goods one = make_sibling(catalogue, family, place, dice);
            std::string key = one.maker + one.model + one.version + one.edition + one.color;
            for (const std::string& word : one.name)
                key += " " + word;
            if (known.insert(key + (one.upgrade ? "u" : "")).second)
                goods.push_back(std::move(one));
        }
    }
    return goods;
}

// --- how a shop writes ---------------------------------------------------------------------------

std::string in_other_form(std::string model, const std::string& color, Dice& dice) {
    const std::size_t joint = model.find('-');
    const std::string suffix(1, color.empty() ? 'k' : color.front());
    switch (dice.below(4)) {
        case 0:
            return model.erase(joint, 1);
        case 1:
            model[joint] = ' ';
            return model;
        case 2:
            return model.erase(joint, 1) + suffix;
        default:
            return model + "/" + suffix;
    }
}

std::string shortened(const std::string& word) {
    const auto* const found = std::find_if(std::begin(short_forms), std::end(short_forms),
                                           [&](const auto& pair) { return pair.first == word; });
    return found == std::end(short_forms) ? word : std::string(found->second);
}

std::string written_version(const Goods& goods, const Noise& noise, Dice& dice) {
    std::string version = goods.version;
    if (version.empty() || !dice.chance(noise.version)) return version;
    if (version.ends_with(".0")) {
        version.resize(version.size() - 2);
        return (dice.chance(0.4) ? "v" : "") + version;
    }
    return dice.chance(0.3) ? std::string() : version;
}

Words title_words(const Goods& goods, const Noise& noise, Dice& dice) {
    Words words;
    if (!dice.chance(noise.no_brand)) words.push_back(goods.maker);
    bool kept = false;
    for (std::size_t i = 0; i < goods.name.size(); ++i) {
        const bool last = i + 1 == goods.name.size();
        if (dice.chance(noise.dropped) && (kept || !last)) continue;
        words.push_back(goods.name[i]);
        kept = true;
    }
    if (!goods.model.empty()) {
        const bool other = dice.chance(noise.model_form);
        words.insert(words.begin() + (dice.chance(0.7) && !words.empty() ? 1 : 0),
                     other ? in_other_form(goods.model, goods.color, dice) : goods.model);
    }
    if (const std::string version = written_version(goods, noise, dice); !version.empty())
        words.push_back(version);
    if (!goods.edition.empty() && !dice.chance(noise.dropped / 2)) {
        words.push_back(goods.edition);
        if (dice.chance(0.3)) words.emplace_back("edition");
    }
    if (goods.upgrade) words.emplace_back("upgrade");
    if (!goods.color.empty() && !dice.chance(noise.dropped)) words.push_back(goods.color);
    if (!goods.system.empty() && dice.chance(0.25 + 0.5 * noise.version))
        words.push_back("for " + goods.system);
    return words;
}

std::string join(const Words& words) {
    std::string title;
    for (const std::string& word : words)
        title += (title.empty() ? "" : " ") + word;
    return title;
}

std::string write_title(Catalogue catalogue, const Goods& goods, const Noise& noise, Dice& dice) {
    Words words = title_words(goods, noise, dice);
    for (std::string& word : words) {
        if (dice.chance(noise.abbreviated)) word = shortened(word);
    }
    if (dice.chance(noise.reordered)) dice.shuffle(words);
    if (dice.chance(noise.added)) {
        for (std::size_t i = 1 + dice.below(3); i > 0; --i)
            words.push_back(catalogue == Catalogue::software ? dice.pick(program_extras)
                                                             : dice.pick(device_extras));
        if (dice.chance(0.25)) words.push_back(std::to_string(10'000 + dice.below(9'000'000)));
    }
    if (dice.chance(noise.misspelt)) {
        std::string& word = words[dice.below(words.size())];
        const bool plain = std::all_of(word.begin(), word.end(),
                                       [](unsigned char c) { return std::islower(c) != 0; });
        if (plain && word.size() > 4) word.erase(1 + dice.below(word.size() - 2), 1);
    }
    return join(words);
}

ShopRow sell(Catalogue catalogue, const Goods& goods, const Noise& noise, bool first_shop,
             std::size_t number, Dice& dice) {
    ShopRow row;
    row.id = (first_shop ? "a" : "b") + std::to_string(number);
    Goods titled = goods;
    if (!goods.model.empty() && dice.chance(noise.model_field)) {
        row.model = dice.chance(noise.model_form) ? in_other_form(goods.model, goods.color, dice)
                                                  : goods.model;
        titled.model.clear();
    }
    row.title = write_title(catalogue, titled, noise, dice);
    if (first_shop || !dice.chance(std::max(noise.no_brand, 0.3))) row.brand = goods.maker;
    if (dice.chance(0.9))
        row.price = std::llround(100 * goods.price * std::exp(noise.price * dice.normal()));
    row.first_shop = first_shop;
    return row;
}

}  // namespace

std::span<const NamedNoise> kinds_of_noise() noexcept {
    static constexpr std::array<NamedNoise, 11> kinds = {{
        {"none", {}},
        {"dropped words", {.dropped = 0.3}},
        {"reordered words", {.reordered = 1}},
        {"brand missing", {.no_brand = 1}},
        {"model formats", {.model_form = 1}},
        {"model in a field", {.model_field = 1}},
        {"abbreviations", {.abbreviated = 1}},
        {"versions", {.version = 1}},
        {"added words", {.added = 1}},
        {"misspelt", {.misspelt = 1}},
        {"all together",
         {.dropped = 0.15,
          .reordered = 0.2,
          .no_brand = 0.5,
          .model_form = 0.5,
          .model_field = 0.3,
          .abbreviated = 0.3,
          .version = 0.5,
          .added = 0.6,
          .misspelt = 0.1,
          .price = 0.25}},
    }};
    return kinds;
}

LabelledShops noisy_shops(Catalogue catalogue, const Noise& noise, std::uint32_t seed) {
    constexpr std::size_t first_shop = 1'100, shared = 900, others = 1'400;
    Dice dice(seed);
    const std::vector<Goods> goods = make_goods(catalogue, first_shop + others, dice);
    LabelledShops shops;
    // Families lie side by side: what is not of the first shop are siblings of what is.
    std::vector<const Goods*> of_first, rest;
    for (const Goods& one : goods)
        (dice.chance(0.45) && of_first.size() < first_shop ? of_first : rest).push_back(&one);
    const Noise none;
    for (std::size_t i = 0; i < of_first.size(); ++i)
        shops.rows.push_back(sell(catalogue, *of_first[i], none, true, i, dice));
    std::size_t number = 0;
    for (std::size_t i = 0; i < std::min(shared, of_first.size()); ++i) {
        for (int copies = dice.chance(0.1) ? 2 : 1; copies > 0; --copies) {
            shops.rows.push_back(sell(catalogue, *of_first[i], noise, false, number, dice));
            shops.same.emplace("a" + std::to_string(i), "b" + std::to_string(number++));
        }
    }
    for (const Goods* one : rest)
        shops.rows.push_back(sell(catalogue, *one, noise, false, number++, dice));
    return shops;
}

}  // namespace assay::testing
