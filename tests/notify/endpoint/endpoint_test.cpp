// Endpoints: one wrong member, one named fault.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/endpoint.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <limits>

#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using namespace std::chrono_literals;
using testing::FailsWith;
using testing::IsOk;

Endpoint good_endpoint() {
    SeededRandom random(1);
    Endpoint endpoint;
    endpoint.id = EndpointId("wh_1");
    endpoint.tenant = TenantId("default");
    endpoint.url = "https://example.com/hooks";
    endpoint.events = {"analysis.completed"};
    endpoint.secret = Secret::generate(random);
    return endpoint;
}

void refuses(std::string_view field, const std::function<void(Endpoint&)>& change) {
    Endpoint endpoint = good_endpoint();
    change(endpoint);
    const Result<void> checked = validate(endpoint, {});
    ASSERT_THAT(checked, FailsWith(ErrorCode::invalid_argument)) << field;
    EXPECT_EQ(checked.error().field, field) << describe(checked.error());
}

void takes(const std::function<void(Endpoint&)>& change) {
    Endpoint endpoint = good_endpoint();
    change(endpoint);
    EXPECT_THAT(validate(endpoint, {}), IsOk());
}

TEST(ValidateEndpoint, TakesAGoodOne) {
    takes([](Endpoint&) {});
    takes([](Endpoint& e) { e.profile = "resell-scan"; });
}

TEST(ValidateEndpoint, TheUrlIsCheckedByThePolicy) {
    refuses("url", [](Endpoint& e) { e.url = "http://example.com/"; });
    refuses("url", [](Endpoint& e) { e.url = "https://127.0.0.1/"; });
    Endpoint local = good_endpoint();
    local.url = "http://127.0.0.1:40000/";
    EXPECT_THAT(validate(local, {true, true, {}}), IsOk());
}

TEST(ValidateEndpoint, TheProfileIsOneOfOurs) {
    refuses("profile", [](Endpoint& e) { e.profile = "carrier-pigeon"; });
    refuses("profile", [](Endpoint& e) { e.profile = ""; });
}

TEST(ValidateEndpoint, EventsStandInTheCatalogueOrArePublishable) {
    for (const auto* good : {"*", "batch.*", "batch.completed", "analysis.*", "item.completed",
                             "quota.*", "order.created", "order.*", "order.item.*"})
        takes([&](Endpoint& e) { e.events = {good}; });
    for (const auto* bad :
         {"", "batch", "batch.unknown", "batch.unknown.*", "item.unknown", "quota.x.*",
          "Order.Created", "order", "**", ".*", "*.completed", "order*", "order.created\r\n"})
        refuses("events", [&](Endpoint& e) { e.events = {"analysis.completed", bad}; });
    refuses("events", [](Endpoint& e) { e.events = {}; });
    refuses("events", [](Endpoint& e) { e.events.assign(101, "order.created"); });
}

TEST(ValidateEndpoint, AGuidesCatalogueIsClosed) {
    const auto with = [](std::string event) {
        return [event](Endpoint& e) {
            e.profile = "resell-scan";
            e.events = {event};
        };
    };
    takes(with("analysis.completed"));
    takes(with("analysis.*"));
    takes(with("*"));
    refuses("events", with("batch.completed"));
    refuses("events", with("order.created"));
}

TEST(ValidateEndpoint, TheSecretFitsTheProfile) {
    const Secret plain = Secret::parse("a-plain-old-secret").value();
    refuses("secret", [](Endpoint& e) { e.secret = Secret(); });
    refuses("secret", [&](Endpoint& e) { e.secret = plain; });
    refuses("secret", [&](Endpoint& e) { e.old_secret = plain; });
    takes([&](Endpoint& e) {
        e.profile = "resell-scan";
        e.secret = plain;
        e.old_secret = plain;
    });
}

TEST(ValidateEndpoint, TextsHaveTheirLimits) {
    refuses("description", [](Endpoint& e) { e.description.assign(1'025, 'a'); });
    refuses("description", [](Endpoint& e) { e.description = "a\nb"; });
    takes([](Endpoint& e) {
        e.description =
            "Gr\xc3\xb6\xc3\x9f"
            "e";
    });
    for (const auto* bad : {"", "[]", "1", "{", "{\"a\":}", "null"})
        refuses("metadata", [&](Endpoint& e) { e.metadata = bad; });
    refuses("metadata",
            [](Endpoint& e) { e.metadata = "{\"a\":\"" + std::string(16 * 1024, 'a') + "\"}"; });
    refuses("metadata", [](Endpoint& e) {
        e.metadata = "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}";
    });
    takes([](Endpoint& e) { e.metadata = R"({"team":"blue"})"; });
}

TEST(ValidateEndpoint, OverridesHaveTheirRanges) {
    const auto retry = [](std::vector<std::chrono::milliseconds> delays, double jitter) {
        return [=](Endpoint& e) { e.overrides.retry = RetrySchedule{delays, jitter}; };
    };
    takes(retry({}, 0));
    takes(retry({100ms, 7 * 24h}, 0.5));
    refuses("overrides.retry", retry({99ms}, 0));
    refuses("overrides.retry", retry({-1s}, 0));
    refuses("overrides.retry", retry({7 * 24h + 1ms}, 0));
    refuses("overrides.retry", retry(std::vector<std::chrono::milliseconds>(21, 1s), 0));
    refuses("overrides.retry", retry({1s}, 0.51));
    refuses("overrides.retry", retry({1s}, -0.1));
    refuses("overrides.retry", retry({1s}, std::numeric_limits<double>::quiet_NaN()));
    takes([](Endpoint& e) { e.overrides.timeout = 60s; });
    refuses("overrides.timeout", [](Endpoint& e) { e.overrides.timeout = 0s; });
    refuses("overrides.timeout", [](Endpoint& e) { e.overrides.timeout = 61s; });
    takes([](Endpoint& e) { e.overrides.max_body_bytes = 64 * 1024 * 1024; });
    refuses("overrides.max_body_bytes", [](Endpoint& e) { e.overrides.max_body_bytes = 1'023; });
    refuses("overrides.max_body_bytes",
            [](Endpoint& e) { e.overrides.max_body_bytes = 64 * 1024 * 1024 + 1; });
    takes([](Endpoint& e) { e.overrides.max_in_flight = 64; });
    refuses("overrides.max_in_flight", [](Endpoint& e) { e.overrides.max_in_flight = 0; });
    refuses("overrides.max_in_flight", [](Endpoint& e) { e.overrides.max_in_flight = 65; });
}

TEST(ValidateEndpoint, CustomHeadersAreCheckedOneByOne) {
    takes([](Endpoint& e) { e.overrides.headers = {{"Authorization", "Bearer x"}}; });
    refuses("overrides.headers", [](Endpoint& e) {
        e.overrides.headers = {{"X-A", "1"}, {"Host", "evil.example"}};
    });
    refuses("overrides.headers", [](Endpoint& e) {
        e.overrides.headers = {{"X-A", "1\r\nX-B: 2"}};
    });
    refuses("overrides.headers", [](Endpoint& e) { e.overrides.headers.assign(21, {"X-A", "1"}); });
}

TEST(ValidateEndpoint, ASecretIsNeededButWhereTheProfileLeavesItOut) {
    takes([](Endpoint& e) {
        e.profile = "resilientlink";
        e.events = {"scrape.completed"};
        e.secret = Secret();
    });
    refuses("secret", [](Endpoint& e) {
        e.profile = "ztrace";
        e.secret = Secret();
    });
}

TEST(ValidateEndpoint, SellappNeedsAStoreAndNoOtherHasOne) {
    const auto in = [](std::string profile, std::optional<std::int64_t> store) {
        return [=](Endpoint& e) {
            e.profile = profile;
            e.events = {"*"};
            e.overrides.store_id = store;
        };
    };
    takes(in("sellapp", 1));
    refuses("overrides.store_id", in("sellapp", std::nullopt));
    refuses("overrides.store_id", in("sellapp", -1));
    refuses("overrides.store_id", in("ztrace", 1));
}

TEST(ValidateEndpoint, SeveralSchemesNeedHeadersOfTheirOwn) {
    const auto with = [](std::vector<std::string> others) {
        return [=](Endpoint& e) { e.overrides.also_sign_with = others; };
    };
    takes(with({"github", "resell-scan", "ztrace"}));
    refuses("overrides.also_sign_with", with({"carrier-pigeon"}));
    refuses("overrides.also_sign_with", with({"reusely"}));
    refuses("overrides.also_sign_with",
            with({"github", "ztrace", "resell-scan", "svix", "stripe"}));
    refuses("overrides", with({"cloudevents"}));  // the same three headers
    refuses("overrides", with({"github", "github"}));
    refuses("overrides", [](Endpoint& e) {
        e.overrides.also_sign_with = {"ztrace"};
        e.overrides.headers = {{"x-ztrace-timestamp", "1"}};
    });
    refuses("overrides", [](Endpoint& e) {
        e.profile = "reusely";
        e.events = {"*"};
        e.overrides.headers = {{"Authorization", "Bearer x"}};
    });
    refuses("secret", [](Endpoint& e) {
        e.profile = "github";
        e.secret = Secret::parse("a-plain-old-secret").value();
        e.overrides.also_sign_with = {"standard-webhooks"};
    });
}

TEST(ValidateEndpoint, OnlySignaturesOverAnObjectHaveAChoiceOfDigests) {
    const auto in = [](std::string profile) {
        return [=](Endpoint& e) {
            e.profile = profile;
            e.events = {"*"};
            e.overrides.digest = SignatureDigest::sha256_suffix;
        };
    };
    takes(in("reusely"));
    refuses("overrides.digest", in("github"));
}

TEST(ValidateEndpoint, AUsersOwnProfileIsOneOfThem) {
    const ProfileBook nothing;
    const Result<void> checked = validate(good_endpoint(), {}, nothing);
    ASSERT_THAT(checked, FailsWith(ErrorCode::invalid_argument));
    EXPECT_EQ(checked.error().field, "profile");
}

TEST(EffectiveSchemes, TheOwnOneStandsFirst) {
    const ProfileBook& book = built_in_book();
    Endpoint endpoint = good_endpoint();
    endpoint.overrides.also_sign_with = {"github"};
    EXPECT_THAT(effective_schemes(*book.find("resell-scan"), endpoint, book),
                ::testing::ElementsAre(book.find("resell-scan")->signature,
                                       book.find("github")->signature));
    endpoint.overrides.digest = SignatureDigest::sha256_suffix;
    EXPECT_EQ(effective_schemes(*book.find("reusely"), endpoint, book).front().digest,
              SignatureDigest::sha256_suffix);
}

TEST(EffectiveRetry, TheSuccessRuleCanBeAnother) {
    Endpoint endpoint = good_endpoint();
    endpoint.overrides.success = SuccessRule::exactly_200;
    EXPECT_EQ(effective_retry(*find_profile("resell-scan"), endpoint).success,
              SuccessRule::exactly_200);
}

TEST(EffectiveRetry, TheOverrideReplacesTheScheduleAndNothingElse) {
    const Profile& profile = *find_profile("standard-webhooks");
    Endpoint endpoint = good_endpoint();
    EXPECT_EQ(effective_retry(profile, endpoint), profile.retry);
    endpoint.overrides.retry = RetrySchedule{{1s}, 0};
    const RetryPolicy policy = effective_retry(profile, endpoint);
    EXPECT_EQ(policy.schedule, (RetrySchedule{{1s}, 0}));
    EXPECT_TRUE(policy.honours_retry_after);
    EXPECT_TRUE(policy.gone_disables);
}

}  // namespace
}  // namespace assay::notify
