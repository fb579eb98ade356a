// Which headers may go out: syntax for all of them, reserved names for the custom ones.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "engine/base/limits.hpp"
#include "notify/endpoint/endpoint.hpp"
#include "notify/sign/header_name.hpp"

namespace assay::notify {
namespace {

// Names that begin so are ours, as is the default of the first layout.
constexpr std::array<std::string_view, 4> reserved_prefixes{"webhook-", "x-assay-", "proxy-",
                                                            "sec-"};

Error refused(std::string message, std::string remedy = {}) {
    return fail(ErrorCode::invalid_argument, std::move(message), "overrides.headers",
                std::move(remedy));
}

}  // namespace

Result<void> check_header_syntax(const Header& header) {
    if (!is_header_name(header.name)) {
        // The name is not quoted: it may hold line breaks, and ends up in logs.
        return refused("a header's name is empty, too long, or holds a character it must not",
                       "use letters, digits and hyphens");
    }
    if (header.value.size() > limits::header_value_bytes_max) {
        return refused("the value of header " + header.name + " is longer than " +
                       std::to_string(limits::header_value_bytes_max) + " bytes");
    }
    if (!is_header_value(header.value)) {
        return refused("the value of header " + header.name +
                           " holds a line break, a control character or one beyond ASCII",
                       "use printable ASCII characters");
    }
    return {};
}

Result<void> check_custom_header(const Header& header) {
    if (Result<void> syntax = check_header_syntax(header); !syntax) return syntax;
    const bool reserved =
        is_reserved_header(header.name) || same_header_name(header.name, "x-webhook-signature") ||
        std::any_of(reserved_prefixes.begin(), reserved_prefixes.end(), [&](std::string_view one) {
            return same_header_name(std::string_view(header.name).substr(0, one.size()), one);
        });
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
