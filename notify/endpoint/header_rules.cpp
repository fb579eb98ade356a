// Which headers may go out: syntax for all of them, reserved names for the custom ones.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "engine/base/limits.hpp"
#include "notify/endpoint/endpoint.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t header_name_bytes_max = 128;

// Framing, what we set ourselves, and what would say something untrue about the connection. In
// lower case. Names that begin with one of `reserved_prefixes` are ours too.
constexpr std::array<std::string_view, 25> reserved_names{"host",
                                                          "content-length",
                                                          "transfer-encoding",
                                                          "connection",
                                                          "keep-alive",
                                                          "proxy-connection",
                                                          "te",
                                                          "trailer",
                                                          "upgrade",
                                                          "expect",
                                                          "content-type",
                                                          "content-encoding",
                                                          "content-range",
                                                          "accept-encoding",
                                                          "user-agent",
                                                          "date",
                                                          "range",
                                                          "http2-settings",
                                                          "via",
                                                          "forwarded",
                                                          "x-forwarded-for",
                                                          "x-forwarded-host",
                                                          "x-forwarded-proto",
                                                          "x-real-ip",
                                                          "x-webhook-signature"};
constexpr std::array<std::string_view, 4> reserved_prefixes{"webhook-", "x-assay-", "proxy-",
                                                            "sec-"};

Error refused(std::string message, std::string remedy = {}) {
    return fail(ErrorCode::invalid_argument, std::move(message), "overrides.headers",
                std::move(remedy));
}

// RFC 9110, 5.6.2.
bool is_token_character(char c) noexcept {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
}

bool is_value_character(char c) noexcept {
    return c == '\t' || (c >= 0x20 && c < 0x7f);
}

}  // namespace

Result<void> check_header_syntax(const Header& header) {
    if (header.name.empty() || header.name.size() > header_name_bytes_max ||
        !std::all_of(header.name.begin(), header.name.end(), is_token_character)) {
        // The name is not quoted: it may hold line breaks, and ends up in logs.
        return refused("a header's name is empty, too long, or holds a character it must not",
                       "use letters, digits and hyphens");
    }
    if (header.value.size() > limits::header_value_bytes_max) {
        return refused("the value of header " + header.name + " is longer than " +
                       std::to_string(limits::header_value_bytes_max) + " bytes");
    }
    if (!std::all_of(header.value.begin(), header.value.end(), is_value_character)) {
        return refused("the value of header " + header.name +
                           " holds a line break, a control character or one beyond ASCII",
                       "use printable ASCII characters");
    }
    return {};
}

Result<void> check_custom_header(const Header& header) {
    if (Result<void> syntax = check_header_syntax(header); !syntax) return syntax;
    std::string name = header.name;
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool reserved =
        std::find(reserved_names.begin(), reserved_names.end(), name) != reserved_names.end() ||
        std::any_of(reserved_prefixes.begin(), reserved_prefixes.end(),
                    [&](std::string_view prefix) { return name.starts_with(prefix); });
    if (reserved) {
        return refused("the header " + header.name + " is set by Assay or by HTTP itself",
                       "choose another name");
    }
    if (!header.value.empty() && (header.value.front() <= ' ' || header.value.back() <= ' ')) {
        return refused("the value of header " + header.name + " begins or ends with a blank",
                       "receivers would drop it: leave it out");
    }
    return {};
}

}  // namespace assay::notify
