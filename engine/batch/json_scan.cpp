// Steps over strings and counts brackets.
// SPDX-License-Identifier: MIT
#include "engine/batch/json_scan.hpp"

#include "engine/base/ascii.hpp"

namespace assay::engine {

void JsonScanner::skip_blanks() noexcept {
    while (position_ < text_.size() && is_blank(text_[position_]))
        ++position_;
}

bool JsonScanner::take(char expected) noexcept {
    skip_blanks();
    if (position_ >= text_.size() || text_[position_] != expected) return false;
    ++position_;
    return true;
}

bool JsonScanner::at_end() noexcept {
    skip_blanks();
    return position_ == text_.size();
}

std::optional<std::size_t> JsonScanner::end_of_string(std::size_t at) const noexcept {
    for (std::size_t i = at + 1; i < text_.size();) {
        const std::size_t quote = text_.find('"', i);
        if (quote == std::string_view::npos) return std::nullopt;
        std::size_t slashes = 0;
        while (quote - slashes > i && text_[quote - slashes - 1] == '\\')
            ++slashes;
        if (slashes % 2 == 0) return quote + 1;
        i = quote + 1;
    }
    return std::nullopt;
}

std::optional<std::string_view> JsonScanner::value() noexcept {
    skip_blanks();
    const std::size_t begin = position_;
    if (begin >= text_.size()) return std::nullopt;
    const char first = text_[begin];
    if (first == '"') {
        const auto end = end_of_string(begin);
        if (!end) return std::nullopt;
        position_ = *end;
        return text_.substr(begin, position_ - begin);
    }
    if (first != '{' && first != '[') {
        position_ = text_.find_first_of(",]}: \t\r\n", begin);
        if (position_ == std::string_view::npos) position_ = text_.size();
        if (position_ == begin) return std::nullopt;
        return text_.substr(begin, position_ - begin);
    }
    std::size_t depth = 0;
    for (std::size_t i = begin; i < text_.size();) {
        const char c = text_[i];
        if (c == '"') {
            const auto end = end_of_string(i);
            if (!end) return std::nullopt;
            i = *end;
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) {
            position_ = i + 1;
            return text_.substr(begin, position_ - begin);
        }
        ++i;
    }
    return std::nullopt;
}

JsonScanner::Step JsonScanner::separator(char closing, bool& first) noexcept {
    if (take(closing)) return Step::end;
    if (!first && !take(',')) return Step::broken;
    first = false;
    return Step::member;
}

JsonScanner::Step JsonScanner::member(std::string_view& raw_key, std::string_view& raw_value,
                                      bool& first) noexcept {
    const Step step = separator('}', first);
    if (step != Step::member) return step;
    skip_blanks();
    if (position_ >= text_.size() || text_[position_] != '"') return Step::broken;
    const auto key = value();
    if (!key || !take(':')) return Step::broken;
    const auto found = value();
    if (!found) return Step::broken;
    raw_key = key->substr(1, key->size() - 2);
    raw_value = *found;
    return Step::member;
}

JsonScanner::Step JsonScanner::element(std::string_view& raw_value, bool& first) noexcept {
    const Step step = separator(']', first);
    if (step != Step::member) return step;
    const auto found = value();
    if (!found) return Step::broken;
    raw_value = *found;
    return Step::member;
}

}  // namespace assay::engine
