// Mails as bytes: what stands in them, what is escaped, and what cannot get into their headers.
// SPDX-License-Identifier: MIT
#include "notify/message/mail.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "engine/base/encoding.hpp"

namespace assay::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Message message_with(std::string title, std::vector<Fact> facts = {}) {
    Message message;
    message.title = std::move(title);
    message.facts = std::move(facts);
    message.footer = "batch.completed evt_1";
    message.time = parse_time("2026-05-25T10:30:00.000Z").value();
    return message;
}

// The decoded text of the part with this type.
std::string part_of(const std::string& mail, const std::string& type) {
    const std::size_t start = mail.find("Content-Type: " + type);
    const std::size_t from = mail.find("\r\n\r\n", start) + 4;
    std::string encoded = mail.substr(from, mail.find("\r\n--", from) - from);
    encoded.erase(std::remove_if(encoded.begin(), encoded.end(),
                                 [](char c) { return c == '\r' || c == '\n'; }),
                  encoded.end());
    return from_base64(encoded).value();
}

std::string headers_of(const std::string& mail) {
    return mail.substr(0, mail.find("\r\n\r\n"));
}

TEST(MailBody, SaysTheSameInPlainTextAndInHtml) {
    Message message = message_with("Batch completed", {{"Products", "3"}});
    message.text = "All is well.";
    message.link = "https://assay.example/r?a=1&b=2";
    const std::string mail = mail_body(message);
    EXPECT_THAT(mail, StartsWith("Date: Mon, 25 May 2026 10:30:00 +0000\r\n"
                                 "Subject: Batch completed\r\n"
                                 "Auto-Submitted: auto-generated\r\n"
                                 "MIME-Version: 1.0\r\n"
                                 "Content-Type: multipart/alternative; boundary=\"=_assay_"));
    EXPECT_EQ(part_of(mail, "text/plain"),
              "Batch completed\n\nAll is well.\n\nProducts: 3\n\nhttps://assay.example/r?a=1&b=2\n"
              "\n-- \nbatch.completed evt_1\n");
    const std::string html = part_of(mail, "text/html");
    EXPECT_THAT(html, HasSubstr(">Batch completed</h1>"));
    EXPECT_THAT(html, ::testing::ContainsRegex("<th [^>]*>Products</th><td [^>]*>3</td>"));
    EXPECT_THAT(html, HasSubstr("<a href=\"https://assay.example/r?a=1&amp;b=2\" "));
}

TEST(MailBody, NothingInItIsMarkup) {
    const std::string html =
        part_of(mail_body(message_with("<script>alert('x')</script>", {{"<b>", "\"&<img src=x>"}})),
                "text/html");
    EXPECT_THAT(html, Not(HasSubstr("<script>")));
    EXPECT_THAT(html, Not(HasSubstr("<img")));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
    EXPECT_THAT(html, HasSubstr("&quot;&amp;&lt;img src=x&gt;"));
    Message message = message_with("t");
    message.link = "javascript:alert(1)";
    EXPECT_THAT(part_of(mail_body(message), "text/html"), Not(HasSubstr("javascript")));
}

TEST(MailBody, ATitleIsNeverAHeader) {
    const std::string mail = mail_body(message_with("hi\r\nBcc: x@y.example\r\n\r\n<html>"));
    EXPECT_THAT(headers_of(mail), Not(HasSubstr("\nBcc")));
    EXPECT_THAT(headers_of(mail), HasSubstr("Subject: hi  Bcc: x@y.example    <html>"));
}

TEST(MailBody, LinesAreAsShortAsMailWantsThem) {
    const std::string mail =
        mail_body(message_with(std::string(500, 'x'), {{"Long", std::string(100'000, 'y')}}));
    std::size_t start = 0;
    while (start < mail.size()) {
        const std::size_t end = mail.find("\r\n", start);
        ASSERT_NE(end, std::string::npos);
        EXPECT_LE(end - start, 78U);
        start = end + 2;
    }
    EXPECT_EQ(std::count(mail.begin(), mail.end(), '\n'),
              std::count(mail.begin(), mail.end(), '\r'));
}

TEST(MailBody, CutsTextsAtTheirLimits) {
    for (const int extra : {-1, 0, 1}) {
        const std::string value(mail_limits::fact_value_bytes + static_cast<std::size_t>(extra),
                                'v');
        const std::string plain =
            part_of(mail_body(message_with("t", {{"n", value}})), "text/plain");
        const std::string shown =
            extra == 1 ? std::string(mail_limits::fact_value_bytes - 3, 'v') + "\u2026" : value;
        EXPECT_THAT(plain, HasSubstr("n: " + shown + "\n"));
    }
    const std::vector<Fact> facts(mail_limits::facts + 1, Fact{"n", "v"});
    const std::string plain = part_of(mail_body(message_with("t", facts)), "text/plain");
    std::size_t count = 0;
    for (std::size_t at = 0; (at = plain.find("n: v", at)) != std::string::npos; ++at)
        ++count;
    EXPECT_EQ(count, mail_limits::facts);
}

TEST(MailBody, IsTheSameForARetry) {
    EXPECT_EQ(mail_body(message_with("a", {{"n", "v"}})),
              mail_body(message_with("a", {{"n", "v"}})));
}

TEST(HeaderText, IsEncodedWhereItIsNotPlain) {
    EXPECT_EQ(encode_header_text("Plain, as it is"), "Plain, as it is");
    EXPECT_EQ(encode_header_text("Gr\u00fc\u00dfe"), "=?UTF-8?B?R3LDvMOfZQ==?=");
    EXPECT_EQ(encode_header_text("=?utf-8?q?x?="), "=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?=");
    // Folded between words, each of which holds whole characters.
    std::string umlauts;
    for (int i = 0; i < 30; ++i)
        umlauts += "\u00fc";
    const std::string folded = encode_header_text(umlauts);
    EXPECT_THAT(folded, HasSubstr("?=\r\n =?UTF-8?B?"));
    std::string decoded;
    for (std::size_t at = 0; (at = folded.find("?B?", at)) != std::string::npos; ++at) {
        const std::size_t end = folded.find("?=", at);
        decoded += from_base64(folded.substr(at + 3, end - at - 3)).value();
    }
    EXPECT_EQ(decoded, umlauts);
}

TEST(MailHead, NamesSenderRecipientsAndTheEvent) {
    const std::vector<std::string> recipients{"a@b.example", "c@d.example"};
    EXPECT_EQ(mail_head({"Assay, Inc.", "hi@assay.example"}, recipients, "evt_01-ab"),
              "From: \"Assay, Inc.\" <hi@assay.example>\r\n"
              "To: a@b.example,\r\n c@d.example\r\n"
              "Message-ID: <evt_01-ab@assay.example>\r\n");
    EXPECT_THAT(
        mail_head({"Gr\u00fc\u00dfe", "hi@assay.example"}, recipients, "evt\r\nX: y>"),
        ::testing::AllOf(StartsWith("From: =?UTF-8?B?R3LDvMOfZQ==?= <hi@assay.example>\r\n"),
                         HasSubstr("Message-ID: <evtXy@assay.example>\r\n")));
}

}  // namespace
}  // namespace assay::notify
