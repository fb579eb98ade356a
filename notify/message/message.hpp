// A message for people: what happened, in a few named facts, before any channel writes it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"

namespace assay::notify {

enum class Tone : std::uint8_t { neutral, good, warning, bad };

struct Fact {
    std::string name, value;
    friend bool operator==(const Fact&, const Fact&) = default;
};

// Texts are valid UTF-8 and of any length and content: each channel cuts and escapes them by its
// own rules.
struct Message {
    std::string title;
    std::string text;  // sentences below it; may be empty
    std::vector<Fact> facts;
    std::string link;    // http(s) URL with more; empty: none
    std::string footer;  // event type and id
    Tone tone = Tone::neutral;
    TimePoint time{};
    friend bool operator==(const Message&, const Message&) = default;
};

}  // namespace assay::notify
