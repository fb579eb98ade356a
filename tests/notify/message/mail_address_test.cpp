// Addresses that are taken, and those that would be a header or a second recipient.
// SPDX-License-Identifier: MIT
#include "notify/message/mail_address.hpp"

#include <gmock/gmock.h>

#include "engine/base/limits.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsOk;

TEST(MailAddress, TakesPlainAddresses) {
    for (const char* address : {"a@b", "ops+alerts@mail.example.com",
                                "o'neil@xn--bcher-kva.example", "first.last@sub-domain.example"}) {
        EXPECT_THAT(check_mail_address(address), IsOk()) << address;
    }
}

TEST(MailAddress, RefusesWhatCouldBecomeMoreThanAnAddress) {
    for (const char* address : {"",
                                "a",
                                "@b",
                                "a@",
                                "a@b@c",
                                "a@b,c@d",
                                "a@b\r\nBcc: c@d",
                                "a b@c",
                                "<a@b>",
                                "\"a b\"@c",
                                ".a@b",
                                "a.@b",
                                "a..b@c",
                                "a@.b",
                                "a@b.",
                                "a@-b",
                                "a@b-",
                                "a@[127.0.0.1]",
                                "a@b c",
                                "\xc3\xa9@b",
                                "a@b;c@d",
                                "a(comment)@b",
                                "a@b\n",
                                "a@b_c"}) {
        EXPECT_THAT(check_mail_address(address), FailsWith(ErrorCode::invalid_argument)) << address;
    }
}

TEST(MailAddress, KeepsItsLimitsToTheCharacter) {
    EXPECT_THAT(check_mail_address(std::string(64, 'a') + "@b"), IsOk());
    EXPECT_THAT(check_mail_address(std::string(65, 'a') + "@b"),
                FailsWith(ErrorCode::invalid_argument));
    std::string domain;
    while (domain.size() < 252)
        domain += "a.";
    EXPECT_THAT(check_mail_address("x@" + domain.substr(0, 251) + "a"), IsOk());  // 254
    EXPECT_THAT(check_mail_address("xy@" + domain.substr(0, 251) + "a"),
                FailsWith(ErrorCode::invalid_argument));  // 255
}

TEST(Sender, HasANameOrNot) {
    EXPECT_EQ(parse_sender("a@b.example").value(), (Sender{"", "a@b.example"}));
    EXPECT_EQ(parse_sender(" Assay  <a@b.example> ").value(), (Sender{"Assay", "a@b.example"}));
    EXPECT_EQ(parse_sender("\"Assay, Inc.\" <a@b.example>").value(),
              (Sender{"Assay, Inc.", "a@b.example"}));
    for (const char* text : {"", "Assay", "Assay <>", "Assay a@b>", "A\r\nBcc: x@y <a@b>",
                             "A\"B <a@b>", "Assay <a@b> <c@d"}) {
        EXPECT_THAT(parse_sender(text), FailsWith(ErrorCode::invalid_argument)) << text;
    }
}

TEST(Mailto, GivesBackTheRecipients) {
    const std::vector<std::string> recipients{"a@b.example", "c@d.example"};
    EXPECT_EQ(to_mailto(recipients), "mailto:a@b.example,c@d.example");
    const auto read = parse_mailto(to_mailto(recipients));
    ASSERT_THAT(read, IsOk());
    EXPECT_THAT(*read, ElementsAre("a@b.example", "c@d.example"));
}

TEST(Mailto, TakesSoManyAndNoneTwice) {
    std::vector<std::string> recipients;
    for (std::size_t i = 0; i < limits::mail_recipients_max; ++i)
        recipients.push_back("a" + std::to_string(i) + "@b");
    EXPECT_THAT(parse_mailto(to_mailto(recipients)), IsOk());
    recipients.emplace_back("one@more");
    EXPECT_THAT(parse_mailto(to_mailto(recipients)), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(parse_mailto("mailto:a@b,a@b"), FailsWith(ErrorCode::invalid_argument));
    for (const char* url : {"", "mailto:", "mailto:a@b,", "https://a@b", "mailto:a@b?bcc=c@d"}) {
        EXPECT_THAT(parse_mailto(url), FailsWith(ErrorCode::invalid_argument)) << url;
    }
}

}  // namespace
}  // namespace assay::notify
