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
    EXPECT_THAT(overrides(R"({"rate_limit":2.5,"allowed_ips":["203.0.113.0/24"]})"),
                HasSubstr(R"("timeout":5000,"headers":{"X-A":"1","X-B":"2"},"rate_limit":2.5E0)"));
    const std::string merged = overrides(R"({"timeout":null,"headers":{"x-a":null,"X-C":"3"}})");
    EXPECT_THAT(merged, HasSubstr(R"("headers":{"X-B":"2","X-C":"3"})"));
    EXPECT_THAT(merged, Not(HasSubstr("timeout")));
    EXPECT_THAT(merged, HasSubstr(R"("allowed_ips":["203.0.113.0/24"])"));
    EXPECT_EQ(overrides("null"), R"({"payload":"auto","strict":false})");
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
