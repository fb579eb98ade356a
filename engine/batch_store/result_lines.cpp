// Counts line ends.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/result_lines.hpp"

namespace assay::engine::batch_store::detail {
namespace {

// Where the line after the first `count` begins; npos if there are not so many.
std::size_t after_lines(std::string_view lines, std::int64_t count) noexcept {
    std::size_t at = 0;
    for (; count > 0; --count) {
        const std::size_t end = lines.find('\n', at);
        if (end == std::string_view::npos) return std::string_view::npos;
        at = end + 1;
    }
    return at;
}

}  // namespace

std::optional<std::string_view> take_lines(std::string_view lines, std::int64_t skipped,
                                           std::int64_t count) noexcept {
    if (skipped < 0 || count < 0) return std::nullopt;
    const std::size_t begin = after_lines(lines, skipped);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t length = after_lines(lines.substr(begin), count);
    if (length == std::string_view::npos) return std::nullopt;
    return lines.substr(begin, length);
}

}  // namespace assay::engine::batch_store::detail
