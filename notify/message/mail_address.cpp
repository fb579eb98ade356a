// Reads mail addresses.
// SPDX-License-Identifier: MIT
#include "notify/message/mail_address.hpp"

#include <algorithm>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/utf8.hpp"

namespace assay::notify {
namespace {

constexpr std::string_view scheme = "mailto:";
constexpr std::size_t local_characters_max = 64;  // RFC 5321 4.5.3.1.1
constexpr std::size_t label_characters_max = 63;
constexpr std::size_t sender_name_bytes_max = 128;

bool is_atom_character(char c) noexcept {
    return is_letter(c) || is_digit(c) ||
           std::string_view("!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

// Calls `fits(part)` for what stands between dots.
template <class Fits>
bool all_parts(std::string_view text, Fits fits) {
    for (;;) {
        const std::size_t dot = text.find('.');
        if (!fits(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_local_part(std::string_view text) {
    return text.size() <= local_characters_max && all_parts(text, [](std::string_view atom) {
               return !atom.empty() && std::all_of(atom.begin(), atom.end(), is_atom_character);
           });
}

bool is_domain(std::string_view text) {
    return all_parts(text, [](std::string_view label) {
        return !label.empty() && label.size() <= label_characters_max && label.front() != '-' &&
               label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
                   return is_letter(c) || is_digit(c) || c == '-';
               });
    });
}

Error refused(std::string message) {
    return fail(ErrorCode::invalid_argument, std::move(message), "recipients",
                "write addresses such as ops@example.com");
}

}  // namespace

Result<void> check_mail_address(std::string_view address) {
    const std::size_t at = address.find('@');
    const bool sound = address.size() <= limits::mail_address_bytes_max &&
                       at != std::string_view::npos && is_local_part(address.substr(0, at)) &&
                       is_domain(address.substr(at + 1));
    if (!sound) return refused("is no plain mail address");
    return {};
}

Result<Sender> parse_sender(std::string_view text) {
    Sender sender;
    text = trim(text);
    if (text.ends_with('>')) {
        const std::size_t open = text.rfind('<');
        if (open == std::string_view::npos) return refused("has a > without a <");
        std::string_view name = trim(text.substr(0, open));
        if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
            name = name.substr(1, name.size() - 2);
        }
        const bool plain =
            is_utf8(name) && std::none_of(name.begin(), name.end(), [](char c) {
                return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\';
            });
        if (!plain || name.size() > sender_name_bytes_max) {
            return refused("has a name that cannot stand in a mail");
        }
        sender.name = name;
        text = text.substr(open + 1, text.size() - open - 2);
    }
    if (Result<void> checked = check_mail_address(text); !checked) {
        return std::move(checked).error();
    }
    sender.address = text;
    return sender;
}

std::string to_mailto(std::span<const std::string> recipients) {
    std::string url(scheme);
    for (const std::string& recipient : recipients) {
        if (url.size() > scheme.size()) url += ',';
        url += recipient;
    }
    return url;
}

Result<std::vector<std::string>> parse_mailto(std::string_view url) {
    if (!url.starts_with(scheme)) return refused("there are no recipients");
    url.remove_prefix(scheme.size());
    std::vector<std::string> recipients;
    for (;;) {
        const std::size_t comma = url.find(',');
        const std::string_view one = url.substr(0, comma);
        if (Result<void> checked = check_mail_address(one); !checked) {
            Error fault = checked.error();
            fault.message = "number " + std::to_string(recipients.size() + 1) + " " + fault.message;
            return fault;
        }
        if (recipients.size() == limits::mail_recipients_max) {
            return refused("are more than " + std::to_string(limits::mail_recipients_max));
        }
        if (std::find(recipients.begin(), recipients.end(), one) != recipients.end()) {
            return refused("name an address twice");
        }
        recipients.emplace_back(one);
        if (comma == std::string_view::npos) return recipients;
        url.remove_prefix(comma + 1);
    }
}

}  // namespace assay::notify
