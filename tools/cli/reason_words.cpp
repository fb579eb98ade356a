// One list of the codes that engine/analysis gives.
// SPDX-License-Identifier: MIT
#include "tools/cli/reason_words.hpp"

#include <algorithm>

#include "engine/base/ascii.hpp"

namespace assay::tools {
namespace {

struct Known {
    std::string_view code, sentence, mark;
};
constexpr Known known_reasons[] = {
    {"profit_ok", "the expected profit is at least what is asked", "+"},
    {"profit_low", "the expected profit is less than what is asked", "-"},
    {"roi_ok", "the return on the cost is at least what is asked", "+"},
    {"roi_low", "the return on the cost is less than what is asked", "-"},
    {"demand_ok", "it sells often enough", "+"},
    {"demand_low", "it sells too seldom", "-"},
    {"demand_unknown", "nothing says how often it sells; this gate was skipped", "?"},
    {"downside_ok", "even a poor price (p10) loses little or nothing", "+"},
    {"downside_loss", "a poor price (p10) loses money", "-"},
    {"list_price_below_break_even", "your list price does not bring back what it costs", "-"},
    {"list_price_above_market", "your list price is above the market, and demand is unknown", "!"},
    {"price_confidence_ok", "the price is known well enough", "+"},
    {"price_confidence_low", "the price is not known well enough", "!"},
    {"price_ci_narrow", "the market agrees on the price", "+"},
    {"price_spread_wide", "the market does not agree on the price", "!"},
    {"price_unknown", "nothing says what it sells for", "?"},
    {"channel_unknown", "no channel can sell it, or none is known for its currency", "?"},
    {"cost_unknown", "nothing says what it costs", "?"},
    {"roi_too_good", "the return is too good to be trusted unseen", "!"},
    {"duplicate_in_batch", "another row of the batch may be the same piece", "!"},
    {"hazmat_review", "dangerous goods: carriers and warehouses may refuse it", "!"},
    {"gated_review", "the channel may not let you sell it", "!"},
};

bool ends(std::string_view text, std::string_view end) {
    return text.ends_with(end);
}

Ink ink_of(std::string_view mark) noexcept {
    if (mark == "+") return Ink::good;
    if (mark == "-") return Ink::bad;
    return Ink::doubtful;
}

}  // namespace

ReasonWords reason_words(std::string_view code) noexcept {
    const auto* found = std::find_if(std::begin(known_reasons), std::end(known_reasons),
                                     [&](const Known& known) { return known.code == code; });
    if (found != std::end(known_reasons))
        return {found->sentence, found->mark, ink_of(found->mark)};
    std::string_view mark = "-";  // what the risk rules forbid
    if (ends(code, "_ok")) mark = "+";
    if (ends(code, "_unknown")) mark = "?";
    if (ends(code, "_review")) mark = "!";
    return {mark == "-" ? "forbids the purchase" : "", mark, ink_of(mark)};
}

std::string decision_words(std::string_view decision) {
    if (decision == "insufficient_data") return "not enough data";
    std::string words(decision);
    std::transform(words.begin(), words.end(), words.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return words;
}

std::string basis_words(std::string_view basis) {
    if (basis == "sold_comps") return "sold comparables";
    if (basis == "shrunk") return "few sold comparables, drawn towards what the category recovers";
    if (basis == "category_prior") return "what its category recovers of the retail price";
    if (basis == "none") return "there is neither a usable sold price nor a retail price";
    return std::string(basis);
}

}  // namespace assay::tools
