// What the use of a month's quota tells: each threshold once, in the transaction of the submission.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/tenants.hpp"
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;

class QuotaEventsTest : public BatchStoreTest {
  protected:
    void set_plan(std::optional<std::int64_t> plan, std::int64_t bonus = 0) {
        ASSERT_THAT(write([&](Tx& tx) -> Result<void> {
                        auto tenant = find_tenant(*tx, tenant_);
                        if (!tenant || !*tenant) return fail(ErrorCode::not_found, "no tenant");
                        (*tenant)->plan_limit = plan;
                        (*tenant)->bonus_requests = bonus;
                        return update_tenant(tx, **tenant);
                    }),
                    IsOk());
    }
    Result<void> submit(std::int64_t products) {
        const BatchId id(make_uuid(random_));
        EXPECT_THAT(insert(id), IsOk());
        EXPECT_THAT(append(id, 0, 0, products), IsOk());
        return seal(seal_of(id, products));
    }
    // "80", "95" or "exceeded", in the order of the log.
    std::vector<std::string> told() {
        std::vector<std::string> marks;
        for (const Event& event : events()) {
            if (event.type == event_type::quota_exceeded) marks.emplace_back("exceeded");
            if (event.type != event_type::quota_warning) continue;
            const std::size_t at = event.data.find("\"threshold\":");
            marks.push_back(event.data.substr(at + 12, 2));
        }
        return marks;
    }
    void at(std::string_view time) { clock_.advance(parse_time(time).value() - clock_.now()); }
};

TEST_F(QuotaEventsTest, EightOneOneOneOfTenWarnTwiceAndThenRefuse) {
    set_plan(10);
    ASSERT_THAT(submit(8), IsOk());
    EXPECT_THAT(told(), ElementsAre("80"));
    ASSERT_THAT(submit(1), IsOk());
    EXPECT_THAT(told(), ElementsAre("80")) << "90 % is no threshold";
    ASSERT_THAT(submit(1), IsOk());
    EXPECT_THAT(told(), ElementsAre("80", "95", "exceeded"));
    EXPECT_THAT(submit(1), FailsWith(ErrorCode::quota_exceeded));
    EXPECT_THAT(told(), ElementsAre("80", "95", "exceeded")) << "a refusal leaves no event";
}

TEST_F(QuotaEventsTest, ABatchThatJumpsOverBothThresholdsTellsBothInTheirOrder) {
    set_plan(100);
    ASSERT_THAT(submit(96), IsOk());
    EXPECT_THAT(told(), ElementsAre("80", "95"));
}

TEST_F(QuotaEventsTest, AWarningSaysWhatTheGuidesAskFor) {
    at("2026-05-19T12:00:00.000Z");
    set_plan(10, 10);
    ASSERT_THAT(submit(17), IsOk());
    ASSERT_EQ(events().size(), 1U);
    const Event warning = events()[0];
    EXPECT_EQ(warning.type, event_type::quota_warning);
    EXPECT_EQ(warning.created_at, clock_.now());
    EXPECT_EQ(warning.data,
              R"({"percent_used":80,"requests_used":17,"requests_limit":20,"plan_limit":10,)"
              R"("bonus_requests":3,"threshold":80,"reset":"Resets on the 1st of next month."})");
    ASSERT_THAT(submit(3), IsOk());
    EXPECT_EQ(events()[2].data, R"({"reset_date":"2026-06-01T00:00:00.000Z"})");
}

TEST_F(QuotaEventsTest, EachMonthTellsAnewAndNoneTellsTwice) {
    set_plan(10);
    at("2026-05-31T23:59:59.999Z");
    ASSERT_THAT(submit(8), IsOk());
    at("2026-06-01T00:00:00.000Z");
    ASSERT_THAT(submit(7), IsOk());
    EXPECT_THAT(told(), ElementsAre("80")) << "what was used in May is over";
    ASSERT_THAT(submit(1), IsOk());
    EXPECT_THAT(told(), ElementsAre("80", "80"));
    set_plan(20);  // 40 %: more than it was
    ASSERT_THAT(submit(8), IsOk());
    EXPECT_THAT(told(), ElementsAre("80", "80")) << "June has told this threshold";
    ASSERT_THAT(submit(3), IsOk());
    EXPECT_THAT(told(), ElementsAre("80", "80", "95"));
}

TEST_F(QuotaEventsTest, NeitherARestartNorRetentionMakesItTellAgain) {
    set_plan(10);
    at("2026-05-01T00:00:00.000Z");
    ASSERT_THAT(submit(8), IsOk());
    const std::vector<Event> before = events();
    ASSERT_THAT(write([&](Tx& tx) {
                    const std::vector<EventSeq> gone{before[0].seq};
                    return remove_events(tx, gone);
                }),
                IsOk());
    reopen();
    at("2026-05-31T12:00:00.000Z");
    ASSERT_THAT(submit(1), IsOk());
    EXPECT_THAT(told(), IsEmpty()) << "the month knows by itself, not by the log";
}

TEST_F(QuotaEventsTest, ASubmissionThatComesToNothingTellsNothing) {
    set_plan(10);
    const BatchId id(make_uuid(random_));
    ASSERT_THAT(insert(id), IsOk());
    ASSERT_THAT(append(id, 0, 0, 9), IsOk());
    const Seal whole = seal_of(id, 9);
    EXPECT_THAT(write([&](Tx& tx) -> Result<void> {
                    if (auto sealed = seal_batch(tx, whole, random_); !sealed) return sealed;
                    return fail(ErrorCode::conflict, "the transaction fails after it");
                }),
                FailsWith(ErrorCode::conflict));
    EXPECT_THAT(told(), IsEmpty());
    ASSERT_THAT(submit(8), IsOk());
    EXPECT_THAT(told(), ElementsAre("80"));
}

TEST_F(QuotaEventsTest, NoLimitTellsNothing) {
    ASSERT_THAT(submit(1'000), IsOk());
    EXPECT_THAT(told(), IsEmpty());
}

}  // namespace
}  // namespace assay::engine::batch_store
