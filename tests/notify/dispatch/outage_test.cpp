// Receivers that are away for an hour or never answer, in time that is moved by hand: what waits
// for them arrives, without a storm, and nobody else notices.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>

#include "tests/notify/dispatch/shard_fixture.hpp"

namespace assay::notify {
namespace {

using std::chrono::minutes;

constexpr milliseconds tick{10};

class Outage : public ShardCoreTest {
  protected:
    struct Reply {
        int status = 200;  // 0: a timeout
        milliseconds after{20};
    };
    using Receiver = std::function<Reply(const std::string& endpoint)>;

    // What comes due in one tick: new deliveries by `arrive`, answers, retries.
    void live(milliseconds time, const Receiver& receiver, const std::function<void()>& arrive = {},
              milliseconds by = tick) {
        for (milliseconds passed(0); passed < time; passed += by) {
            if (arrive) arrive();
            step();
            take_up(receiver);
            clock_.advance(by);
            while (!answers_.empty() && answers_.begin()->first <= clock_.steady_now()) {
                const auto [job, status] = answers_.begin()->second;
                answers_.erase(answers_.begin());
                finish(*job, status);
                take_up(receiver);
            }
        }
    }
    void take_up(const Receiver& receiver) {
        for (ShardCore::Job* const job : under_way_) {
            const std::string to = job->delivery.endpoint.text();
            ++requests_[to];
            const Delivery& delivery = job->delivery;
            const auto last = ended_.find(delivery.id);
            if (last != ended_.end()) {
                EXPECT_GE(clock_.steady_now() - last->second.first, last->second.second)
                    << "earlier than its schedule";
            } else {
                waits_[to].push_back(clock_.now() - delivery.created_at);
            }
            const Reply reply = receiver(to);
            answers_.insert({clock_.steady_now() + reply.after, {job, reply.status}});
        }
        under_way_.clear();
    }
    void finish(ShardCore::Job& job, int status) {
        const auto attempt = static_cast<std::size_t>(job.delivery.attempts);
        const DeliveryId id = job.delivery.id;
        if (status != 200 && attempt < schedule_.delays.size()) {
            ended_[id] = {clock_.steady_now(), schedule_.delays[attempt] * 8 / 10};
        }
        if (status == 200) ++delivered_[job.delivery.endpoint.text()];
        Outcome outcome;
        outcome.kind = status == 0 ? OutcomeKind::timeout : OutcomeKind::response;
        outcome.status = status;
        outcome.started = outcome.ended = clock_.now();
        job.body = {42};
        core().answered(job, outcome, now(), out_);
        step();
        log_.clear();
        order_.clear();
    }
    // The same world once more, with nothing in it.
    void begin_again() {
        core_.reset();
        out_.clear();
        rows_.clear();
        under_way_.clear();
        answers_.clear();
        requests_.clear();
        delivered_.clear();
        ended_.clear();
        waits_.clear();
        number_ = 0;
    }
    milliseconds p99(const std::string& endpoint) {
        std::vector<milliseconds>& waits = waits_[endpoint];
        std::sort(waits.begin(), waits.end());
        return waits.at(waits.size() * 99 / 100);
    }

    const RetrySchedule schedule_{
        {seconds(5), minutes(5), minutes(30), minutes(120), minutes(300), minutes(600)}, 0.2};
    std::multimap<SteadyTime, std::pair<ShardCore::Job*, int>> answers_;
    std::map<std::string, int> requests_, delivered_;
    std::map<DeliveryId, std::pair<SteadyTime, milliseconds>> ended_;
    std::map<std::string, std::vector<milliseconds>> waits_;
    int number_ = 0;
};

TEST_F(Outage, AfterAnHourAwayAllIsDeliveredAndTheDrainGrows) {
    constexpr int waiting = 20'000;
    limits_.endpoint_in_flight = 64;
    endpoint("a", schedule_);
    push("a", 1, waiting);
    const Receiver down = [](const std::string&) { return Reply{0, milliseconds(50)}; };
    const Receiver up = [](const std::string&) { return Reply{}; };
    live(minutes(60), down);
    EXPECT_LT(requests_["a"], 1'000) << "an hour of one request in four seconds, and the retries";
    EXPECT_GT(requests_["a"], 500);
    requests_.clear();
    live(seconds(5), up);  // the rest that was begun before is over, and the first goes through
    EXPECT_GT(requests_["a"], 0);
    std::vector<int> per_tick;
    int most = 0;
    for (int i = 0; i < 500; ++i) {
        const int before = requests_["a"];
        live(tick, up);
        per_tick.push_back(requests_["a"] - before);
        most = std::max(most, per_tick.back());
    }
    EXPECT_LE(most, 64) << "the cap of the endpoint holds";
    live(minutes(15 * 60), up, {}, seconds(1));
    EXPECT_EQ(delivered_["a"], waiting);
    EXPECT_EQ(core().held(), 0U);
}

TEST_F(Outage, TheFirstSecondsOfADrainAreGentle) {
    limits_.endpoint_in_flight = 64;
    endpoint("a", schedule_);
    push("a", 1, 2'000);
    live(minutes(1), [](const std::string&) { return Reply{503, milliseconds(50)}; });
    requests_.clear();
    std::vector<int> sent;
    const Receiver up = [](const std::string&) { return Reply{200, milliseconds(100)}; };
    while (requests_["a"] == 0)
        live(tick, up);
    for (int round = 0; round < 8; ++round) {
        const int before = requests_["a"];
        live(milliseconds(100), up);
        sent.push_back(requests_["a"] - before);
    }
    EXPECT_LE(sent[0], 2);
    for (std::size_t i = 1; i < sent.size(); ++i)
        EXPECT_LE(sent[i], 2 * sent[i - 1] + 2) << "at most twice as many in each round trip";
    EXPECT_GE(sent.back(), 30) << "and soon all that it takes";
}

// 30 of 100 receivers accept and never answer, 10 answer after five seconds.
TEST_F(Outage, BlackHolesCostTheHealthyNothing) {
    const auto run = [&](bool sick) {
        begin_again();
        limits_.in_flight_max = 256;
        limits_.in_flight_doubtful_max = 64;
        for (int i = 0; i < 100; ++i)
            endpoint("e" + std::to_string(i), schedule_);
        int turn = 0;
        live(
            minutes(2),
            [&](const std::string& to) {
                const int index = std::stoi(to.substr(1));
                if (sick && index < 30) return Reply{0, seconds(20)};
                if (sick && index < 40) return Reply{200, seconds(5)};
                return Reply{};
            },
            [&] {  // two a tick: each endpoint hears of something twice a second
                for (int i = 0; i < 2; ++i, turn = (turn + 1) % 100) {
                    core().add(delivery("e" + std::to_string(turn), ++number_), nullptr, now(),
                               out_);
                }
            });
        milliseconds worst(0);
        int delivered = 0;
        for (int i = 40; i < 100; ++i) {
            worst = std::max(worst, p99("e" + std::to_string(i)));
            delivered += delivered_["e" + std::to_string(i)];
        }
        return std::pair(worst, delivered);
    };
    const auto [well, all] = run(false);
    const auto [beside_sick, some] = run(true);
    EXPECT_LE(beside_sick, well + tick);
    EXPECT_GE(some, all - 60) << "but for what is under way at the end";
}

TEST_F(Outage, AClockThatJumpsToAndFroStormsNobodyAndLosesNothing) {
    const auto run = [&](bool jumps) {
        begin_again();
        endpoint("a", {{seconds(60), seconds(60), seconds(60)}, 0.2});
        push("a", 1, 200);
        int failing = 150;
        const Receiver receiver = [&](const std::string&) {
            return failing-- > 0 ? Reply{503, milliseconds(20)} : Reply{};
        };
        int most = 0;
        for (int i = 0; i < 180; ++i) {  // half an hour in windows of ten seconds
            if (jumps && i % 7 == 3) clock_.jump_wall(i % 2 == 0 ? minutes(60) : -minutes(60));
            const int before = requests_["a"];
            live(seconds(10), receiver);
            most = std::max(most, requests_["a"] - before);
        }
        live(minutes(150), receiver, {}, seconds(1));  // rows know the wall's time alone
        EXPECT_EQ(delivered_["a"], 200);
        EXPECT_EQ(core().held(), 0U);
        return most;
    };
    const int steady = run(false);
    EXPECT_LE(run(true), 2 * steady) << "no storm";
}

}  // namespace
}  // namespace assay::notify
