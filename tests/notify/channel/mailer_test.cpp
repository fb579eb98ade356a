// Mails through a real SMTP server, with TLS and login, and through its refusals.
// SPDX-License-Identifier: MIT
#include "notify/channel/mailer.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <future>

#include "notify/message/mail.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/smtp_server.hpp"

namespace assay::notify {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::SmtpServer;

constexpr milliseconds patience{30'000};

Mail mail_to(std::vector<std::string> recipients) {
    Message message;
    message.title = "Gr\u00fc\u00dfe";
    message.facts = {{"Products", "3"}};
    message.time = parse_time("2026-05-25T10:30:00.000Z").value();
    return {std::move(recipients),
            "evt_1",
            {{"X-Assay-Delivery-Attempt", "1"}},
            std::make_shared<const std::string>(mail_body(message))};
}

MailerOptions options_for(const SmtpServer& server) {
    MailerOptions options;
    options.url = server.url();
    options.starttls = "off";
    options.sender = "Assay <assay@assay.example>";
    options.addresses.allow_loopback = true;
    return options;
}

class MailerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!SmtpServer::is_here()) GTEST_SKIP() << "needs python3-aiosmtpd";
    }
    Outcome send(Mailer& mailer, Mail mail, milliseconds timeout = patience) {
        std::promise<Outcome> promise;
        EXPECT_TRUE(mailer.try_send(std::move(mail), timeout, [&](Outcome outcome) {
            promise.set_value(std::move(outcome));
        }));
        return promise.get_future().get();
    }
    SystemClock clock_;
};

TEST_F(MailerTest, AMailArrivesWithItsHeadersAndBothTexts) {
    SmtpServer server;
    Mailer mailer(options_for(server), clock_);
    const Outcome outcome = send(mailer, mail_to({"a@b.example", "c@d.example"}));
    EXPECT_EQ(outcome.kind, OutcomeKind::response) << outcome.detail;
    EXPECT_EQ(outcome.status, 250);
    EXPECT_EQ(outcome.remote_address, "") << "the mail server is the operator's";
    ASSERT_EQ(server.mails(1).size(), 1U);
    const json::value mail = json::parse(server.mails(1)[0]);
    EXPECT_EQ(mail.at("from").as_string(), "assay@assay.example");
    EXPECT_EQ(json::serialize(mail.at("to")), R"(["a@b.example","c@d.example"])");
    const std::string data(mail.at("data").as_string());
    EXPECT_THAT(data, HasSubstr("From: \"Assay\" <assay@assay.example>\r\n"));
    EXPECT_THAT(data, HasSubstr("Message-ID: <evt_1@assay.example>\r\n"));
    EXPECT_THAT(data, HasSubstr("X-Assay-Delivery-Attempt: 1\r\n"));
    EXPECT_THAT(data, HasSubstr("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"));
    EXPECT_THAT(data, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
}

TEST_F(MailerTest, LogsInOverStartTls) {
    SmtpServer server("starttls", "assay", "open sesame");
    MailerOptions options = options_for(server);
    options.starttls = "required";
    options.user = "assay";
    options.password = "open sesame";
    options.ca_bundle = server.ca_file();
    Mailer mailer(options, clock_);
    const Outcome outcome = send(mailer, mail_to({"a@b.example"}));
    EXPECT_EQ(outcome.status, 250) << outcome.detail << outcome.response_text;
    ASSERT_EQ(server.mails(1).size(), 1U);
    const json::value mail = json::parse(server.mails(1)[0]);
    EXPECT_TRUE(mail.at("tls").as_bool());
    EXPECT_EQ(mail.at("login").as_string(), "assay");
}

TEST_F(MailerTest, SpeaksTlsFromTheStartWhereTheUrlSaysSo) {
    SmtpServer server("smtps");
    MailerOptions options = options_for(server);
    options.ca_bundle = server.ca_file();
    Mailer mailer(options, clock_);
    EXPECT_EQ(send(mailer, mail_to({"a@b.example"})).status, 250);
}

TEST_F(MailerTest, AWrongPasswordIsTriedAgainAndShownNowhere) {
    SmtpServer server("starttls", "assay", "open sesame");
    MailerOptions options = options_for(server);
    options.starttls = "required";
    options.user = "assay";
    options.password = "wrong sesame";
    options.ca_bundle = server.ca_file();
    Mailer mailer(options, clock_);
    const Outcome outcome = send(mailer, mail_to({"a@b.example"}));
    EXPECT_EQ(outcome.status, 535) << outcome.detail;
    EXPECT_FALSE(outcome.permanent);
    EXPECT_EQ((outcome.detail + outcome.response_text).find("sesame"), std::string::npos);
}

TEST_F(MailerTest, ACertificateThatNobodyVouchesForEndsIt) {
    SmtpServer server("starttls");
    MailerOptions options = options_for(server);
    options.starttls = "required";
    Mailer mailer(options, clock_);
    EXPECT_EQ(send(mailer, mail_to({"a@b.example"})).kind, OutcomeKind::tls);
}

TEST_F(MailerTest, NoWordGoesOutInTheClearWhereTlsIsRequired) {
    SmtpServer server;
    MailerOptions options = options_for(server);
    options.starttls = "required";
    Mailer mailer(options, clock_);
    EXPECT_EQ(send(mailer, mail_to({"a@b.example"})).kind, OutcomeKind::tls);
}

TEST_F(MailerTest, RepliesSayWhetherToTryAgain) {
    SmtpServer server;
    Mailer mailer(options_for(server), clock_);
    const Outcome full = send(mailer, mail_to({"reply-452@b.example"}));
    EXPECT_EQ(full.status, 452) << full.detail;
    EXPECT_FALSE(full.permanent);
    EXPECT_THAT(full.response_text, HasSubstr("refused as asked"));
    const Outcome unknown = send(mailer, mail_to({"a@b.example", "reply-550@b.example"}));
    EXPECT_EQ(unknown.status, 550) << unknown.detail;
    EXPECT_TRUE(unknown.permanent);
    EXPECT_EQ(send(mailer, mail_to({"once-451@b.example"})).status, 451);
    EXPECT_EQ(send(mailer, mail_to({"once-451@b.example"})).status, 250);
    // Of the one with a refused recipient nobody got anything.
    EXPECT_EQ(server.mails(1).size(), 1U);
}

TEST_F(MailerTest, AServerThatIsAwayIsNoAnswer) {
    MailerOptions options;
    options.sender = "assay@assay.example";
    options.addresses.allow_loopback = true;
    {
        SmtpServer server;
        options.url = server.url();
    }
    std::string told;
    options.tell_operator = [&](OutcomeKind kind, const std::string& what) {
        told = std::string(to_string(kind)) + ": " + what;
    };
    Mailer mailer(options, clock_);
    const Outcome outcome = send(mailer, mail_to({"a@b.example"}));
    EXPECT_EQ(outcome.kind, OutcomeKind::connect);
    EXPECT_EQ(outcome.detail, "the mail server cannot be reached; the server's log says more");
    EXPECT_EQ(outcome.remote_address, "");
    EXPECT_THAT(told, HasSubstr("connect: "));
    EXPECT_THAT(told, HasSubstr("127.0.0.1")) << "its operator is told which one";
}

TEST_F(MailerTest, ANameThatLeadsToAForbiddenAddressIsNeverDialled) {
    SmtpServer server;
    MailerOptions options = options_for(server);
    options.addresses = {};
    // A spelling that no literal check reads, but every resolver does.
    options.url.replace(options.url.find("127.0.0.1"), 9, "127.1");
    std::string told;
    options.tell_operator = [&](OutcomeKind, const std::string& what) { told = what; };
    Mailer mailer(options, clock_);
    const Outcome outcome = send(mailer, mail_to({"a@b.example"}));
    EXPECT_EQ(outcome.kind, OutcomeKind::blocked) << outcome.detail;
    EXPECT_THAT(told, HasSubstr("127.0.0.1 is loopback"));
    EXPECT_THAT(told, HasSubstr("smtp.allow_cidr"));
    EXPECT_EQ(outcome.detail.find("127."), std::string::npos) << outcome.detail;
    EXPECT_EQ(outcome.remote_address, "");
}

TEST_F(MailerTest, ANoticeIsWrittenWhenItsTurnComes) {
    SmtpServer server;
    Mailer mailer(options_for(server), clock_);
    std::promise<Outcome> unwanted, wanted;
    EXPECT_TRUE(mailer.try_notice([] { return std::optional<Mail>(); }, patience,
                                  [&](Outcome outcome) { unwanted.set_value(outcome); }));
    EXPECT_TRUE(mailer.try_notice([] { return std::optional(mail_to({"a@b.example"})); }, patience,
                                  [&](Outcome outcome) { wanted.set_value(outcome); }));
    EXPECT_EQ(unwanted.get_future().get().kind, OutcomeKind::aborted);
    EXPECT_EQ(wanted.get_future().get().status, 250);
    EXPECT_EQ(server.mails(1).size(), 1U);
}

TEST_F(MailerTest, TheQueueIsBoundedAndTheEndWaitsForNobody) {
    std::promise<void> reached, go_on;
    const std::shared_future<void> held = go_on.get_future().share();
    MailerOptions options;
    options.url = "smtp://127.0.0.1:9";
    options.addresses.allow_loopback = true;
    options.sender = "assay@assay.example";
    options.queue_max = 2;
    {
        Mailer mailer(options, clock_);
        ASSERT_TRUE(mailer.try_notice(
            [&]() -> std::optional<Mail> {
                reached.set_value();
                held.wait();
                return std::nullopt;
            },
            patience, [](const Outcome&) {}));
        reached.get_future().wait();
        const auto never = [](const Outcome&) { ADD_FAILURE() << "it was not taken"; };
        const auto nothing = [] { return std::optional<Mail>(); };
        EXPECT_TRUE(mailer.try_notice(nothing, patience, [](const Outcome&) {}));
        EXPECT_TRUE(mailer.try_notice(nothing, patience, [](const Outcome&) {}));
        EXPECT_FALSE(mailer.try_send(mail_to({"a@b.example"}), patience, never));
        go_on.set_value();
    }
}

TEST_F(MailerTest, WhatWaitedTooLongIsAnsweredUncounted) {
    SmtpServer server;
    Mailer mailer(options_for(server), clock_);
    EXPECT_EQ(send(mailer, mail_to({"a@b.example"}), milliseconds(0)).kind, OutcomeKind::aborted);
}

TEST(MailerOptions, SayWhatIsWrongWithThem) {
    MailerOptions options;
    EXPECT_THAT(validate(options), IsOk());  // no mail at all
    options.url = "smtp://mail.example:587";
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));  // no sender
    options.sender = "Assay <assay@assay.example>";
    EXPECT_THAT(validate(options), IsOk());
    for (const char* url : {"http://mail.example", "smtp://", "smtp://u:p@mail.example",
                            "smtp://mail.example/x", "mail.example:25", "smtp://a b"}) {
        options.url = url;
        EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument)) << url;
    }
    options.url = "smtps://mail.example";
    options.user = "assay";
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));  // no password
    options.password = "secret";
    options.starttls = "off";
    EXPECT_THAT(validate(options), IsOk());
    options.url = "smtp://mail.example";
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));  // in the clear
    options.starttls = "opportunistic";
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));  // the same, if forced
    options.starttls = "required";
    EXPECT_THAT(validate(options), IsOk());
    options.starttls = "sometimes";
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));
}

TEST(MailerOptions, AServerInAPrivateNetworkMustBeAllowed) {
    MailerOptions options;
    options.sender = "assay@assay.example";
    for (const char* url : {"smtp://127.0.0.1:25", "smtp://localhost:25", "smtp://[::1]:25",
                            "smtps://10.0.0.7", "smtp://169.254.169.254:587"}) {
        options.url = url;
        options.addresses = {};
        EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument)) << url;
        for (const char* block : {"127.0.0.1", "::1", "10.0.0.0/8", "169.254.169.254"})
            options.addresses.allowed.push_back(*parse_cidr(block));
        EXPECT_THAT(validate(options), IsOk()) << url;
    }
    options.addresses = {};
    options.url = "smtp://203.0.113.7";  // kept for documentation
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));
    options.url = "smtp://mail.example";  // judged when it is resolved
    EXPECT_THAT(validate(options), IsOk());
}

TEST(OutcomeOfReply, FourHundredsComeAgainAndFiveHundredsDoNot) {
    for (const int reply : {250, 421, 450, 451, 452}) {
        EXPECT_FALSE(outcome_of_reply(reply, "").permanent) << reply;
    }
    for (const int reply : {500, 501, 550, 552, 554}) {
        EXPECT_TRUE(outcome_of_reply(reply, "").permanent) << reply;
    }
    // Our own login: its operator can mend it.
    for (const int reply : {530, 534, 535, 538}) {
        EXPECT_FALSE(outcome_of_reply(reply, "").permanent) << reply;
    }
}

}  // namespace
}  // namespace assay::notify
