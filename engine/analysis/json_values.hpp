// Values of an analysis that may be absent, as JSON: the value or null (private to this folder).
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "engine/base/json_writer.hpp"
#include "engine/base/money.hpp"

namespace assay::engine {

// `Name`: what JsonWriter::key() takes; a literal is written without a look at its letters.
template <class Name>
void text_or_null(JsonWriter& json, const Name& name, std::string_view text) {
    json.key(name);
    if (text.empty())
        json.null();
    else
        json.string(text);
}

template <class Name>
void amount_or_null(JsonWriter& json, const Name& name, const std::optional<MinorUnits>& amount) {
    json.key(name);
    if (amount)
        json.integer(*amount);
    else
        json.null();
}

template <class Name>
void number_or_null(JsonWriter& json, const Name& name, const std::optional<double>& number,
                    int digits) {
    json.key(name);
    if (number)
        json.number(*number, digits);
    else
        json.null();
}

}  // namespace assay::engine
