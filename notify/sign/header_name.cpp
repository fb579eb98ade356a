// Names of HTTP headers.
// SPDX-License-Identifier: MIT
#include "notify/sign/header_name.hpp"

#include <algorithm>
#include <array>

#include "engine/base/ascii.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t header_name_bytes_max = 128;

constexpr std::array<std::string_view, 27> reserved_names{
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection",
    "te", "trailer", "upgrade", "expect", "content-type", "content-encoding", "content-range",
    "accept-encoding", "user-agent", "date", "range", "http2-settings", "via", "forwarded",
    "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
    // ours, on every request
    "x-assay-event-id", "x-assay-sequence", "x-assay-delivery-attempt"};

bool is_token_character(char c) noexcept {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return is_digit(c) || is_letter(c) || marks.find(c) != std::string_view::npos;
}

}  // namespace

bool is_header_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= header_name_bytes_max &&
           std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_reserved_header(std::string_view name) noexcept {
    return std::any_of(reserved_names.begin(), reserved_names.end(),
                       [&](std::string_view one) { return same_header_name(one, name); });
}

bool same_header_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace assay::notify
