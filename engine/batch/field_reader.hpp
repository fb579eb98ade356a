// Reads single checked values out of a product's JSON: texts, numbers, money, times. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/money.hpp"
#include "engine/batch/batch.hpp"
#include "engine/batch/json_rules.hpp"
#include "engine/batch/key_table.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// An object's values by the position of their key in a KeyTable; null counts as absent.
template <std::size_t Count>
class Members {
  public:
    bool has(std::size_t position) const noexcept { return (given_ >> position & 1U) != 0; }
    const simdjson::dom::element& operator[](std::size_t position) const noexcept {
        return values_[position];
    }

  private:
    friend class FieldReader;
    static_assert(Count <= 64);
    std::array<simdjson::dom::element, Count> values_{};
    std::uint64_t given_ = 0;
};

// One per parser. Every read returns false on a fault, which the walker keeps; an absent or null
// value leaves `out` as it is. Allocates only to report.
class FieldReader {
  public:
    using Element = simdjson::dom::element;

    void start(std::size_t json_bytes, bool has_escapes, MoneyUnit unit,
               std::vector<InputNote>& notes);
    JsonWalker& walker() noexcept { return walker_; }

    // Sorts an object's members into `out`, refuses keys named twice, and walks what is unknown.
    template <std::size_t Count>
    bool members(const Element& value, const JsonPath& path, const KeyTable<Count>& keys,
                 Members<Count>& out);

    bool text(const Element& value, const JsonPath& path, std::string_view& out,
              std::size_t characters_max = limits::string_bytes_max);
    // As text(); a number becomes its digits and sets `was_number`.
    bool text_or_number(const Element& value, const JsonPath& path, std::string_view& out,
                        bool& was_number);
    bool integer(const Element& value, const JsonPath& path, std::int64_t min, std::int64_t max,
                 std::int64_t& out);
    bool integer(const Element& value, const JsonPath& path, std::int64_t min, std::int64_t max,
                 std::optional<std::int64_t>& out);
    bool number(const Element& value, const JsonPath& path, double min, double max, double& out);
    bool flag(const Element& value, const JsonPath& path, bool& out);
    bool flag(const Element& value, const JsonPath& path, std::optional<bool>& out);
    bool rate(const Element& value, const JsonPath& path, std::optional<PartsPerMillion>& out);
    bool time(const Element& value, const JsonPath& path, TimePoint& out);
    // Text of the ladder or its aliases, or a number (eBay's ids). Not understood: `unknown` and a
    // note, for a seller's own word must not cost him the product.
    bool condition(const Element& value, const JsonPath& path, Condition& out,
                   std::string_view& as_given);
    bool texts(const Element& value, const JsonPath& path, std::size_t count_max,
               std::vector<std::string_view>& out);

    bool currency(const Element& value, const JsonPath& path, Currency& out);
    // An amount in `expected` (empty: two decimals): text "9.99", {amount, currency}, or a bare
    // number by the batch's money unit. `found`: the currency the object names, if any.
    bool amount(const Element& value, const JsonPath& path, Currency expected, MinorUnits& out,
                Currency& found);
    // As amount(). One in another currency is left out with a note: there are no rates here.
    bool money(const Element& value, const JsonPath& path, Currency expected,
               std::optional<MinorUnits>& out);
    // The currency of an {amount, currency} object, or none; never a fault.
    Currency peek_currency(const Element& value);

    void note(std::string_view code, const JsonPath& path, std::string detail);
    bool too_many(const JsonPath& path, std::size_t count_max);
    bool wrong_type(const JsonPath& path, std::string_view wanted);
    bool fail(ErrorCode code, const JsonPath& path, std::string message, std::string remedy = {}) {
        return walker_.fail(code, path, std::move(message), std::move(remedy));
    }

  private:
    bool bare_number(const Element& value, const JsonPath& path, Currency currency,
                     MinorUnits& out);
    bool decimal(std::string_view text, const JsonPath& path, Currency currency, MinorUnits& out);

    JsonWalker walker_;
    MoneyUnit unit_ = MoneyUnit::minor;
    bool has_escapes_ = false;  // only then can a text hold control characters
    std::vector<InputNote>* notes_ = nullptr;
    Currency last_currency_;                          // most products name one currency many times
    std::vector<std::array<char, 32>> number_texts_;  // never grows beyond what start() reserves
};

template <std::size_t Count>
bool FieldReader::members(const Element& value, const JsonPath& path, const KeyTable<Count>& keys,
                          Members<Count>& out) {
    if (!value.is_object()) return wrong_type(path, "an object");
    const std::size_t mark = walker_.key_mark();
    std::uint64_t seen = 0;
    for (const auto [key, member] : object_of(value)) {
        const int found = keys.find(key);
        if (found < 0) {
            if (!walker_.check_key(key, mark, path) || !walker_.walk(member, JsonPath(path, key)))
                return false;
            continue;
        }
        const auto position = static_cast<std::size_t>(found);
        const std::uint64_t bit = 1ULL << position;
        if ((seen & bit) != 0) {
            return fail(ErrorCode::duplicate_key, JsonPath(path, key), "is named twice",
                        "name each key once");
        }
        seen |= bit;
        if (member.is_null()) continue;
        out.values_[position] = member;
        out.given_ |= bit;
    }
    if (!walker_.distinct(mark, path)) return false;
    walker_.drop_keys(mark);
    return true;
}

}  // namespace assay::engine
