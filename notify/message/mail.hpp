// A message as a mail: subject, plain text and HTML, encoded so that nothing in it is a header.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "notify/message/mail_address.hpp"
#include "notify/message/message.hpp"

namespace assay::notify {

namespace mail_limits {
// Longer ones are cut with an ellipsis; a mail is for reading, the API has the rest.
inline constexpr std::size_t subject_bytes = 200, text_bytes = 16'384, facts = 100,
                             fact_name_bytes = 256, fact_value_bytes = 4'096;
}  // namespace mail_limits

// What its reader sees. Pure.
struct MailTexts {
    std::string subject, plain, html;
};
MailTexts mail_texts(const Message& message);

// Everything of the mail but who it is from and for: Date, Subject and a multipart/alternative
// body. Lines end with CRLF. A pure function of the message: a retry sends the same bytes.
std::string mail_body(const Message& message);

// The headers that stand above it: From, To, Message-ID. `message_id`: the event's id; what is no
// letter, digit, '-' or '_' in it is left out. Pure.
std::string mail_head(const Sender& sender, std::span<const std::string> recipients,
                      std::string_view message_id);

// RFC 2047: plain ASCII as it is, anything else as encoded words on folded lines; control
// characters become spaces.
std::string encode_header_text(std::string_view text);
std::string escape_html(std::string_view text);

}  // namespace assay::notify
