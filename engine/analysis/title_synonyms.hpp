// Words of titles that two shops write differently, and those that tell editions and systems apart.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/analysis/key_table.hpp"

namespace assay::engine {

// What a word of a title is compared as.
struct Synonym {
    std::string_view text;        // the long form; empty: the word as it is
    std::uint16_t editions = 0;   // a bit: of a range of editions it is this one
    std::uint16_t platforms = 0;  // a bit: it runs on this
    bool is_number = false;       // it numbers a part: ii
};

// Short forms are ones that stand for one word only: no "prof", which is also a profile.
inline constexpr WordGroup<Synonym> synonym_groups[] = {
    {{"standard", 1U << 0}, "standard std"},
    {{"professional", 1U << 1}, "professional pro"},
    {{"premium", 1U << 2}, "premium prem"},
    {{"deluxe", 1U << 3}, "deluxe dlx"},
    {{"ultimate", 1U << 4}, "ultimate"},
    {{"enterprise", 1U << 5}, "enterprise"},
    {{"academic", 1U << 6}, "academic acad"},
    {{"platinum", 1U << 7}, "platinum"},
    {{"gold", 1U << 8}, "gold"},
    {{"home", 1U << 9}, "home"},
    {{"basic", 1U << 10}, "basic"},
    {{"express", 1U << 11}, "express"},
    {{"lite", 1U << 12}, "lite"},
    {{"student", 1U << 13}, "student"},
    {{"premier", 1U << 14}, "premier"},
    {{"windows", 0, 1U << 0}, "windows win"},
    {{{}, 0, 1U << 0}, "pc"},
    {{"mac", 0, 1U << 1}, "mac macintosh"},
    {{{}, 0, 1U << 2}, "linux"},
    {{"ps2", 0, 1U << 3, true}, "ps2 playstation2"},
    {{"ps3", 0, 1U << 4, true}, "ps3 playstation3"},
    {{"ps4", 0, 1U << 5, true}, "ps4 playstation4"},
    {{"ps5", 0, 1U << 6, true}, "ps5 playstation5"},
    {{{}, 0, 1U << 7}, "psp"},
    {{{}, 0, 1U << 8}, "xbox"},
    {{{}, 0, 1U << 9}, "wii"},
    {{{}, 0, 1U << 10}, "gamecube"},
    {{"upgrade"}, "upg upgr upgrad"},
    {{"edition"}, "ed"},
    {{"version"}, "ver"},
    {{"license"}, "lic licence"},
    {{"international"}, "intl"},
    {{"wireless"}, "wrls"},
    {{"digital"}, "dig"},
    {{"system"}, "sys"},
    {{"television"}, "tv televisions"},
    {{"manager"}, "mgr"},
    {{"utilities"}, "utils"},
    {{"black"}, "blk"},
    {{"white"}, "wht"},
    {{"silver"}, "slv"},
    {{"2", 0, 0, true}, "ii"},
    {{"3", 0, 0, true}, "iii"},
    {{"4", 0, 0, true}, "iv"},
    {{"6", 0, 0, true}, "vi"},
    {{"7", 0, 0, true}, "vii"},
    {{"8", 0, 0, true}, "viii"},
};
inline constexpr KeyTable<Synonym> synonym_table(synonym_groups);
static_assert(synonym_table.find(word_key("std")).text == "standard");
static_assert(synonym_table.find(word_key("xbox")).text.empty());

}  // namespace assay::engine
