// Requests of one round: whatever is signed together, each verifies with its own secret.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/request.hpp"

#include <gmock/gmock.h>

#include "engine/base/random.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::Contains;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

class RequestBuilderTest : public ::testing::Test {
  protected:
    std::shared_ptr<Endpoint> endpoint(const std::string& profile) {
        auto made = std::make_shared<Endpoint>();
        made->id = EndpointId("wh_" + std::to_string(endpoints_++));
        made->tenant = TenantId("default");
        made->url = "https://" + made->id.text() + ".example/hook";
        made->profile = profile;
        made->secret = Secret::generate(random_);
        return made;
    }
    Delivery delivery(std::int64_t number) const {
        Delivery made;
        const std::string digits = std::to_string(number);
        made.id = DeliveryId("dlv_" + digits);
        made.event = EventSeq{number};
        made.event_id = EventId("evt_" + digits);
        made.message_id = "evt_" + digits;
        made.wire_type = "analysis.completed";
        made.created_at = clock_.now();
        return made;
    }
    // With what object_hex signs in it.
    std::shared_ptr<const std::string> body(std::int64_t number, std::size_t bytes) const {
        std::string text = R"({"object_id":)" + std::to_string(number) + R"(,"timestamp":")" +
                           std::to_string(to_unix_seconds(clock_.now())) + R"(","data":")";
        text.append(bytes, static_cast<char>('a' + number % 26));
        return std::make_shared<const std::string>(text + "\"}");
    }
    SignedRequest single(const std::shared_ptr<const Endpoint>& to, const Delivery& what,
                         int attempt = 1, bool probe = false) {
        auto begun = builder_.begin(what, to, body(to_integer(what.event), 10), attempt,
                                    clock_.now(), probe);
        EXPECT_THAT(begun, IsOk());
        builder_.sign();
        return builder_.finish(*begun);
    }
    Result<void> verified(const SignedRequest& request, const Scheme& scheme,
                          const Secret& secret) const {
        VerifyOptions options;
        options.now = to_unix_seconds(clock_.now());
        return verify(scheme, {&secret, 1}, request.headers.list(), *request.body, options);
    }

    testing::ManualClock clock_;
    SystemRandom random_;
    RequestBuilder builder_{built_in_book()};
    int endpoints_ = 0;
};

// What a shard does under load: endpoints, secrets, layouts and lengths in one round.
TEST_F(RequestBuilderTest, WhateverIsSignedInOneRoundEachVerifiesWithItsOwnSecretAlone) {
    std::vector<std::shared_ptr<Endpoint>> endpoints;
    for (const char* const profile :
         {"standard-webhooks", "resell-scan", "reusely", "sellapp", "resilientlink", "ztrace",
          "cloudevents", "github", "stripe", "svix", "shopify"})
        endpoints.push_back(endpoint(profile));
    endpoints.push_back(endpoint("resell-scan"));
    endpoints.back()->overrides.also_sign_with = {"github", "ztrace"};
    endpoints.push_back(endpoint("standard-webhooks"));
    endpoints.back()->old_secret = Secret::generate(random_);
    endpoints.back()->old_secret_until = clock_.now() + hours(1);

    std::size_t most_in_a_round = 0;
    for (std::int64_t first = 1; first < 200;) {
        std::vector<Delivery> deliveries;
        deliveries.reserve(64);
        std::vector<RequestBuilder::Begun> begun;
        std::vector<std::shared_ptr<Endpoint>> to;
        for (; builder_.has_room(); ++first) {
            to.push_back(endpoints[static_cast<std::size_t>(first * 7) % endpoints.size()]);
            deliveries.push_back(delivery(first));
            // Of all sizes, some above what is signed together.
            const auto bytes = static_cast<std::size_t>(first * 997 % 10'000);
            auto one =
                builder_.begin(deliveries.back(), to.back(), body(first, bytes), 1, clock_.now());
            ASSERT_THAT(one, IsOk());
            begun.push_back(*std::move(one));
        }
        most_in_a_round = std::max(most_in_a_round, begun.size());
        builder_.sign();
        for (std::size_t i = 0; i < begun.size(); ++i) {
            const SignedRequest& request = builder_.finish(begun[i]);
            EXPECT_THAT(request.headers.checked(), IsOk());
            EXPECT_EQ(request.to->url, to[i]->url);
            EXPECT_THAT(request.headers.list(),
                        Contains(Header{"X-Assay-Event-Id", deliveries[i].event_id.text()}));
            for (const Scheme& scheme :
                 effective_schemes(*find_profile(to[i]->profile), *to[i], built_in_book())) {
                EXPECT_THAT(verified(request, scheme, to[i]->secret), IsOk())
                    << to[i]->profile << ", " << request.body->size() << " bytes";
                EXPECT_THAT(verified(request, scheme, Secret::generate(random_)),
                            FailsWith(ErrorCode::unauthorized));
            }
        }
    }
    EXPECT_GE(most_in_a_round, 20U);
}

TEST_F(RequestBuilderTest, ARoundLeavesNothingOfItselfInTheNext) {
    const auto many = endpoint("ztrace");
    many->overrides.headers = {{"X-Custom", "kept"}};
    many->overrides.timeout = milliseconds(1'234);
    const SignedRequest first = single(many, delivery(1));
    const SignedRequest second = single(endpoint("sellapp"), delivery(2), 3);
    EXPECT_THAT(first.to->headers.list(), Contains(Header{"X-Custom", "kept"}));
    EXPECT_EQ(first.to->timeout, milliseconds(1'234));
    EXPECT_EQ(second.headers.text().find("Ztrace"), std::string::npos);
    EXPECT_THAT(second.headers.list(), Contains(Header{"X-Assay-Delivery-Attempt", "3"}));
    EXPECT_EQ(second.to->headers.text().find("X-Custom"), std::string::npos);
    EXPECT_NE(first.to, second.to);
    EXPECT_EQ(single(many, delivery(3)).to, first.to) << "prepared once";
}

TEST_F(RequestBuilderTest, AnEditedEndpointIsPreparedAnew) {
    const auto before = endpoint("github");
    const SignedRequest old = single(before, delivery(1));
    const auto after = std::make_shared<Endpoint>(*before);
    after->secret = Secret::generate(random_);
    after->overrides.headers = {{"X-New", "1"}};
    EndpointSnapshot snapshot;
    snapshot.by_id[after->id] = after;
    builder_.keep_only(snapshot);
    const SignedRequest fresh = single(after, delivery(2));
    const Scheme& scheme = find_profile("github")->signature;
    EXPECT_THAT(verified(fresh, scheme, after->secret), IsOk());
    EXPECT_THAT(verified(old, scheme, before->secret), IsOk());
    EXPECT_THAT(verified(fresh, scheme, before->secret), FailsWith(ErrorCode::unauthorized));
    EXPECT_THAT(fresh.to->headers.list(), Contains(Header{"X-New", "1"}));
}

TEST_F(RequestBuilderTest, DuringAGraceTheOldSecretStandsLastAndAProbeTurnsThemRound) {
    const auto rotating = endpoint("shopify");  // one signature: the last
    rotating->old_secret = Secret::generate(random_);
    rotating->old_secret_until = clock_.now() + hours(1);
    const Scheme& scheme = find_profile("shopify")->signature;
    EXPECT_THAT(verified(single(rotating, delivery(1)), scheme, *rotating->old_secret), IsOk());
    EXPECT_THAT(verified(single(rotating, delivery(1), 1, true), scheme, rotating->secret), IsOk());
    clock_.advance(hours(2));
    EXPECT_THAT(verified(single(rotating, delivery(1)), scheme, rotating->secret), IsOk());
}

TEST_F(RequestBuilderTest, AValueThatWouldBreakOutOfItsHeaderIsRefusedBeforeTheWire) {
    Delivery evil = delivery(1);
    evil.wire_type = "a\r\nHost: other";
    const SignedRequest request = single(endpoint("github"), evil);
    EXPECT_EQ(request.headers.text().find("other"), std::string::npos);
    ASSERT_THAT(request.headers.checked(), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(request.headers.checked().error().message, HasSubstr("X-Assay-Event"));
}

TEST_F(RequestBuilderTest, TheSequenceIsSentUnlessTheEndpointIsStrict) {
    Delivery numbered = delivery(1);
    numbered.sequence = 41;
    const auto open = endpoint("svix");
    EXPECT_THAT(single(open, numbered).headers.list(), Contains(Header{"X-Assay-Sequence", "41"}));
    const auto strict = endpoint("svix");
    strict->overrides.strict = true;
    EXPECT_EQ(single(strict, numbered).headers.text().find("X-Assay-Sequence"), std::string::npos);
}

}  // namespace
}  // namespace assay::notify
