// Webhooks as an operator changes them: merged, checked, and with nothing secret in any answer.
// SPDX-License-Identifier: MIT
#include <boost/json/serialize.hpp>

#include "tests/tools/api/api_fixture.hpp"

namespace assay::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class WebhooksTest : public ApiFixture {
  protected:
    WebhooksTest() {
        key = admin;
        const Reply made = call("POST", "/v1/webhooks",
                                R"({"url":"https://example.com/hook","active":false,)"
                                R"("overrides":{"timeout":5000,"headers":{"X-A":"1","X-B":"2"}}})");
        EXPECT_EQ(made.status, 201) << made.body;
        path = "/v1/webhooks/" + made.text("id");
        secret = made.text("secret");
    }
    Reply patch(const std::string& body) { return call("PATCH", path, body); }
    std::string refused(const std::string& body) {
        const Reply reply = patch(body);
        EXPECT_EQ(reply.status, 400) << reply.body;
        return reply.text("param");
    }
    std::string path, secret;
};

TEST_F(WebhooksTest, AChangeTouchesOnlyWhatItNames) {
    const Reply reply =
        patch(R"({"description":"returns","events":["batch.*"],"metadata":{"a":1}})");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto now = reply.object();
    EXPECT_EQ(now.at("description"), "returns");
    EXPECT_EQ(now.at("url"), "https://example.com/hook");
    EXPECT_EQ(now.at("metadata").at("a"), 1);
    EXPECT_EQ(now.at("overrides").at("timeout"), 5000);
    EXPECT_FALSE(now.at("active").as_bool());
    EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
    EXPECT_EQ(call("GET", path).body, reply.body);
}

TEST_F(WebhooksTest, OverridesAreMergedAndNullRemoves) {
    const auto overrides = [&](const std::string& body) {
        const Reply reply = patch(R"({"overrides":)" + body + "}");
        EXPECT_EQ(reply.status, 200) << reply.body;
        return json::serialize(reply.object().at("overrides"));
    };
    EXPECT_THAT(
        overrides(R"({"rate_limit":2.5,"allowed_ips":["203.0.113.0/24"]})"),
        HasSubstr(R"("timeout":5000,"headers":{"X-A":"***","X-B":"***"},"rate_limit":2.5E0)"));
    const std::string merged = overrides(R"({"timeout":null,"headers":{"x-a":null,"X-C":"3"}})");
    EXPECT_THAT(merged, HasSubstr(R"("headers":{"X-B":"***","X-C":"***"})"));
    EXPECT_THAT(merged, Not(HasSubstr("timeout")));
    EXPECT_THAT(merged, HasSubstr(R"("allowed_ips":["203.0.113.0/24"])"));
    EXPECT_THAT(overrides(R"({"echo":"full"})"), HasSubstr(R"("echo":"full")"));
    EXPECT_THAT(overrides(R"({"echo":null})"), Not(HasSubstr("echo")));
    EXPECT_EQ(overrides("null"), R"({"payload":"auto","strict":false})");
}

TEST_F(WebhooksTest, ACustomHeadersValueIsShownNowhereAndStaysWhenItsMaskIsSentBack) {
    const std::string credential = "Bearer canary-of-the-receiver";
    const Reply made = call("POST", "/v1/webhooks",
                            R"({"url":"https://example.com/hook","active":false,"overrides":)"
                            R"({"headers":{"Authorization":")" +
                                credential + R"("}}})");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string own = "/v1/webhooks/" + made.text("id");
    const auto kept = [&] {
        const auto endpoint = notifier.find(TenantId("default"), EndpointId(made.text("id")));
        return endpoint ? endpoint->overrides.headers.at(0).value : std::string();
    };
    EXPECT_THAT(made.body, Not(HasSubstr(credential)));
    EXPECT_THAT(call("GET", own).body, HasSubstr(R"("headers":{"Authorization":"***"})"));
    ASSERT_EQ(call("PATCH", own, R"({"overrides":{"headers":{"authorization":"***"}}})").status,
              200);
    EXPECT_EQ(kept(), credential);
    EXPECT_EQ(call("PATCH", own, R"({"overrides":{"headers":{"X-New":"***"}}})").text("param"),
              "overrides.headers");
}

TEST_F(WebhooksTest, PartOfAScheduleKeepsTheOtherPartOfTheProfileOrOfTheWebhook) {
    const auto retry = [&](const std::string& body) {
        const Reply reply = patch(R"({"overrides":{"retry":)" + body + "}}");
        EXPECT_EQ(reply.status, 200) << reply.body;
        const auto now = reply.object();
        const json::value* const set = now.at("overrides").as_object().if_contains("retry");
        return set == nullptr ? std::string("none") : json::serialize(*set);
    };
    const std::string guide = R"("delays_ms":[5000,300000,1800000,7200000,18000000,36000000,)"
                              R"(36000000])";
    EXPECT_EQ(retry("{}"), "none") << "nothing is overridden";
    EXPECT_EQ(retry(R"({"jitter":0.1})"), "{" + guide + R"(,"jitter":1E-1})");
    EXPECT_EQ(retry(R"({"delays_ms":[1000]})"), R"({"delays_ms":[1000],"jitter":1E-1})");
    EXPECT_EQ(retry(R"({"jitter":0.5})"), R"({"delays_ms":[1000],"jitter":5E-1})");
    EXPECT_EQ(retry(R"({"delays_ms":[]})"), R"({"delays_ms":[],"jitter":5E-1})") << "no retries";
    EXPECT_EQ(retry("null"), "none");
    EXPECT_EQ(retry(R"({"delays_ms":[604800000]})"), R"({"delays_ms":[604800000],"jitter":2E-1})");
    EXPECT_EQ(refused(R"({"overrides":{"retry":{"jitter":0.6}}})"), "overrides.retry.jitter");
    EXPECT_EQ(refused(R"({"overrides":{"retry":{"delays_ms":[604800001]}}})"),
              "overrides.retry.delays_ms");
}

TEST_F(WebhooksTest, AFilterIsShownAsItWasGivenAndNamesItsFaults) {
    const Reply set = patch(R"({"filter":{"all":[{"path":"/failed_products","gt":0}]}})");
    EXPECT_THAT(set.body, HasSubstr(R"("filter":{"all":[{"path":"/failed_products","gt":0}]})"));
    EXPECT_EQ(refused(R"({"filter":{"all":[{"path":"/a","gt":0},{"path":"b","gt":1}]}})"),
              "filter.all[1].path");
    EXPECT_EQ(refused(R"({"filter":{"path":"/a","like":"x"}})"), "filter.like");
    EXPECT_THAT(patch(R"({"filter":null})").body, HasSubstr(R"("filter":null)"));
}

TEST_F(WebhooksTest, WhatACreationWouldRefuseAChangeRefusesToo) {
    EXPECT_EQ(refused(R"({"url":"http://example.com"})"), "url");
    EXPECT_EQ(refused(R"({"url":"https://169.254.169.254/"})"), "url");
    EXPECT_EQ(refused(R"({"url":""})"), "url");
    EXPECT_EQ(refused(R"({"profile":"carrier-pigeon"})"), "profile");
    EXPECT_EQ(refused(R"({"profile":"ztrace","events":["scrape.failed"]})"), "events");
    EXPECT_EQ(refused(R"({"secret":"whsec_of_somebody"})"), "secret");
    EXPECT_EQ(refused(R"({"colour":1})"), "colour");
    EXPECT_EQ(refused(R"({"overrides":{"allowed_ips":["10.0.0.1/8"]}})"), "overrides.allowed_ips");
    EXPECT_EQ(refused(R"({"overrides":{"rate_limit":0}})"), "overrides.rate_limit");
    EXPECT_EQ(refused(R"({"overrides":{"echo":"loud"}})"), "overrides.echo");
    EXPECT_EQ(refused(R"({"overrides":{"headers":{"Host":"x"}}})"), "overrides.headers");
    EXPECT_EQ(refused(R"({"overrides":{"headers":{"X-D":"a\r\nb"}}})"), "overrides.headers");
}

TEST_F(WebhooksTest, AreSwitchedOnAndOff) {
    EXPECT_THAT(call("POST", path + "/enable").body, HasSubstr(R"("active":true)"));
    EXPECT_THAT(call("POST", path + "/disable").body, HasSubstr(R"("active":false)"));
    EXPECT_EQ(call("POST", path + "/recover").text("param"), "since");
    EXPECT_EQ(call("POST", path + "/recover?since=yesterday").text("param"), "since");
    EXPECT_EQ(call("POST", path + "/recover?since=2026-01-01T00:00:00Z").status, 409)
        << "it is off";
    EXPECT_EQ(call("POST", "/v1/webhooks/wh_none/enable").status, 404);
    key = other;
    EXPECT_EQ(call("POST", path + "/enable").status, 404) << "another account's";
    EXPECT_EQ(patch(R"({"description":"x"})").status, 404);
}

TEST_F(WebhooksTest, ARotationShowsTheNewSecretOnce) {
    const Reply made = call("POST", path + "/rotate_secret", "");
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_THAT(made.text("secret"), ::testing::StartsWith("whsec_"));
    EXPECT_NE(made.text("secret"), secret);
    EXPECT_THAT(made.body, Not(HasSubstr(secret))) << "the old one is not shown again";
    EXPECT_THAT(call("GET", path).body, Not(HasSubstr("whsec_")));

    const std::string own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const auto with = [&](const std::string& body) {
        return call("POST", path + "/rotate_secret", body);
    };
    EXPECT_EQ(with(R"({"secret":")" + own + R"(","grace_seconds":0})").text("secret"), own);
    EXPECT_EQ(with(R"({"secret":")" + own + R"("})").text("param"), "secret") << "in use already";
    EXPECT_EQ(with(R"({"grace_seconds":2592001})").text("param"), "grace_seconds");
    EXPECT_EQ(with(R"({"graze":1})").status, 400);
    EXPECT_EQ(call("POST", "/v1/webhooks/wh_none/rotate_secret", "").status, 404);
}

TEST_F(WebhooksTest, ASecondRotationWithinTheGraceDoesNotSilentlyDropWhatReceiversHold) {
    EXPECT_TRUE(call("GET", path).object().at("grace_until").is_null());
    const Reply lost = call("POST", path + "/rotate_secret", "");
    ASSERT_EQ(lost.status, 200) << lost.body;
    EXPECT_EQ(call("GET", path).text("grace_until"), lost.text("grace_until"));
    const Reply refused_again = call("POST", path + "/rotate_secret", "");
    EXPECT_EQ(refused_again.status, 409);
    EXPECT_THAT(refused_again.body, HasSubstr(lost.text("grace_until")));
    const auto old_secret = [&] {
        const auto endpoint = notifier.find(TenantId("default"), EndpointId(path.substr(13)));
        return endpoint && endpoint->old_secret ? std::string(endpoint->old_secret->reveal()) : "";
    };
    EXPECT_EQ(old_secret(), secret);
    const Reply made = call("POST", path + "/rotate_secret", R"({"discard_new":true})");
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_NE(made.text("secret"), lost.text("secret"));
    EXPECT_EQ(old_secret(), secret) << "receivers hold it still";
    ASSERT_EQ(call("POST", path + "/rotate_secret", R"({"grace_seconds":0})").status, 200);
    EXPECT_EQ(old_secret(), "");
    EXPECT_TRUE(call("GET", path).object().at("grace_until").is_null());
}

TEST_F(WebhooksTest, AProfileThatSignsIsRefusedToAWebhookWithoutASecret) {
    const Reply made = call("POST", "/v1/webhooks",
                            R"({"url":"https://example.com/hook","active":false,)"
                            R"("profile":"resilientlink","events":["*"]})");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string own = "/v1/webhooks/" + made.text("id");
    const Reply refused_change = call("PATCH", own, R"({"profile":"ztrace"})");
    EXPECT_EQ(refused_change.status, 409) << refused_change.body;
    EXPECT_EQ(refused_change.text("param"), "profile");
    ASSERT_EQ(call("POST", own + "/rotate_secret", "").status, 200);
    EXPECT_EQ(call("PATCH", own, R"({"profile":"ztrace"})").status, 200);
}

TEST_F(WebhooksTest, DiscordsUrlIsShownNowhereAndStaysWhenItIsSentBack) {
    const Reply made = call("POST", "/v1/webhooks",
                            R"({"channel":"discord",)"
                            R"("url":"https://discord.com/api/webhooks/12/the-token"})");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.text("profile"), "discord");
    EXPECT_EQ(made.text("url"), "https://discord.com/api/webhooks/12/***");
    EXPECT_EQ(made.text("secret"), "");
    path = "/v1/webhooks/" + made.text("id");
    const Reply same = patch(R"({"url":"https://discord.com/api/webhooks/12/***","active":false})");
    EXPECT_EQ(same.status, 200) << same.body;
    EXPECT_EQ(notifier.find(TenantId("default"), EndpointId(made.text("id")))->url,
              "https://discord.com/api/webhooks/12/the-token");
    EXPECT_EQ(patch(R"({"url":"https://discord.com/api/webhooks/12/other"})").status, 200);
    EXPECT_EQ(refused(R"({"url":"https://discord.com/api/webhooks/12/"})"), "url");
    EXPECT_EQ(refused(R"({"channel":"http"})"), "channel");
    EXPECT_EQ(refused(R"({"profile":"github"})"), "channel");
    EXPECT_EQ(refused(R"({"recipients":["a@b.example"]})"), "recipients");
    EXPECT_EQ(refused(R"({"overrides":{"success":"exactly_200"}})"), "overrides.success");
    EXPECT_THAT(call("GET", "/v1/webhooks", "").body, Not(HasSubstr("the-token")));
}

class MailWebhooksTest : public ApiFixture {
  protected:
    static notify::NotifierOptions with_mail() {
        notify::NotifierOptions options;
        options.mail.url = "smtps://mail.example";
        options.mail.sender = "assay@assay.example";
        return options;
    }
    MailWebhooksTest() : ApiFixture({}, with_mail()) { key = admin; }
};

TEST_F(MailWebhooksTest, RecipientsAreCheckedShownAndChanged) {
    const auto create = [this](const std::string& recipients) {
        return call("POST", "/v1/webhooks",
                    R"({"channel":"email","active":false,"recipients":)" + recipients + "}");
    };
    for (const char* bad : {"[]", R"(["not an address"])", R"(["a@b.example\r\nBcc: c@d.example"])",
                            R"(["a@b.example>"])", R"(["a@b.example","a@b.example"])"}) {
        const Reply reply = create(bad);
        EXPECT_EQ(reply.status, 400) << bad;
        EXPECT_EQ(reply.text("param"), "recipients") << bad;
    }
    EXPECT_EQ(create("[]").text("message"), "are none");
    EXPECT_EQ(call("POST", "/v1/webhooks", R"({"channel":"email"})").text("param"), "recipients");
    const Reply made = create(R"(["ops@shop.example","owner@shop.example"])");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.text("profile"), "email");
    EXPECT_TRUE(made.object().at("url").is_null());
    EXPECT_EQ(made.object().at("recipients").as_array().size(), 2U);
    const std::string path = "/v1/webhooks/" + made.text("id");
    const Reply changed = call("PATCH", path, R"({"recipients":["new@shop.example"]})");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(boost::json::serialize(changed.object().at("recipients")), R"(["new@shop.example"])");
    EXPECT_EQ(call("PATCH", path, R"({"url":"https://a.example"})").text("param"), "url");
    EXPECT_EQ(call("PATCH", path, R"({"secret":null})").status, 400);
}

TEST_F(WebhooksTest, AReplaySaysWhatIsWrongWithItsQuery) {
    const auto refused = [this](const std::string& body) {
        const Reply reply = call("POST", "/v1/deliveries/replay", body);
        EXPECT_EQ(reply.status, 400) << reply.body;
        return reply.text("param");
    };
    EXPECT_EQ(refused(R"({"status":"pending"})"), "status");
    EXPECT_EQ(refused(R"({"status":["failed","lost"]})"), "status");
    EXPECT_EQ(refused(R"({"since":"soon"})"), "since");
    EXPECT_EQ(refused(R"({"limit":1001})"), "limit");
    EXPECT_EQ(refused(R"({"after":"dlv_none"})"), "after");
    const Reply none = call("POST", "/v1/deliveries/replay", R"({"dry_run":true})");
    EXPECT_EQ(none.status, 200);
    EXPECT_THAT(none.body, HasSubstr(R"("matched":0,"sent":0)"));
}

}  // namespace
}  // namespace assay::tools
