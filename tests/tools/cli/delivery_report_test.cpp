// Causes and remedies: every way in which a delivery can fail has its own, and no secret is shown.
// SPDX-License-Identifier: MIT
#include "tools/cli/delivery_report.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <set>

#include "notify/delivery/delivery.hpp"

namespace assay::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

boost::json::value attempt(int status, const std::string& error, const std::string& phase = "done",
                           bool success = false) {
    boost::json::object made{{"number", 1}, {"phase", phase}, {"success", success}};
    made["error"] = nullptr;
    made["status_code"] = nullptr;
    if (!error.empty()) made["error"] = error;
    if (status > 0) made["status_code"] = status;
    return made;
}

constexpr const char* webhook =
    R"({"id":"wh_1","channel":"http","active":true,"overrides":{"payload":"auto","strict":false}})";

// A delivery whose last attempt went like this, to a webhook that is there and switched on.
DeliveryFacts after(boost::json::value attempt, const std::string& status = "failed") {
    boost::json::object delivery{{"id", "dlv_1"}, {"webhook_id", "wh_1"}, {"status", status}};
    delivery["attempts"] = boost::json::array{std::move(attempt)};
    delivery["request"] = boost::json::object{{"url", "https://example.com/"}, {"body", "12345"}};
    return {delivery, boost::json::parse(webhook)};
}

Diagnosis diagnose(boost::json::value attempt, bool mail = false) {
    DeliveryFacts facts = after(std::move(attempt));
    if (mail) facts.webhook->as_object()["channel"] = "email";
    return tools::diagnose(facts);
}

TEST(Diagnose, KnowsEveryKindOfError) {
    struct Case {
        const char* error;
        const char* phase;
        const char* cause;
    };
    const Case cases[] = {
        {"dns", "dns", "leads nowhere"},
        {"blocked", "dns", "must not be called"},
        {"connect", "connect", "Nobody listens"},
        {"tls", "tls", "No trusted TLS"},
        {"timeout", "dns", "DNS server"},
        {"timeout", "connect", "Nobody answered the connection"},
        {"timeout", "tls", "handshake did not end"},
        {"timeout", "write", "did not take the whole request"},
        {"timeout", "wait", "did not answer in time"},
        {"timeout", "read", "began but did not end"},
        {"reset", "wait", "broke before"},
        {"protocol", "read", "no HTTP/1.1 answer"},
        {"invalid_request", "none", "could not be made"},
        {"aborted", "none", "We stopped"},
    };
    std::set<std::string> causes;
    for (const Case& one : cases) {
        const Diagnosis found = diagnose(attempt(0, one.error, one.phase));
        EXPECT_THAT(found.cause, HasSubstr(one.cause)) << one.error << ' ' << one.phase;
        EXPECT_NE(found.remedy, "") << one.error;
        EXPECT_TRUE(causes.insert(found.cause).second) << "said of two kinds: " << found.cause;
    }
}

// Whatever the delivery log can hold has words of its own.
TEST(Diagnose, LeavesNoOutcomeWithoutWords) {
    for (int i = 0; i <= static_cast<int>(notify::OutcomeKind::aborted); ++i) {
        const auto kind = static_cast<notify::OutcomeKind>(i);
        if (kind == notify::OutcomeKind::response) continue;  // "http", by its status
        for (int k = 0; k <= static_cast<int>(notify::AttemptPhase::done); ++k) {
            const auto phase = to_string(static_cast<notify::AttemptPhase>(k));
            const Diagnosis found =
                diagnose(attempt(0, std::string(to_string(kind)), std::string(phase)));
            EXPECT_THAT(found.cause, Not(HasSubstr("It failed:"))) << to_string(kind);
            EXPECT_NE(found.remedy, "");
        }
    }
    for (int status = 100; status < 600; ++status) {
        const Diagnosis found = diagnose(attempt(status, "http"));
        EXPECT_THAT(found.cause, Not(HasSubstr("It failed:"))) << status;
        EXPECT_NE(found.remedy, "") << status;
    }
}

TEST(Diagnose, TellsStatusesApart) {
    const std::pair<int, const char*> cases[] = {{201, "not with the status"},
                                                 {302, "redirects"},
                                                 {400, "could not read"},
                                                 {401, "refused the signature"},
                                                 {403, "firewall"},
                                                 {404, "at this path"},
                                                 {405, "takes no POST"},
                                                 {410, "gone for good"},
                                                 {413, "larger"},
                                                 {415, "content type"},
                                                 {418, "refused the request"},
                                                 {429, "fewer requests"},
                                                 {500, "own code failed"},
                                                 {502, "A proxy answered"},
                                                 {503, "overloaded"},
                                                 {504, "waited for the receiver"}};
    for (const auto& [status, cause] : cases)
        EXPECT_THAT(diagnose(attempt(status, "http")).cause, HasSubstr(cause)) << status;
    EXPECT_EQ(diagnose(attempt(200, "", "done", true)).remedy, "");
    EXPECT_THAT(diagnose(attempt(200, "response_too_large", "read", true)).cause,
                HasSubstr("was cut"));
    EXPECT_THAT(diagnose(attempt(500, "response_too_large", "read")).cause,
                HasSubstr("own code failed"));
}

TEST(Diagnose, NoRemedyNamesAPlaceholderOrASettingThatNoCommandTakes) {
    for (int status = 100; status < 600; ++status) {
        for (const bool mail : {false, true}) {
            const std::string remedy = diagnose(attempt(status, "http"), mail).remedy;
            EXPECT_THAT(remedy, Not(HasSubstr("{"))) << status;
            EXPECT_THAT(remedy, Not(HasSubstr("overrides."))) << status;
        }
    }
    EXPECT_THAT(diagnose(attempt(201, "http")).remedy,
                HasSubstr("assay webhooks update wh_1 --success any_2xx"));
    EXPECT_THAT(diagnose(attempt(0, "timeout", "wait")).remedy,
                HasSubstr("assay webhooks update wh_1 --timeout 30s"));
    EXPECT_THAT(diagnose(attempt(400, "http")).remedy,
                HasSubstr("assay deliveries get dlv_1 --body"));
}

TEST(Diagnose, A410IsAnsweredByWhatBecameOfTheWebhook) {
    DeliveryFacts facts = after(attempt(410, "http"), "pending");
    EXPECT_EQ(diagnose(facts).remedy, "Bring it back: this is tried again.");
    facts.delivery.as_object()["status"] = "failed";
    EXPECT_EQ(diagnose(facts).remedy, "Bring it back.");
    facts.webhook->as_object()["active"] = false;
    EXPECT_EQ(diagnose(facts).remedy,
              "Bring it back and switch its webhook on: assay webhooks enable wh_1");
    EXPECT_THAT(delivery_report(facts, TimePoint{}),
                HasSubstr("assay webhooks enable wh_1, then assay webhooks redeliver dlv_1"));
}

// A full body is followed by the thin one by itself; nobody is told to ask for it.
TEST(Diagnose, A413IsAnsweredByTheSizeThatIsNeeded) {
    DeliveryFacts facts = after(attempt(413, "http"));
    EXPECT_EQ(diagnose(facts).remedy,
              "Raise its limit (nginx: client_max_body_size) above the 5 bytes of the next body.");
    facts.webhook->as_object()["overrides"].as_object()["strict"] = true;
    EXPECT_THAT(diagnose(facts).remedy, HasSubstr("assay webhooks update wh_1 --no-strict"));
    facts.delivery.as_object()["request"] = nullptr;
    EXPECT_THAT(diagnose(facts).remedy, HasSubstr("(nginx: client_max_body_size), or let"));
}

TEST(Diagnose, NothingIsToBeSentToAWebhookThatWasDeleted) {
    for (const char* status : {"cancelled", "failed"}) {
        DeliveryFacts facts = after(attempt(503, "http"), status);
        facts.webhook = std::nullopt;
        EXPECT_THAT(diagnose(facts).remedy, HasSubstr("its webhook was deleted")) << status;
        const std::string text = delivery_report(facts, TimePoint{});
        EXPECT_THAT(text, HasSubstr("webhook   wh_1 (deleted)"));
        EXPECT_THAT(text, Not(HasSubstr("recover")));
        EXPECT_THAT(text, Not(HasSubstr("redeliver")));
    }
}

class DeliveryReport : public ::testing::Test {
  protected:
    boost::json::value delivery = boost::json::parse(R"({
      "id":"dlv_1","webhook_id":"wh_1","event_id":"evt_1","type":"batch.completed",
      "status":"pending","created_at":"2026-05-25T10:29:59.000Z",
      "next_attempt_at":"2026-05-25T10:35:00.000Z",
      "attempts":[{"number":1,"started_at":"2026-05-25T10:30:00.000Z","status_code":503,
        "success":false,"error":"http","phase":"done","detail":"","response_text":"busy\u001b[2J",
        "remote_address":"203.0.113.7:443","connection_reused":false,
        "timings_ms":{"resolved":12,"connected":15,"secured":40,"first_byte":90,"done":91},
        "why_next":"status 503; retry 1 of 7, 300 s after the failure"}],
      "request":{"url":"https://example.com/it's","headers":{"webhook-signature":"<webhook-signature>"},
        "body":"{\"a\":\"it's\"}"}})");
    TimePoint now = *parse_time("2026-05-25T10:31:00.000Z");
};

TEST_F(DeliveryReport, SaysWhatHappenedWhyAndWhatComesNext) {
    const std::string text = delivery_report({delivery, boost::json::parse(webhook)}, now);
    EXPECT_THAT(text, HasSubstr("2026-05-25 10:30:00.000  #1  status 503  203.0.113.7:443\n"));
    EXPECT_THAT(text, HasSubstr("dns 12 ms, connect 3 ms, tls 25 ms, waiting 50 ms, reading 1 ms"));
    EXPECT_THAT(text, HasSubstr("cause     The receiver is overloaded"));
    EXPECT_THAT(text, HasSubstr("next      in 4m: status 503; retry 1 of 7"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << "a receiver's words do not steer the terminal";
}

TEST_F(DeliveryReport, AnAttemptThatBrokeOffSaysInWhichPhase) {
    auto& one = delivery.as_object()["attempts"].as_array()[0].as_object();
    one["status_code"] = nullptr;
    one["error"] = one["phase"] = "tls";
    one["timings_ms"] = boost::json::object{{"resolved", 12}, {"connected", 15}, {"done", 40}};
    EXPECT_THAT(delivery_report({delivery, boost::json::parse(webhook)}, now),
                HasSubstr("dns 12 ms, connect 3 ms, tls 25 ms\n"));
}

TEST_F(DeliveryReport, GivesACurlLineForAShellWithNothingSecretInIt) {
    EXPECT_EQ(curl_line(delivery),
              "curl -i -X POST 'https://example.com/it'\\''s' \\\n"
              "  -H 'webhook-signature: <webhook-signature>' \\\n"
              "  --data-binary '{\"a\":\"it'\\''s\"}'");
    delivery.as_object()["request"].as_object()["body"] = std::string(3'000, 'x');
    EXPECT_THAT(curl_line(delivery), HasSubstr("--data-binary @body.json"));
    EXPECT_THAT(delivery_report({delivery, boost::json::parse(webhook)}, now),
                HasSubstr("get dlv_1 --body > body.json"));
    delivery.as_object()["request"] = nullptr;
    EXPECT_EQ(curl_line(delivery), "");
}

TEST_F(DeliveryReport, AMailServersNumbersMeanOtherThingsAndNoCurlLineSendsAMail) {
    EXPECT_THAT(diagnose(attempt(450, "http"), true).cause, HasSubstr("greylists"));
    EXPECT_THAT(diagnose(attempt(535, "http"), true).remedy, HasSubstr("smtp.user"));
    EXPECT_THAT(diagnose(attempt(550, "http"), true).remedy, HasSubstr("--recipient"));
    delivery.as_object()["request"].as_object()["url"] = "mailto:ops@shop.example";
    EXPECT_EQ(curl_line(delivery), "");
    DeliveryFacts facts{delivery, boost::json::parse(webhook)};
    facts.webhook->as_object()["channel"] = "email";
    EXPECT_THAT(delivery_report(facts, now), HasSubstr("The mail server refuses the mail for good"))
        << "503 of a receiver would be overload";
}

TEST_F(DeliveryReport, SaysHowToSendAgainWhatHasEnded) {
    delivery.as_object()["next_attempt_at"] = nullptr;
    delivery.as_object()["status"] = "failed";
    EXPECT_THAT(delivery_report({delivery, boost::json::parse(webhook)}, now),
                HasSubstr("assay webhooks redeliver dlv_1"));
    delivery.as_object()["status"] = "cancelled";
    EXPECT_THAT(delivery_report({delivery, boost::json::parse(webhook)}, now),
                HasSubstr("assay webhooks recover wh_1 --since"));
    DeliveryFacts off{delivery, boost::json::parse(webhook)};
    off.webhook->as_object()["active"] = false;
    EXPECT_THAT(delivery_report(off, now),
                HasSubstr("assay webhooks enable wh_1, then assay webhooks recover wh_1 --since"));
    delivery.as_object()["status"] = "pending";
    delivery.as_object()["attempts"] = boost::json::array();
    EXPECT_THAT(delivery_report({delivery, boost::json::parse(webhook)}, now),
                HasSubstr("waits for its first attempt"));
}

}  // namespace
}  // namespace assay::tools
