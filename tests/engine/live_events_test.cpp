// The engine tells those who listen what is going on, and nobody else.
// SPDX-License-Identifier: MIT
#include "engine/live_events.hpp"

#include <set>

#include "engine/event/batch_facts.hpp"
#include "tests/engine/engine_fixture.hpp"

namespace assay::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Listeners final : public Audience {
  public:
    explicit Listeners(std::set<std::string, std::less<>> wanted) : wanted_(std::move(wanted)) {}
    bool wants(const TenantId& tenant, std::string_view type) const noexcept override {
        return tenant == TenantId("default") && wanted_.contains(type);
    }
    void happens(Event event) noexcept override {
        const std::lock_guard lock(mutex_);
        heard_.push_back(std::move(event));
    }
    std::vector<Event> heard() const {
        const std::lock_guard lock(mutex_);
        return heard_;
    }

  private:
    const std::set<std::string, std::less<>> wanted_;
    mutable std::mutex mutex_;
    std::vector<Event> heard_;
};

class LiveEventsTest : public testing::EngineFixture {
  protected:
    std::vector<Event> run(std::set<std::string, std::less<>> wanted, ProgressPace pace,
                           int products_in_batch) {
        Listeners listeners(std::move(wanted));
        EngineOptions options;
        options.progress = pace;
        engine_ = std::make_unique<Engine>(*database_, *writer_, clock_, random_, tables_, options,
                                           &listeners);
        EXPECT_THAT(engine_->start(), testing::IsOk());
        const auto receipt = submit(products(products_in_batch));
        EXPECT_THAT(receipt, testing::IsOk());
        if (receipt) batch_ = ended(receipt->batch).id;
        engine_->stop();
        return listeners.heard();
    }
    BatchId batch_;
};

TEST_F(LiveEventsTest, EachProductIsAnnouncedOnceBeforeItIsAnalysed) {
    const auto heard = run({"item.started"}, {}, 130);
    ASSERT_THAT(heard, SizeIs(130));
    std::set<std::string> data;
    std::set<EventId> ids;
    for (const Event& event : heard) {
        EXPECT_EQ(event.type, event_type::item_started);
        EXPECT_EQ(event.seq, live_seq);
        EXPECT_EQ(event.batch, batch_);
        data.insert(event.data);
        ids.insert(event.id);
    }
    EXPECT_THAT(data, SizeIs(130));
    EXPECT_THAT(ids, SizeIs(130));
    EXPECT_THAT(heard.front().data, HasSubstr(R"("product_id":"p)"));
    EXPECT_EQ(ask("SELECT count(*) FROM event WHERE type LIKE 'item.%'"), 0);
}

TEST_F(LiveEventsTest, ProgressComesAsThePaceSaysAndNeverAtTheEnd) {
    const auto heard = run({"batch.progress"}, {std::chrono::milliseconds(0), 1}, 640);
    ASSERT_GE(heard.size(), 1U);
    std::int64_t before = 0;
    for (const Event& event : heard) {
        const auto facts = parse_batch_facts(event.data);
        ASSERT_THAT(facts, testing::IsOk());
        EXPECT_EQ(facts->total, 640);
        const std::int64_t settled = facts->successful + facts->failed;
        EXPECT_GT(settled, before);
        EXPECT_LT(settled, 640);
        before = settled;
    }
}

TEST_F(LiveEventsTest, ALongPauseLetsOnlyTheFirstThrough) {
    EXPECT_THAT(run({"batch.progress"}, {std::chrono::hours(1), 1}, 640), SizeIs(1));
}

TEST_F(LiveEventsTest, NothingIsMadeForNobody) {
    EXPECT_THAT(run({"item.completed"}, {}, 200), IsEmpty());
}

TEST_F(LiveEventsTest, APaceOutOfRangeIsRefusedByName) {
    EngineOptions options;
    options.progress.step = 0;
    EXPECT_THAT(validate(options), testing::FailsWith(ErrorCode::invalid_argument));
    options.progress = {std::chrono::milliseconds(-1), 1};
    EXPECT_THAT(validate(options), testing::FailsWith(ErrorCode::invalid_argument));
}

}  // namespace
}  // namespace assay::engine
