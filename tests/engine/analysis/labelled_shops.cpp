// Reads the public pair of shops, and makes up another.
// SPDX-License-Identifier: MIT
#include "tests/engine/analysis/labelled_shops.hpp"

#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

#include "tests/engine/analysis/dice.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::testing {
namespace {

using Record = std::map<std::string, std::string>;

// Enough of CSV for three files that are known: quotes, doubled quotes, lines within quotes.
std::vector<Record> read_table(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1);
    std::string cell;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            cell += text[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == ',' || c == '\n')) {
            rows.back().push_back(std::move(cell));
            cell.clear();
            if (c == '\n') rows.emplace_back();
        } else if (c != '\r') {
            cell += c;
        }
    }
    if (!cell.empty() || !rows.back().empty()) rows.back().push_back(std::move(cell));
    std::vector<Record> records;
    for (std::size_t r = 1; r < rows.size(); ++r) {
        if (rows[r].size() != rows[0].size()) continue;
        Record& record = records.emplace_back();
        for (std::size_t c = 0; c < rows[r].size(); ++c)
            record[rows[0][c]] = rows[r][c];
    }
    return records;
}

std::optional<std::vector<Record>> read_file(std::string_view name) {
    std::ifstream file(shared_data(name), std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return read_table(text.str());
}

// Latin-1, as abt.csv is.
std::string to_utf8(const std::string& latin) {
    std::string text;
    for (const char c : latin) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text += c;
        } else {
            text += static_cast<char>(0xC0U | byte >> 6);
            text += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return text;
}

std::optional<MinorUnits> to_cents(std::string text) {
    std::erase_if(text, [](char c) { return c == '$' || c == ','; });
    if (text.empty()) return std::nullopt;
    return std::llround(std::stod(text) * 100);
}

void add_shop(const std::vector<Record>& records, const std::string& prefix, bool first,
              LabelledShops& shops) {
    for (const Record& record : records) {
        ShopRow row;
        row.id = prefix + record.at("id");
        row.title = to_utf8(record.at("name"));
        row.description = to_utf8(record.at("description"));
        if (record.contains("manufacturer")) row.brand = to_utf8(record.at("manufacturer"));
        row.price = to_cents(record.at("price"));
        row.first_shop = first;
        shops.rows.push_back(std::move(row));
    }
}

// --- made up ---------------------------------------------------------------------------------

constexpr std::array<const char*, 29> syllables = {
    "ar",  "bel", "cor", "dex", "el", "fin", "gra", "hy",  "in",  "jo",
    "kal", "lum", "mor", "nex", "or", "pix", "qua", "ren", "sol", "tri",
    "ul",  "ver", "win", "xen", "yo", "zet", "sta", "med", "da"};
constexpr std::array<const char*, 64> nouns = {
    "accounting", "photo",     "video",    "antivirus", "office",    "language",  "tutor",
    "typing",     "payroll",   "backup",   "firewall",  "studio",    "designer",  "garden",
    "home",       "landscape", "math",     "reading",   "spelling",  "world",     "map",
    "atlas",      "tax",       "legal",    "forms",     "converter", "pdf",       "creator",
    "burner",     "music",     "maker",    "game",      "quest",     "adventure", "racing",
    "chess",      "poker",     "puzzle",   "detective", "mystery",   "kitchen",   "recipes",
    "cookbook",   "resume",    "website",  "publisher", "greeting",  "cards",     "scrapbook",
    "clip",       "art",       "fonts",    "drawing",   "animation", "database",  "manager",
    "contact",    "small",     "business", "server",    "internet",  "phonics",   "spanish",
    "french"};
constexpr std::array<const char*, 12> editions = {
    "standard", "professional", "premium", "deluxe", "home", "basic",
    "ultimate", "enterprise",   "student", "gold",   "plus", "express"};
constexpr std::array<const char*, 7> platforms = {"windows", "mac",       "win/mac",         "pc",
                                                  "win",     "macintosh", "windows xp/vista"};
constexpr std::array<const char*, 12> fillers = {
    "software", "cd-rom",       "dvd", "box",     "complete package", "1 user",
    "retail",   "full version", "new", "english", "jewel case",       "(pc)"};

struct Program {
    std::string vendor, edition, version, platform;
    std::vector<std::string> name;
    bool upgrade = false;
    double price = 0;
};

std::string make_name(Dice& dice) {
    std::string name;
    for (std::size_t i = 2 + dice.below(2); i > 0; --i)
        name += dice.pick(syllables);
    return name;
}

std::vector<Program> make_programs(Dice& dice, std::size_t count) {
    std::vector<std::string> vendors;
    for (int i = 0; i < 140; ++i)
        vendors.push_back(make_name(dice) + (dice.chance(0.3) ? " software" : ""));
    std::vector<Program> programs;
    std::set<std::string> known;
    while (programs.size() < count) {
        Program family;
        family.vendor = vendors[dice.below(vendors.size())];
        if (dice.chance(0.75)) family.name.push_back(make_name(dice));
        for (std::size_t i = 1 + dice.below(3); i > 0; --i)
            family.name.push_back(dice.pick(nouns));
        constexpr std::array<std::size_t, 5> siblings = {1, 1, 2, 3, 4};
        for (std::size_t i = siblings[dice.below(siblings.size())]; i > 0; --i) {
            Program one = family;
            if (dice.chance(0.4))
                one.version = std::to_string(2 + dice.below(11)) + ".0";
            else if (dice.chance(0.4))
                one.version = std::to_string(2003 + dice.below(7));
            if (dice.chance(0.9)) one.edition = dice.pick(editions);
            one.platform = dice.pick(platforms);
            one.upgrade = dice.chance(0.15);
            constexpr std::array<double, 10> prices = {10, 20, 30, 40, 50, 80, 100, 150, 300, 500};
            one.price = prices[dice.below(prices.size())];
            std::string key = one.vendor + one.version + one.edition + (one.upgrade ? "u" : "");
            for (const auto& word : one.name)
                key += " " + word;
            if (known.insert(key).second) programs.push_back(std::move(one));
        }
    }
    return programs;
}

std::string write_title(const Program& program, bool first_shop, Dice& dice) {
    std::vector<std::string> words = program.name;
    if (words.size() > 2 && dice.chance(0.12)) words.erase(words.begin() + 1);
    if (!program.version.empty() && dice.chance(0.9)) {
        std::string version = program.version;
        if (version.ends_with(".0") && dice.chance(0.5)) version.resize(version.size() - 2);
        words.push_back((version.size() < 4 && dice.chance(0.1) ? "v" : "") + version);
    }
    if (!program.edition.empty() && dice.chance(0.85)) words.push_back(program.edition);
    if (program.upgrade && dice.chance(0.9)) words.push_back("upgrade");
    if (dice.chance(first_shop ? 0.35 : 0.75)) words.insert(words.begin(), program.vendor);
    if (dice.chance(0.35)) words.push_back("for " + program.platform);
    for (std::size_t i = dice.below(first_shop ? 2 : 3); i > 0; --i)
        words.push_back(dice.pick(fillers));
    if (!first_shop && dice.chance(0.08))
        words.push_back(std::to_string(10'000 + dice.below(9'000'000)));
    if (dice.chance(0.05)) {
        std::string& word = words[dice.below(words.size())];
        if (word.size() > 5) word.erase(1 + dice.below(word.size() - 2), 1);
    }
    std::string title;
    for (const std::string& word : words)
        title += (title.empty() ? "" : " ") + word;
    return title;
}

ShopRow sell(const Program& program, bool first_shop, std::size_t number, Dice& dice) {
    ShopRow row;
    row.id = (first_shop ? "a" : "b") + std::to_string(number);
    row.title = write_title(program, first_shop, dice);
    if (dice.chance(first_shop ? 0.9 : 0.1)) row.brand = program.vendor;
    if (dice.chance(0.95)) {
        row.price = std::llround(100 * program.price * std::exp(0.25 * dice.normal()));
    }
    row.first_shop = first_shop;
    return row;
}

}  // namespace

std::optional<LabelledShops> abt_and_buy() {
    const auto abt = read_file("abt.csv"), buy = read_file("buy.csv");
    const auto same = read_file("abt_buy_perfectmapping.csv");
    if (!abt || !buy || !same) return std::nullopt;
    LabelledShops shops;
    add_shop(*abt, "a", true, shops);
    add_shop(*buy, "b", false, shops);
    for (const Record& pair : *same)
        shops.same.emplace("a" + pair.at("idAbt"), "b" + pair.at("idBuy"));
    return shops;
}

LabelledShops software_shops(std::uint32_t seed) {
    constexpr std::size_t first_shop = 1'300, second_shop = 3'200, shared = 1'150;
    Dice dice(seed);
    const std::vector<Program> programs = make_programs(dice, first_shop + 1'800);
    LabelledShops shops;
    std::size_t number = 0;
    // Families lie side by side: every third program is only in the second shop.
    std::vector<const Program*> of_first, rest;
    for (std::size_t i = 0; i < programs.size(); ++i)
        (i % 3 == 2 || of_first.size() == first_shop ? rest : of_first).push_back(&programs[i]);
    for (std::size_t i = 0; i < of_first.size(); ++i)
        shops.rows.push_back(sell(*of_first[i], true, i, dice));
    for (std::size_t i = 0; i < shared; ++i) {
        for (int copies = dice.chance(0.15) ? 2 : 1; copies > 0; --copies) {
            shops.rows.push_back(sell(*of_first[i], false, number, dice));
            shops.same.emplace("a" + std::to_string(i), "b" + std::to_string(number++));
        }
    }
    while (number < second_shop)
        shops.rows.push_back(sell(*rest[dice.below(rest.size())], false, number++, dice));
    return shops;
}

}  // namespace assay::testing
