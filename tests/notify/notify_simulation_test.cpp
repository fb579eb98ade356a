// The whole of notify's decisions on fake time, store and receivers, with crashes: one seed, one
// history. Nothing acknowledged is lost, nothing is sent early, caps hold, duplicates need a crash.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "engine/base/random.hpp"
#include "notify/dispatch/shard_core.hpp"
#include "notify/relay/relay.hpp"
#include "tests/support/manual_clock.hpp"

namespace assay::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int endpoints = 4;
constexpr int retries = 3;
constexpr std::size_t cap = 3;

class World {
  public:
    // With a steady wall clock even what was read back from rows is never early.
    World(std::uint64_t seed, bool wall_jumps) : random_(seed), wall_jumps_(wall_jumps) {
        limits_.endpoint_in_flight = cap;
        limits_.queued_per_endpoint_max = 12;
        limits_.queued_when_slow_max = 4;
        limits_.waiting_max = 6;
        limits_.unrecorded_max = 10;
        for (int i = 0; i < endpoints; ++i) {
            Endpoint made;
            made.id = EndpointId("wh_" + std::to_string(i));
            made.tenant = TenantId("default");
            made.url = "https://receiver" + std::to_string(i) + ".example/";
            made.events = {"order.*"};
            made.overrides.retry =
                RetrySchedule{std::vector<milliseconds>(retries, seconds(10)), 0.2};
            registry_.put(std::move(made));
        }
        start();
    }

    void live(int steps) {
        for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
            switch (random_.next_u64() % 12) {
                case 0:
                case 1:
                    append();
                    break;
                case 2:
                case 3:
                    relay();
                    break;
                case 4:
                    commit();
                    break;
                case 5:
                    clock_.advance(milliseconds(random_.next_u64() % 4'000));
                    break;
                case 6:
                    if (wall_jumps_ && random_.next_unit() < 0.1)
                        clock_.jump_wall(hours_either_way());
                    break;
                case 7:
                    if (random_.next_unit() < 0.15) crash();
                    break;
                case 8:
                    if (random_.next_unit() < 0.1) core_->relieve(now(), out_);
                    break;
                default:
                    answer(false);
            }
            step();
        }
    }

    // Everything that can still happen happens; receivers are well again.
    void settle() {
        for (int i = 0; i < 20'000; ++i) {
            relay();
            step();
            commit();
            step();
            while (!under_way_.empty()) {
                answer(true);
                step();
            }
            if (finished()) return;
            clock_.advance(seconds(5));
        }
    }

    void check() const {
        for (const engine::Event& event : events_) {
            for (const Delivery& owed : deliveries_of(event, *registry_.snapshot())) {
                const auto row = rows_.find(owed.id);
                ASSERT_NE(row, rows_.end()) << owed.id.text() << " was lost";
                const int successes = successes_.count(owed.id) ? successes_.at(owed.id) : 0;
                if (row->second.status == DeliveryStatus::delivered) {
                    EXPECT_GE(successes, 1);
                } else {
                    EXPECT_EQ(row->second.status, DeliveryStatus::failed);
                    EXPECT_EQ(row->second.delivery.attempts, retries + 1);
                }
                EXPECT_LE(successes, 1 + crashes_) << "a duplicate that no crash explains";
            }
        }
    }
    int crashes() const { return crashes_; }

  private:
    struct Row {
        Delivery delivery;
        DeliveryStatus status;
        std::optional<TimePoint> ended;  // of the last attempt
    };

    Now now() const { return {clock_.now(), clock_.steady_now()}; }
    milliseconds hours_either_way() {
        return std::chrono::minutes(static_cast<int>(random_.next_u64() % 121) - 60);
    }

    void start() {
        core_ = std::make_unique<ShardCore>(limits_);
        out_.clear();
        unwritten_.clear();
        under_way_.clear();
        in_flight_.clear();
        last_attempt_.clear();
        tracker_.emplace(cursor_);
        read_ = cursor_;
        rebuild_until_ = EventSeq{static_cast<std::int64_t>(events_.size())};
        core_->set_endpoints(registry_.snapshot(), now(), out_);
        for (const auto& [id, row] : rows_) {
            if (row.status != DeliveryStatus::pending) continue;
            core_->rows_wait(row.delivery.endpoint, row.delivery.due, now());
        }
        step();
    }

    // What was in memory is gone; what was under way may have arrived all the same.
    void crash() {
        ++crashes_;
        for (const ShardCore::Job* job : under_way_) {
            if (random_.next_unit() < 0.5) ++successes_[job->delivery.id];
        }
        start();
    }

    void append() {
        engine::Event event;
        event.seq = EventSeq{static_cast<std::int64_t>(events_.size()) + 1};
        event.id = EventId("evt_" + std::to_string(events_.size()));
        event.tenant = TenantId("default");
        event.type = random_.next_unit() < 0.8 ? "order.created" : "stock.changed";
        event.created_at = clock_.now();
        events_.push_back(std::move(event));
    }

    void relay() {
        while (to_integer(read_) < static_cast<std::int64_t>(events_.size())) {
            const engine::Event& event = events_[static_cast<std::size_t>(to_integer(read_))];
            std::vector<Delivery> owed = deliveries_of(event, *registry_.snapshot());
            if (event.seq <= rebuild_until_) {
                std::erase_if(owed, [&](const Delivery& one) { return rows_.count(one.id) > 0; });
            }
            tracker_->add(event.seq, owed.size());
            read_ = event.seq;
            for (Delivery& one : owed) {
                if (random_.next_unit() < 0.1) {  // a full ring
                    LogEntry entry;
                    entry.delivery = std::move(one);
                    entry.first_row = true;
                    unwritten_.push_back(std::move(entry));
                } else {
                    core_->add(std::move(one), nullptr, now(), out_);
                }
            }
            step();
        }
    }

    // One transaction: all rows and the cursor, or nothing (a crash before it).
    void commit() {
        std::vector<LogEntry> batch;
        batch.swap(unwritten_);
        cursor_ = std::max(cursor_, tracker_->safe());
        for (const LogEntry& entry : batch) {
            Row& row = rows_[entry.delivery.id];
            row.delivery = entry.delivery;
            row.status = entry.status;
            if (entry.record) row.ended = entry.record->outcome.ended;
        }
        for (const LogEntry& entry : batch) {
            if (entry.first_row) tracker_->settled(entry.delivery.event);
        }
        for (const LogEntry& entry : batch) {
            core_->recorded(entry.delivery.id, now(), out_);
            if (!entry.record && entry.status == DeliveryStatus::pending) {
                core_->rows_wait(entry.delivery.endpoint, clock_.now(), now());
            }
        }
    }

    void answer(bool well) {
        if (under_way_.empty()) return;
        const std::size_t chosen = random_.next_u64() % under_way_.size();
        ShardCore::Job& job = *under_way_[chosen];
        under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(chosen));
        --in_flight_[job.delivery.endpoint];
        Outcome outcome;
        outcome.started = outcome.ended = clock_.now();
        const double health = job.delivery.endpoint.text() == "wh_0" ? 0.1 : 0.7;
        if (well || random_.next_unit() < health) {
            outcome.kind = OutcomeKind::response;
            outcome.status = 200;
            ++successes_[job.delivery.id];
        } else {
            outcome.kind = OutcomeKind::timeout;
            last_attempt_[job.delivery.id] = clock_.steady_now();
        }
        job.body = {1};
        core_->answered(job, std::move(outcome), now(), out_);
    }

    void step() {
        for (;;) {
            core_->poll(now(), out_);
            if (out_.empty()) return;
            ShardCore::Actions doing;
            doing.swap(out_);
            for (ShardCore::Action& action : doing) {
                if (auto* send = std::get_if<ShardCore::Send>(&action)) {
                    sent(*send->job);
                } else if (auto* entry = std::get_if<LogEntry>(&action)) {
                    unwritten_.push_back(std::move(*entry));
                } else if (auto* load = std::get_if<ShardCore::Load>(&action)) {
                    core_->loaded(load->endpoint, due_rows(*load), now());
                }
            }
        }
    }

    void sent(ShardCore::Job& job) {
        under_way_.push_back(&job);
        EXPECT_LE(++in_flight_[job.delivery.endpoint], cap);
        const auto before = last_attempt_.find(job.delivery.id);
        if (before == last_attempt_.end()) return;
        if (wall_jumps_) return;
        EXPECT_GE(clock_.steady_now() - before->second, seconds(8)) << "early";
    }

    DeliverySource::DueRows due_rows(const ShardCore::Load& load) const {
        DeliverySource::DueRows due;
        for (const auto& [id, row] : rows_) {
            if (row.delivery.endpoint != load.endpoint || row.status != DeliveryStatus::pending) {
                continue;
            }
            if (row.delivery.due <= load.until && due.rows.size() < load.limit) {
                due.rows.push_back(row.delivery);
            } else if (!due.next || row.delivery.due < *due.next) {
                due.next = row.delivery.due;
            }
        }
        return due;
    }

    bool finished() const {
        if (!unwritten_.empty() || !under_way_.empty() || core_->held() > 0) return false;
        if (to_integer(read_) < static_cast<std::int64_t>(events_.size())) return false;
        for (const auto& [id, row] : rows_) {
            if (row.status == DeliveryStatus::pending) return false;
        }
        return true;
    }

    SeededRandom random_;
    const bool wall_jumps_;
    testing::ManualClock clock_;
    EndpointRegistry registry_;
    ShardLimits limits_;
    // Durable.
    std::vector<engine::Event> events_;
    std::map<DeliveryId, Row> rows_;
    EventSeq cursor_{};
    // In memory.
    std::unique_ptr<ShardCore> core_;
    ShardCore::Actions out_;
    std::optional<CursorTracker> tracker_;
    EventSeq read_{}, rebuild_until_{};
    std::vector<LogEntry> unwritten_;
    std::vector<ShardCore::Job*> under_way_;
    std::map<EndpointId, std::size_t> in_flight_;
    std::map<DeliveryId, SteadyTime> last_attempt_;
    // The receivers'.
    std::map<DeliveryId, int> successes_;
    int crashes_ = 0;
};

TEST(NotifySimulation, NothingIsLostInAnyOfManyHistories) {
    int crashes = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world(seed, seed % 2 == 0);
        world.live(600);
        world.settle();
        world.check();
        crashes += world.crashes();
        if (HasFailure()) return;
    }
    EXPECT_GT(crashes, 300);
}

}  // namespace
}  // namespace assay::notify
