// How a shard behaves towards receivers that fail, are overrun, or are changing their secret.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <set>

#include "tests/notify/dispatch/shard_fixture.hpp"

namespace assay::notify {
namespace {

using std::chrono::hours;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ShardCore::SentBody full{42, BodyVariant::full};
constexpr ShardCore::SentBody thin{43, BodyVariant::thin};

class ShardEtiquette : public ShardCoreTest {
  protected:
    Endpoint plain(const std::string& id) {
        Endpoint made;
        made.id = EndpointId(id);
        made.tenant = TenantId("default");
        made.url = "https://" + id + ".example/";
        made.overrides.retry = RetrySchedule{{seconds(5), seconds(300)}, 0};
        return made;
    }
    void put(Endpoint endpoint) {
        registry_.put(std::move(endpoint));
        tell();
    }
    // Types of all operational events so far.
    std::vector<std::string> told() const {
        std::vector<std::string> types;
        for (const LogEntry& entry : log_) {
            for (const OperationalEvent& event : entry.events)
                types.push_back(event.type);
        }
        return types;
    }
    // One failed delivery an hour, as long as it lasts.
    void fail_hourly(int hours_long) {
        for (int hour = 0; hour < hours_long; ++hour) {
            core().add(delivery("a", ++number_), nullptr, now(), out_);
            step();
            while (!under_way_.empty())
                answer(0, 503);
            advance(hours(1));
        }
    }
    int number_ = 0;
};

// --- disabling

TEST_F(ShardEtiquette, ADayOfNothingButFailuresSwitchesItOff) {
    endpoint("a", {{}, 0});
    fail_hourly(24);
    EXPECT_FALSE(log_.back().disable_endpoint);
    fail_hourly(1);
    EXPECT_TRUE(log_.back().disable_endpoint);
    EXPECT_EQ(told().back(), "endpoint.disabled");
    EXPECT_EQ(log_.back().health->failed_count, 25);
    fail_hourly(2);
    EXPECT_THAT(under_way_, IsEmpty()) << "nothing more goes there";
}

TEST_F(ShardEtiquette, ASuccessInBetweenKeepsItOn) {
    endpoint("a", {{}, 0});
    fail_hourly(20);
    push("a", 1'000, 1);
    answer(0, 200);
    EXPECT_EQ(log_.back().health, EndpointHealth{});
    EXPECT_EQ(told().back(), "endpoint.recovered");
    fail_hourly(24);
    EXPECT_FALSE(log_.back().disable_endpoint);
}

TEST_F(ShardEtiquette, ARestartDoesNotForgetTheDay) {
    endpoint("a", {{}, 0});
    EndpointHealth health;
    health.failing_since = clock_.now() - hours(23);
    health.failed_count = 7;
    core().remember(EndpointId("a"), health, now());
    fail_hourly(1);
    EXPECT_FALSE(log_.back().disable_endpoint);
    fail_hourly(1);
    EXPECT_TRUE(log_.back().disable_endpoint);
    EXPECT_EQ(log_.back().health->failed_count, 9);
}

TEST_F(ShardEtiquette, AClockThatJumpsADayAheadDisablesNobody) {
    endpoint("a", {{}, 0});
    fail_hourly(2);
    clock_.jump_wall(hours(30));
    fail_hourly(2);
    EXPECT_FALSE(log_.back().disable_endpoint);
    clock_.jump_wall(-hours(60));
    fail_hourly(20);
    EXPECT_FALSE(log_.back().disable_endpoint);
    fail_hourly(1);
    EXPECT_TRUE(log_.back().disable_endpoint) << "24 hours by the clock that does not jump";
}

TEST_F(ShardEtiquette, AGuideThatSaysNothingOfItIsNeverSwitchedOff) {
    Endpoint made = plain("a");
    made.profile = "resell-scan";
    made.overrides.retry = RetrySchedule{{}, 0};
    put(std::move(made));
    fail_hourly(40);
    for (const LogEntry& entry : log_)
        EXPECT_FALSE(entry.disable_endpoint);
}

TEST_F(ShardEtiquette, SwitchedOnAgainItHasADayOfItsOwn) {
    endpoint("a", {{}, 0});
    fail_hourly(25);
    ASSERT_TRUE(log_.back().disable_endpoint);
    registry_.switch_off(EndpointId("a"));
    tell();
    endpoint("a", {{}, 0});
    fail_hourly(2);
    EXPECT_FALSE(log_.back().disable_endpoint);
    push("a", 1'000, 1);
    answer(0, 200);
    EXPECT_EQ(told().back(), "endpoint.recovered");
}

TEST_F(ShardEtiquette, ADeliveryThatIsGivenUpIsToldButNotThatOfSuchAMessage) {
    endpoint("a", {{}, 0});
    push("a", 1, 1);
    answer(0, 503);
    EXPECT_THAT(told(), ::testing::ElementsAre("delivery.exhausted"));
    Delivery about = delivery("a", 2);
    about.event_type = "delivery.exhausted";
    core().add(about, nullptr, now(), out_);
    step();
    answer(0, 503);
    EXPECT_THAT(told(), SizeIs(1)) << "or two broken endpoints would never stop";
}

// --- sizes

TEST_F(ShardEtiquette, A413SwitchesToTheThinBodyAtOnceAndCostsNoAttempt) {
    endpoint("a");
    push("a", 1, 1);
    answer(0, 413, full);
    EXPECT_TRUE(log_.back().switch_to_thin);
    EXPECT_EQ(log_.back().delivery.attempts, 0);
    EXPECT_EQ(log_.back().record->number, 1);
    ASSERT_THAT(under_way_, SizeIs(1)) << "at once";
    answer(0, 200, thin);
    EXPECT_EQ(log_.back().record->number, 2);
    EXPECT_EQ(log_.back().delivery.attempts, 1);
    EXPECT_EQ(log_.back().delivery.body_hash, 42U);
    EXPECT_EQ(log_.back().delivery.thin_hash, 43U);
}

TEST_F(ShardEtiquette, A413ToAThinBodyWaitsForItsSchedule) {
    endpoint("a");
    push("a", 1, 1);
    answer(0, 413, thin);
    EXPECT_FALSE(log_.back().switch_to_thin);
    EXPECT_THAT(under_way_, IsEmpty());
    advance(seconds(5));
    EXPECT_THAT(under_way_, SizeIs(1));
}

TEST_F(ShardEtiquette, A413ToAStrictEndpointEndsTheDelivery) {
    Endpoint made = plain("a");
    made.overrides.strict = true;
    put(std::move(made));
    push("a", 1, 1);
    answer(0, 413);
    EXPECT_EQ(log_.back().status, DeliveryStatus::failed);
    EXPECT_THAT(log_.back().record->why_next, ::testing::HasSubstr("payload_too_large"));
}

// --- rates

TEST_F(ShardEtiquette, AnOwnersRateIsKept) {
    Endpoint made = plain("a");
    made.overrides.rate_limit = 10;
    put(std::move(made));
    push("a", 1, 100);
    for (int tick = 0; tick < 500; ++tick) {
        while (!under_way_.empty())
            answer(0, 200);
        advance(milliseconds(10));
    }
    EXPECT_NEAR(static_cast<double>(order_.size()), 50, 2) << "five seconds";
    for (const LogEntry& entry : log_)
        EXPECT_EQ(entry.delivery.attempts, 1) << "waiting here is no attempt";
    ASSERT_TRUE(core().next_due());
}

TEST_F(ShardEtiquette, A429SlowsThatEndpointAndNoOther) {
    endpoint("a");
    endpoint("b");
    const auto run = [&](int ticks, bool overrun) {
        std::map<std::string, int> count;
        for (int tick = 0; tick < ticks; ++tick) {
            while (!under_way_.empty()) {
                const std::string to = under_way_.front()->delivery.endpoint.text();
                ++count[to];
                answer(0, overrun && to == "a" && tick == ticks / 2 ? 429 : 200);
            }
            core().add(delivery("a", ++number_), nullptr, now(), out_);
            core().add(delivery("b", ++number_), nullptr, now(), out_);
            advance(milliseconds(10));
        }
        return count;
    };
    run(200, true);
    auto slowed = run(100, false);
    EXPECT_LT(slowed["a"], 75);
    EXPECT_EQ(slowed["b"], 100);
    run(6'000, false);
    auto later = run(100, false);
    EXPECT_GE(later["a"], 99) << "it came back";
}

TEST_F(ShardEtiquette, RetryAfterIsKept) {
    endpoint("a");
    push("a", 1, 1);
    Outcome outcome;
    outcome.kind = OutcomeKind::response;
    outcome.status = 429;
    outcome.retry_after = seconds(100);
    outcome.started = outcome.ended = clock_.now();
    ShardCore::Job* const job = under_way_.at(0);
    under_way_.clear();
    job->body = {42};
    core().answered(*job, outcome, now(), out_);
    step();
    advance(seconds(99));
    EXPECT_THAT(under_way_, IsEmpty());
    advance(seconds(1));
    EXPECT_THAT(under_way_, SizeIs(1));
}

// --- rotation

Endpoint rotating(Endpoint endpoint, TimePoint until) {
    SeededRandom random(7);
    endpoint.secret = Secret::generate(random);
    endpoint.old_secret = Secret::generate(random);
    endpoint.old_secret_until = until;
    return endpoint;
}

TEST_F(ShardEtiquette, ARefusalDuringARotationIsProbedAtOnce) {
    put(rotating(plain("a"), clock_.now() + hours(24)));
    push("a", 1, 1);
    EXPECT_FALSE(under_way_[0]->is_probe);
    answer(0, 401);
    ASSERT_THAT(under_way_, SizeIs(1));
    EXPECT_TRUE(under_way_[0]->is_probe);
    answer(0, 200);
    EXPECT_TRUE(log_.back().ends_grace);
    EXPECT_TRUE(log_.back().record->rotation_probe);
    EXPECT_EQ(log_.back().record->number, 2);
    EXPECT_EQ(log_.back().delivery.attempts, 1) << "the probe was no retry";
}

TEST_F(ShardEtiquette, AProbeThatFailsGoesOnAsTheScheduleSays) {
    put(rotating(plain("a"), clock_.now() + hours(24)));
    push("a", 1, 1);
    answer(0, 403);
    answer(0, 403);
    EXPECT_FALSE(log_.back().ends_grace);
    EXPECT_THAT(under_way_, IsEmpty());
    advance(seconds(5));
    ASSERT_THAT(under_way_, SizeIs(1));
    EXPECT_FALSE(under_way_[0]->is_probe);
}

TEST_F(ShardEtiquette, AProbeStaysOneWhereNothingMoreMayWaitInMemory) {
    limits_.waiting_max = 0;
    put(rotating(plain("a"), clock_.now() + hours(24)));
    push("a", 1, 1);
    answer(0, 401);
    ASSERT_THAT(under_way_, SizeIs(1));
    EXPECT_TRUE(under_way_[0]->is_probe);
    answer(0, 401);
    EXPECT_THAT(under_way_, IsEmpty()) << "not probed again, without end";
}

TEST_F(ShardEtiquette, AfterTheGraceThereIsNothingToProbe) {
    put(rotating(plain("a"), clock_.now() + hours(24)));
    advance(hours(25));
    push("a", 1, 1);
    answer(0, 401);
    EXPECT_THAT(under_way_, IsEmpty());
    EXPECT_TRUE(log_.back().ends_grace) << "the old secret is thrown away";
}

TEST_F(ShardEtiquette, ProfilesThatSwitchAtOnceAreNotProbed) {
    for (const char* profile : {"reusely", "resilientlink"}) {
        Endpoint made = rotating(plain(profile), clock_.now() + hours(24));
        made.profile = profile;
        put(std::move(made));
        push(profile, 1, 1);
        answer(0, 401);
        EXPECT_THAT(under_way_, IsEmpty()) << profile;
    }
}

// --- breaking the circuit

TEST_F(ShardEtiquette, AnEndpointThatIsDownIsAskedNowAndThenAndOthersFlow) {
    endpoint("down");
    endpoint("up");
    push("down", 1, 1'000);
    std::map<std::string, int> sent;
    for (int tick = 0; tick < 6'000; ++tick) {  // a minute
        core().add(delivery("up", ++number_), nullptr, now(), out_);
        step();
        while (!under_way_.empty()) {
            const std::string to = under_way_.front()->delivery.endpoint.text();
            ++sent[to];
            answer(0, to == "up" ? 200 : 0);
        }
        advance(milliseconds(10));
    }
    EXPECT_EQ(sent["up"], 6'000);
    EXPECT_LT(sent["down"], 30) << "its refusals are instant, and still it is left alone";
    EXPECT_GT(sent["down"], 10) << "but not forgotten";
}

TEST_F(ShardEtiquette, NoRetryIsLateByMoreThanARest) {
    endpoint("a", {std::vector<milliseconds>(6, seconds(30)), 0});
    push("a", 1, 1);
    for (int i = 0; i < 6; ++i) {
        ASSERT_THAT(under_way_, SizeIs(1)) << i;
        answer(0, 500);
        advance(seconds(30));
    }
    EXPECT_THAT(under_way_, SizeIs(1)) << "one delivery alone is never late";
}

}  // namespace
}  // namespace assay::notify
