// The headers of a request as they stand on the wire, each checked as it is written.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace assay::notify {

struct Header {
    std::string name, value;
    friend bool operator==(const Header&, const Header&) = default;
};

// Holds nothing but whole lines "Name: value\r\n": what would break out of its line, and what
// frames the message (Content-Length and the like, which are the transport's to write), stays out
// and leaves a fault behind. Memory is kept when it is cleared, so that one object serves many
// requests without an allocation.
class HeaderLines {
  public:
    void add(std::string_view name, std::string_view value);
    // The same with a value that is written in place: append to what begin() gives, then end().
    std::string& begin(std::string_view name);
    void end();

    const std::string& text() const noexcept { return text_; }
    // The first header that was refused. Errors: invalid_argument.
    Result<void> checked() const;
    void clear() noexcept;
    // The lines as values, for those who look into them: verifiers and mails.
    std::vector<Header> list() const;

  private:
    void refuse(std::string_view name, std::string why);

    std::string text_;
    std::size_t line_ = 0;   // where the line that is being written begins
    std::size_t value_ = 0;  // and its value
    std::optional<Error> fault_;
};

}  // namespace assay::notify
