// Writes mails.
// SPDX-License-Identifier: MIT
#include "notify/message/mail.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "engine/base/ascii.hpp"
#include "engine/base/encoding.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/utf8.hpp"

namespace assay::notify {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t base64_line = 76;         // RFC 2045 6.8
constexpr std::size_t encoded_word_bytes = 42;  // 68 characters in all: with "Subject: " below 78
constexpr std::size_t plain_line_max = 70;      // "Subject: " and it stay below 78

std::string cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return std::string(text);
    return std::string(whole_characters(text, bytes_max - 3)) + "\u2026";
}

// "Mon, 25 May 2026 10:30:00 +0000"
std::string mail_date(TimePoint time) {
    static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    std::array<char, 64> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
        days.at(std::chrono::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
        months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return std::string(text.data(), static_cast<std::size_t>(std::max(size, 0)));
}

void append_part(std::string& out, std::string_view boundary, std::string_view type,
                 std::string_view text) {
    out.append("--").append(boundary).append(line_end);
    out.append("Content-Type: ").append(type).append("; charset=utf-8").append(line_end);
    out.append("Content-Transfer-Encoding: base64").append(line_end).append(line_end);
    const std::string encoded = to_base64(text);
    for (std::size_t at = 0; at < encoded.size(); at += base64_line) {
        out.append(encoded, at, base64_line).append(line_end);
    }
}

// The message with its texts cut to what a mail may hold.
Message within_limits(const Message& message) {
    Message bounded = message;
    bounded.title = cut(message.title, mail_limits::subject_bytes);
    bounded.text = cut(message.text, mail_limits::text_bytes);
    if (bounded.facts.size() > mail_limits::facts) bounded.facts.resize(mail_limits::facts);
    for (Fact& fact : bounded.facts) {
        fact.name = cut(fact.name, mail_limits::fact_name_bytes);
        fact.value = cut(fact.value, mail_limits::fact_value_bytes);
    }
    const bool links = message.link.starts_with("https://") || message.link.starts_with("http://");
    if (!links) bounded.link.clear();
    return bounded;
}

std::string plain_text(const Message& message) {
    std::string text = message.title + "\n\n";
    if (!message.text.empty()) text += message.text + "\n\n";
    for (const Fact& fact : message.facts)
        text += fact.name + ": " + fact.value + "\n";
    if (!message.link.empty()) text += "\n" + message.link + "\n";
    if (!message.footer.empty()) text += "\n-- \n" + message.footer + "\n";
    return text;
}

std::string with_breaks(std::string_view text) {
    std::string html;
    for (const char c : escape_html(text)) {
        if (c == '\n') html += "<br>";
        html += c;
    }
    return html;
}

std::string_view colour_of(Tone tone) noexcept {
    switch (tone) {
        case Tone::good:
            return "#2e8b57";
        case Tone::warning:
            return "#b87f00";
        case Tone::bad:
            return "#c0392b";
        case Tone::neutral:
            break;
    }
    return "#4a6fa5";
}

// Styles stand on the elements: mail programs drop style sheets. No picture, script or font comes
// from anywhere, so reading it tells nobody.
std::string html_text(const Message& message) {
    std::string html =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
        escape_html(message.title) +
        "</title></head>\n<body style=\"margin:0;padding:16px;font-family:Helvetica,Arial,"
        "sans-serif;font-size:15px;line-height:1.45;color:#222;background:#fff\">\n"
        "<div style=\"max-width:640px;border-left:4px solid " +
        std::string(colour_of(message.tone)) +
        ";padding-left:16px\">\n<h1 style=\"font-size:20px;margin:0 0 12px\">" +
        escape_html(message.title) + "</h1>\n";
    if (!message.text.empty()) html += "<p>" + with_breaks(message.text) + "</p>\n";
    if (!message.facts.empty()) {
        html += "<table role=\"presentation\" style=\"border-collapse:collapse\">\n";
        for (const Fact& fact : message.facts) {
            html +=
                "<tr><th style=\"text-align:left;vertical-align:top;padding:4px 24px 4px 0;"
                "font-weight:normal;color:#666;white-space:nowrap\">" +
                escape_html(fact.name) +
                "</th><td style=\"vertical-align:top;padding:4px 0;word-break:break-word\">" +
                with_breaks(fact.value) + "</td></tr>\n";
        }
        html += "</table>\n";
    }
    if (!message.link.empty()) {
        html += "<p><a href=\"" + escape_html(message.link) +
                "\" style=\"color:#1a5fb4\">All results</a></p>\n";
    }
    if (!message.footer.empty()) {
        html +=
            "<p style=\"font-size:12px;color:#767676\">" + escape_html(message.footer) + "</p>\n";
    }
    return html + "</div></body></html>\n";
}

bool is_plain(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string encode_header_text(std::string_view text) {
    std::string clean(text);
    for (char& c : clean) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    // What looks like an encoded word would be decoded, so it is encoded itself.
    if (is_plain(clean) && clean.size() <= plain_line_max &&
        clean.find("=?") == std::string::npos) {
        return clean;
    }
    std::string out;
    std::string_view rest = clean;
    while (!rest.empty()) {
        const std::string_view word = whole_characters(rest, encoded_word_bytes);
        if (word.empty()) break;  // no UTF-8: what came before it stays
        if (!out.empty()) out.append(line_end).append(" ");
        out.append("=?UTF-8?B?").append(to_base64(word)).append("?=");
        rest.remove_prefix(word.size());
    }
    return out;
}

MailTexts mail_texts(const Message& message) {
    const Message bounded = within_limits(message);
    return {bounded.title, plain_text(bounded), html_text(bounded)};
}

std::string mail_body(const Message& message) {
    const MailTexts texts = mail_texts(message);
    // Base64 has no '_', so the parts cannot hold the boundary.
    const std::string boundary = "=_assay_" + std::to_string(hash64(texts.plain));
    std::string out;
    out.append("Date: ").append(mail_date(message.time)).append(line_end);
    out.append("Subject: ").append(encode_header_text(texts.subject)).append(line_end);
    out.append("Auto-Submitted: auto-generated").append(line_end);
    out.append("MIME-Version: 1.0").append(line_end);
    out.append("Content-Type: multipart/alternative; boundary=\"" + boundary + "\"");
    out.append(line_end).append(line_end);
    append_part(out, boundary, "text/plain", texts.plain);
    append_part(out, boundary, "text/html", texts.html);
    out.append("--").append(boundary).append("--").append(line_end);
    return out;
}

std::string mail_head(const Sender& sender, std::span<const std::string> recipients,
                      std::string_view message_id) {
    std::string head = "From: ";
    if (sender.name.empty()) {
        head += sender.address;
    } else {
        const std::string name = encode_header_text(sender.name);
        head += name == sender.name ? '"' + name + '"' : name;
        head += " <" + sender.address + ">";
    }
    head.append(line_end).append("To: ");
    for (std::size_t i = 0; i < recipients.size(); ++i) {
        if (i > 0) head.append(",").append(line_end).append(" ");
        head.append(recipients[i]);
    }
    head.append(line_end).append("Message-ID: <");
    for (const char c : message_id) {
        if (is_letter(c) || is_digit(c) || c == '-' || c == '_') head += c;
    }
    head += sender.address.substr(sender.address.find('@'));
    return head.append(">").append(line_end);
}

}  // namespace assay::notify
