// A forgiving walk that only looks at scalars.
// SPDX-License-Identifier: MIT
#include "engine/batch/json_bad_value.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "engine/batch/json_rules.hpp"

namespace assay::engine {
namespace {

template <class Number>
bool reads_as(std::string_view token) {
    Number number{};
    const char* const end = token.data() + token.size();
    const auto read = std::from_chars(token.data(), end, number);
    return read.ec == std::errc() && read.ptr == end;
}

// Whether a token is no number of JSON, or one outside 64 bits.
bool is_bad_number(std::string_view token) {
    const std::string_view digits = token.substr(token.starts_with('-') ? 1 : 0);
    if (digits.empty() || !is_digit(digits.front())) return true;
    if (digits.front() == '0' && digits.size() > 1 && is_digit(digits[1])) return true;  // 0123
    if (token.find_first_of(".eE") == token.npos)
        return !reads_as<std::int64_t>(token) && !reads_as<std::uint64_t>(token);
    const bool tiny = token.find("e-") != token.npos || token.find("E-") != token.npos;
    return !tiny && !reads_as<double>(token);
}

class Walk {
  public:
    explicit Walk(std::string_view json) : json_(json) {}

    // False: something is wrong; bad() says where, if it is a value.
    bool value(const JsonPath& path, std::size_t depth) {
        if (depth > limits::json_depth_max) return false;
        const char first = peek();
        if (first == '{') return members(path, depth);
        if (first == '[') return elements(path, depth);
        if (first == '"') return text().has_value();
        const std::size_t end = std::min(json_.find_first_of(",]}:\" \t\r\n", at_), json_.size());
        const std::string_view token = json_.substr(at_, end - at_);
        at_ = end;
        if (token == "true" || token == "false" || token == "null") return true;
        if (token.empty()) return false;
        if (!is_bad_number(token)) return true;
        bad_ = path.to_pointer();
        return false;
    }
    const std::optional<std::string>& bad() const noexcept { return bad_; }

  private:
    // The next byte that is no blank; NUL at the end.
    char peek() {
        at_ = std::min(json_.find_first_not_of(" \t\r\n", at_), json_.size());
        return at_ < json_.size() ? json_[at_] : '\0';
    }
    bool take(char wanted) {
        if (at_ == json_.size() || peek() != wanted) return false;
        ++at_;
        return true;
    }
    // What stands between the quotes, escapes as they are.
    std::optional<std::string_view> text() {
        if (!take('"')) return std::nullopt;
        const std::size_t begin = at_;
        for (; at_ < json_.size(); ++at_) {
            if (json_[at_] == '\\') {
                ++at_;
            } else if (json_[at_] == '"') {
                return json_.substr(begin, at_++ - begin);
            }
        }
        at_ = json_.size();
        return std::nullopt;
    }
    bool members(const JsonPath& path, std::size_t depth) {
        take('{');
        if (take('}')) return true;
        do {
            const auto key = text();
            if (!key || !take(':') || !value(JsonPath(path, *key), depth + 1)) return false;
        } while (take(','));
        return take('}');
    }
    bool elements(const JsonPath& path, std::size_t depth) {
        take('[');
        if (take(']')) return true;
        std::size_t index = 0;
        do {
            if (!value(JsonPath(path, index++), depth + 1)) return false;
        } while (take(','));
        return take(']');
    }

    std::string_view json_;
    std::size_t at_ = 0;
    std::optional<std::string> bad_;
};

}  // namespace

std::optional<std::string> find_bad_value(std::string_view json) {
    Walk walk(json);
    return walk.value(JsonPath(), 0) ? std::nullopt : walk.bad();
}

}  // namespace assay::engine
