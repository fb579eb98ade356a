// Finds where the members of a JSON object and the elements of an array begin and end, without
// parsing what is inside. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace assay::engine {

// A cursor over JSON text. It checks the glue (brackets, colons, commas) and trusts the values:
// who needs them to be valid parses them afterwards, and then the whole text is.
class JsonScanner {
  public:
    explicit JsonScanner(std::string_view text) : text_(text) {}

    void skip_blanks() noexcept;
    bool take(char expected) noexcept;  // after blanks
    bool at_end() noexcept;             // after blanks
    std::size_t position() const noexcept { return position_; }

    // The next value's text, quotes and brackets included; nullopt: there is none or it never ends.
    std::optional<std::string_view> value() noexcept;

    // The next member of an object whose `{` has been taken. After the last one it takes the `}`
    // and returns end; broken: the glue is wrong.
    enum class Step { member, end, broken };
    Step member(std::string_view& raw_key, std::string_view& raw_value, bool& first) noexcept;
    // The same for an array.
    Step element(std::string_view& raw_value, bool& first) noexcept;

  private:
    std::optional<std::size_t> end_of_string(std::size_t at) const noexcept;
    Step separator(char closing, bool& first) noexcept;

    std::string_view text_;
    std::size_t position_ = 0;
};

}  // namespace assay::engine
