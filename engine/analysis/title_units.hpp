// The units that titles write behind a number, and the one spelling that each is brought to.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/analysis/key_table.hpp"

namespace assay::engine {

struct Unit {
    enum class Kind : std::uint8_t {
        none,
        storage,   // 64gb
        content,   // 50ml: "4 x 50ml" are four
        measure,   // 14in, 500w: "20 x 30cm" is one
        attached,  // 1080p, 24bit: only where it is written without a blank
    };
    Kind kind = Kind::none;
    std::string_view text;  // how it is written in a normal title
};

inline constexpr WordGroup<Unit> unit_groups[] = {
    {{Unit::Kind::storage, "gb"}, "gb gbyte gigabyte gigabytes gig"},
    {{Unit::Kind::storage, "tb"}, "tb tbyte terabyte terabytes"},
    {{Unit::Kind::measure, "mb"}, "mb mbyte megabyte megabytes"},
    {{Unit::Kind::measure, "kb"}, "kb"},
    {{Unit::Kind::measure, "in"}, "inch inches zoll"},
    {{Unit::Kind::attached, "in"}, "in"},  // apart it is a word: new in box
    {{Unit::Kind::measure, "ft"}, "ft feet foot"},
    {{Unit::Kind::measure, "mm"}, "mm"},
    {{Unit::Kind::measure, "cm"}, "cm"},
    {{Unit::Kind::attached, "m"}, "m"},
    {{Unit::Kind::measure, "ghz"}, "ghz"},
    {{Unit::Kind::measure, "mhz"}, "mhz"},
    {{Unit::Kind::measure, "hz"}, "hz"},
    {{Unit::Kind::measure, "mp"}, "mp megapixel megapixels"},
    {{Unit::Kind::measure, "mah"}, "mah"},
    {{Unit::Kind::measure, "wh"}, "wh"},
    {{Unit::Kind::measure, "kw"}, "kw"},
    {{Unit::Kind::measure, "w"}, "w watt watts"},
    {{Unit::Kind::measure, "v"}, "v volt volts"},
    {{Unit::Kind::attached, "a"}, "a"},
    {{Unit::Kind::measure, "btu"}, "btu"},
    {{Unit::Kind::measure, "rpm"}, "rpm"},
    {{Unit::Kind::measure, "mbps"}, "mbps"},
    {{Unit::Kind::measure, "gbps"}, "gbps"},
    {{Unit::Kind::measure, "dpi"}, "dpi"},
    {{Unit::Kind::measure, "fps"}, "fps"},
    {{Unit::Kind::measure, "lb"}, "lb lbs pound pounds"},
    {{Unit::Kind::content, "oz"}, "oz ounce ounces"},
    {{Unit::Kind::content, "ml"}, "ml milliliter"},
    {{Unit::Kind::content, "cl"}, "cl"},
    {{Unit::Kind::content, "l"}, "l liter liters litre litres"},
    {{Unit::Kind::content, "g"}, "g gramm gram grams"},
    {{Unit::Kind::content, "kg"}, "kg"},
    {{Unit::Kind::attached, "p"}, "p"},
    {{Unit::Kind::attached, "i"}, "i"},
    {{Unit::Kind::attached, "k"}, "k"},
    {{Unit::Kind::attached, "x"}, "x"},
    {{Unit::Kind::attached, "d"}, "d"},
    {{Unit::Kind::attached, "bit"}, "bit"},
    {{Unit::Kind::attached, "ch"}, "ch"},
    {{Unit::Kind::attached, "pin"}, "pin"},
    {{Unit::Kind::attached, "port"}, "port"},
    {{Unit::Kind::attached, "pk"}, "pk"},
    {{Unit::Kind::attached, "pcs"}, "pcs"},
    {{Unit::Kind::attached, "er"}, "er"},
    {{Unit::Kind::attached, "ct"}, "ct"},
    {{Unit::Kind::attached, "st"}, "st"},
    {{Unit::Kind::attached, "nd"}, "nd"},
    {{Unit::Kind::attached, "rd"}, "rd"},
    {{Unit::Kind::attached, "th"}, "th"},
};
inline constexpr KeyTable<Unit> unit_table(unit_groups);
static_assert(unit_table.find(word_key("inches")).text == "in");

}  // namespace assay::engine
