// Query strings and path segments: percent-decoding and typed parameters.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"

namespace assay::tools {

// "%20" -> " ", and "+" -> " " where `plus_is_blank`. Errors: invalid_argument (a broken escape, a
// control character, bytes that are not UTF-8).
Result<std::string> percent_decode(std::string_view text, bool plus_is_blank);

using NamedColumns = std::vector<std::pair<std::string, std::string>>;  // field -> header

// A list FIELD=HEADER,... split at its commas: a piece without "=" belongs to the header before it
// ("title=Name, long"). `parameter` is what errors name. Errors: invalid_argument. Pure.
Result<NamedColumns> parse_columns(const std::vector<std::string>& pieces,
                                   const std::string& parameter);

// The parameters of one request, each at most once.
class Query {
  public:
    // Errors: invalid_argument (broken escape, a name twice, more than 32 parameters).
    static Result<Query> parse(std::string_view text);

    const std::string* find(std::string_view name) const noexcept;
    std::optional<std::string> text(std::string_view name) const;
    // Errors: invalid_argument, naming the parameter and the range.
    Result<std::int64_t> integer(std::string_view name, std::int64_t fallback, std::int64_t min,
                                 std::int64_t max) const;
    Result<bool> boolean(std::string_view name, bool fallback) const;
    // limit=1..page_limit_max, page_limit_default without one.
    Result<std::int64_t> limit() const;
    // columns=price=Betrag,ean=Code. Errors: invalid_argument.
    Result<NamedColumns> columns() const;
    // Refuses every parameter that is not in the list, and says what is.
    Result<void> only(std::initializer_list<std::string_view> known) const;

    const std::vector<std::pair<std::string, std::string>>& all() const noexcept {
        return parameters_;
    }

  private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace assay::tools
