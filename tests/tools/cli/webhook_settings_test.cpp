// Settings of an endpoint as people write them, and what the server is told.
// SPDX-License-Identifier: MIT
#include "tools/cli/webhook_settings.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>

#include "tests/support/temporary_directory.hpp"
#include "tests/tools/cli/fake_api.hpp"
#include "tools/cli/deliveries.hpp"
#include "tools/cli/webhooks.hpp"

namespace assay::tools {
namespace {

using testing::FakeApi;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr AddCommand commands[] = {add_webhooks, add_deliveries};

class WebhookCommands : public ::testing::Test, protected testing::CommandRunner {
  protected:
    int run_with(FakeApi& api, std::vector<std::string> arguments) {
        environment["ASSAY_SERVER"] = api.url();
        return run(commands, std::move(arguments));
    }
    // What `webhooks update wh_1 OPTIONS` sends.
    boost::json::value told(std::vector<std::string> options) {
        FakeApi api({{"/v1/webhooks/wh_1", {{200, R"({"id":"wh_1","active":true})"}}}});
        options.insert(options.begin(), {"webhooks", "update", "wh_1"});
        EXPECT_EQ(run_with(api, std::move(options)), exit_ok) << error();
        const auto requests = api.requests();
        EXPECT_THAT(requests, SizeIs(1));
        return requests.empty() ? boost::json::value() : boost::json::parse(requests[0].body);
    }
};

TEST_F(WebhookCommands, EveryOverrideThatRemediesNameHasAnOption) {
    EXPECT_EQ(told({"--success", "any_2xx", "--payload", "thin", "--timeout", "30s", "--strict",
                    "--max-in-flight", "4", "--max-body-bytes", "256KiB", "--digest",
                    "sha256_suffix", "--rate-limit", "0.5"}),
              boost::json::parse(R"({"overrides":{"success":"any_2xx","payload":"thin",
                  "digest":"sha256_suffix","timeout":30000,"max_in_flight":4,
                  "max_body_bytes":262144,"strict":true,"rate_limit":0.5}})"));
    EXPECT_EQ(told({"--no-strict"}), boost::json::parse(R"({"overrides":{"strict":false}})"));
}

TEST_F(WebhookCommands, DefaultTakesAnOverrideBack) {
    EXPECT_EQ(told({"--success", "default", "--timeout", "default", "--max-in-flight", "default",
                    "--max-body-bytes", "default", "--digest", "default", "--retry", "default"}),
              boost::json::parse(R"({"overrides":{"success":null,"timeout":null,"digest":null,
                  "max_in_flight":null,"max_body_bytes":null,"retry":null}})"));
}

TEST_F(WebhookCommands, MetadataIsKeysAndTexts) {
    EXPECT_EQ(told({"--metadata", "team=returns", "--metadata", "note=a=b"}),
              boost::json::parse(R"({"metadata":{"team":"returns","note":"a=b"}})"));
}

TEST_F(WebhookCommands, WhatIsSecretMayStandInAFile) {
    const testing::TemporaryDirectory directory;
    const std::string headers = directory.path() / "headers.txt";
    const std::string url = directory.path() / "url.txt";
    std::ofstream(headers) << "Authorization: Bearer a:b\r\n\nX-Team: returns\n";
    std::ofstream(url) << "https://discord.com/api/webhooks/1/token\n";
    EXPECT_EQ(told({"--header-file", headers, "--url-file", url, "--header", "X-B: c"}),
              boost::json::parse(R"({"url":"https://discord.com/api/webhooks/1/token","overrides":{
                  "headers":{"X-B":"c","Authorization":"Bearer a:b","X-Team":"returns"}}})"));
    FakeApi api({});
    EXPECT_EQ(run_with(api, {"webhooks", "update", "wh_1", "--url-file", headers}), exit_failed);
    EXPECT_THAT(error(), HasSubstr("one line with a URL"));
    EXPECT_THAT(error(), Not(HasSubstr("Bearer")));
    EXPECT_EQ(
        run_with(api, {"webhooks", "update", "wh_1", "--url-file", url, "--url", "https://x"}),
        exit_failed);
    EXPECT_EQ(run_with(api, {"webhooks", "update", "wh_1", "--header-file", "/nowhere"}),
              exit_failed);
    EXPECT_EQ(run_with(api, {"webhooks", "update", "wh_1", "--header", "no colon"}), exit_failed);
    EXPECT_THAT(api.requests(), SizeIs(0));
}

TEST_F(WebhookCommands, WhatIsNoValueIsToldBeforeAnythingIsSent) {
    FakeApi api({});
    for (const auto& [option, value] : {std::pair{"--timeout", "soon"},
                                        {"--max-in-flight", "four"},
                                        {"--max-in-flight", "4x"},
                                        {"--max-body-bytes", "1 MB"},
                                        {"--metadata", "=x"},
                                        {"--metadata", "team"},
                                        {"--success", "always"},
                                        {"--payload", "small"},
                                        {"--retry", "1x"}}) {
        EXPECT_NE(run_with(api, {"webhooks", "update", "wh_1", option, value}), exit_ok);
        EXPECT_THAT(error(), HasSubstr(option)) << value;
    }
    EXPECT_THAT(api.requests(), SizeIs(0));
}

TEST_F(WebhookCommands, GetShowsWhatWasSetAndNoHeadersValue) {
    FakeApi api({{"/v1/webhooks/wh_1",
                  {{200, R"({"id":"wh_1","active":true,"metadata":{"team":"returns"},"overrides":{
                       "timeout":30000,"headers":{"Authorization":"Bearer canary"},
                       "payload":"auto","strict":false}})"}}}});
    ASSERT_EQ(run_with(api, {"webhooks", "get", "wh_1"}), exit_ok) << error();
    EXPECT_THAT(out(), ::testing::ContainsRegex("timeout +30000"));
    EXPECT_THAT(out(), HasSubstr("Authorization"));
    EXPECT_THAT(out(), HasSubstr("returns"));
    EXPECT_THAT(out(), Not(HasSubstr("canary")));
    EXPECT_THAT(out(), Not(HasSubstr("payload")));
}

TEST_F(WebhookCommands, AListGoesOnThroughAllPages) {
    FakeApi api({{"/v1/webhooks",
                  {{200, R"({"data":[{"id":"wh_1"}],"has_more":true,"next":"wh_1"})"},
                   {200, R"({"data":[{"id":"wh_2"}],"has_more":false,"next":null})"}}}});
    ASSERT_EQ(run_with(api, {"webhooks", "list"}), exit_ok) << error();
    EXPECT_THAT(out(), HasSubstr("wh_2"));
}

TEST_F(WebhookCommands, APageOfDeliveriesSaysHowToGoOn) {
    FakeApi api({{"/v1/deliveries",
                  {{200, R"({"data":[{"id":"dlv_1","status":"failed"}],"has_more":true,)"
                         R"("next":"dlv_1"})"},
                   {200, R"({"data":[{"id":"dlv_2","status":"failed"}],"has_more":false,)"
                         R"("next":null})"}}}});
    ASSERT_EQ(run_with(api, {"deliveries", "list"}), exit_ok) << error();
    EXPECT_THAT(error(), HasSubstr("--after dlv_1"));
    ASSERT_EQ(run_with(api, {"deliveries", "list", "--after", "dlv_1"}), exit_ok);
    EXPECT_THAT(error(), Not(HasSubstr("--after")));
    EXPECT_THAT(api.requests().back().line, HasSubstr("after=dlv_1"));
}

TEST_F(WebhookCommands, ReplayOffersNoStatusThatItRefuses) {
    FakeApi api({});
    ASSERT_EQ(run_with(api, {"deliveries", "replay", "--help"}), exit_ok);
    EXPECT_THAT(out(), Not(HasSubstr("pending, ")));
}

TEST_F(WebhookCommands, ExplainAsksWhatTheWebhookIsNow) {
    const std::string delivery =
        R"({"id":"dlv_1","webhook_id":"wh_1","status":"failed","attempts":[{"number":1,)"
        R"("status_code":410,"success":false,"error":"http","phase":"done"}]})";
    FakeApi gone({{"/v1/deliveries/dlv_1", {{200, delivery}}}});
    ASSERT_EQ(run_with(gone, {"deliveries", "explain", "dlv_1"}), exit_ok) << error();
    EXPECT_THAT(out(), HasSubstr("its webhook was deleted"));
    FakeApi off({{"/v1/deliveries/dlv_1", {{200, delivery}}},
                 {"/v1/webhooks/wh_1", {{200, R"({"id":"wh_1","active":false})"}}}});
    ASSERT_EQ(run_with(off, {"deliveries", "explain", "dlv_1", "--json"}), exit_ok) << error();
    EXPECT_THAT(out(), HasSubstr("assay webhooks enable wh_1"));
    FakeApi broken({{"/v1/deliveries/dlv_1", {{200, delivery}}},
                    {"/v1/webhooks/wh_1", {{403, R"({"code":"forbidden","message":"no"})"}}}});
    EXPECT_EQ(run_with(broken, {"deliveries", "explain", "dlv_1"}), exit_failed);
}

}  // namespace
}  // namespace assay::tools
