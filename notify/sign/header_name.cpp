// Names and values of HTTP headers.
// SPDX-License-Identifier: MIT
#include "notify/sign/header_name.hpp"

#include <algorithm>
#include <array>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"

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

// By table, and without leaving early: every header of every request is checked.
constexpr std::array<bool, 256> token_characters = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"
                                         "0123456789"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "abcdefghijklmnopqrstuvwxyz"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

}  // namespace

bool is_header_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= header_name_bytes_max &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

bool is_header_value(std::string_view text) noexcept {
    if (text.size() > limits::header_value_bytes_max) return false;
    unsigned bad = 0;  // no early end, so that the compiler looks at many bytes at once
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        bad |= static_cast<unsigned>((byte < 0x20 && byte != '\t') || byte >= 0x7f);
    }
    return bad == 0;
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
