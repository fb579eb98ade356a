// Percent-decoding, and parameters that say what they should have been.
// SPDX-License-Identifier: MIT
#include "tools/api/query.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/utf8.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t parameters_max = 32;

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_blank) c = ' ';
        if (c == '%') {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
            if (low < 0)
                return fail(ErrorCode::invalid_argument, "a percent escape is broken", {},
                            "write % itself as %25");
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return fail(ErrorCode::invalid_argument, "an escape stands for a control character");
        out += c;
    }
    if (!is_utf8(out))
        return fail(ErrorCode::invalid_argument, "the escapes are not UTF-8 when undone");
    return out;
}

Result<NamedColumns> parse_columns(const std::vector<std::string>& pieces,
                                   const std::string& parameter) {
    NamedColumns columns;
    for (const std::string& one : pieces) {
        const std::size_t equals = one.find('=');
        if (equals == std::string::npos && !columns.empty()) {
            columns.back().second += "," + one;
        } else if (equals == 0 || equals == std::string::npos || equals + 1 == one.size()) {
            return fail(ErrorCode::invalid_argument, "'" + one + "' is no FIELD=HEADER", parameter,
                        "write it like title=Item Desc,msrp=RRP");
        } else {
            columns.emplace_back(one.substr(0, equals), one.substr(equals + 1));
        }
    }
    return columns;
}

Result<Query> Query::parse(std::string_view text) {
    Query query;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (part.empty()) continue;
        const std::size_t equals = std::min(part.find('='), part.size());
        auto name = percent_decode(part.substr(0, equals), true);
        if (!name) return std::move(name).error();
        auto value = percent_decode(part.substr(std::min(equals + 1, part.size())), true);
        if (!value) {
            value.error().field = *name;
            return std::move(value).error();
        }
        if (query.find(*name) != nullptr)
            return fail(ErrorCode::invalid_argument, "the parameter is given twice", *name);
        if (query.parameters_.size() == parameters_max)
            return fail(ErrorCode::invalid_argument, "there are more than 32 parameters");
        query.parameters_.emplace_back(*std::move(name), *std::move(value));
    }
    return query;
}

const std::string* Query::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : parameters_)
        if (key == name) return &value;
    return nullptr;
}

std::optional<std::string> Query::text(std::string_view name) const {
    const std::string* value = find(name);
    if (value == nullptr) return std::nullopt;
    return *value;
}

Result<std::int64_t> Query::integer(std::string_view name, std::int64_t fallback, std::int64_t min,
                                    std::int64_t max) const {
    const std::string* value = find(name);
    if (value == nullptr) return fallback;
    std::int64_t number = 0;
    const char* end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, number);
    if (value->empty() || error != std::errc{} || stop != end || number < min || number > max)
        return fail(
            ErrorCode::invalid_argument,
            "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max),
            std::string(name));
    return number;
}

Result<bool> Query::boolean(std::string_view name, bool fallback) const {
    const std::string* value = find(name);
    if (value == nullptr) return fallback;
    if (*value == "1" || *value == "true") return true;
    if (*value == "0" || *value == "false") return false;
    return fail(ErrorCode::invalid_argument, "must be true or false", std::string(name));
}

Result<std::int64_t> Query::limit() const {
    return integer("limit", static_cast<std::int64_t>(limits::page_limit_default), 1,
                   static_cast<std::int64_t>(limits::page_limit_max));
}

Result<NamedColumns> Query::columns() const {
    const std::string* value = find("columns");
    std::vector<std::string> pieces;
    std::string_view text = value == nullptr ? std::string_view() : *value;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        pieces.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parse_columns(pieces, "columns");
}

Result<void> Query::only(std::initializer_list<std::string_view> known) const {
    for (const auto& [name, value] : parameters_) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        std::string list;
        for (const std::string_view word : known)
            list.append(list.empty() ? "" : ", ").append(word);
        return fail(ErrorCode::invalid_argument, "is no parameter of this resource", name,
                    known.size() == 0 ? "it takes none" : "it takes " + list);
    }
    return {};
}

}  // namespace assay::tools
