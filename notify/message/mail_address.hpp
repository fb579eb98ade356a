// Mail addresses: checked so that nothing in them can become a header or a second recipient.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace assay::notify {

// One plain address, local@domain in ASCII: dot-atoms on both sides, at most 64 and 254 characters;
// no quotes, comments, routes or address literals. Errors: invalid_argument, without the text.
Result<void> check_mail_address(std::string_view address);

// "Name <address>" or an address alone: who mails come from.
struct Sender {
    std::string name;  // UTF-8, no control characters; may be empty
    std::string address;
    friend bool operator==(const Sender&, const Sender&) = default;
};
// Errors: invalid_argument.
Result<Sender> parse_sender(std::string_view text);

// The form in which an endpoint keeps its recipients as its URL: "mailto:a@b.example,c@d.example".
std::string to_mailto(std::span<const std::string> recipients);
// One to limits::mail_recipients_max addresses, none of them twice. Errors: invalid_argument on
// field "recipients".
Result<std::vector<std::string>> parse_mailto(std::string_view url);

}  // namespace assay::notify
