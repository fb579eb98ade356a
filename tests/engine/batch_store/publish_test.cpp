// Events that users publish: once under one key, and apart from each other without.
// SPDX-License-Identifier: MIT
#include "engine/base/limits.hpp"
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

class PublishTest : public BatchStoreTest {
  protected:
    Result<Published> publish(std::optional<std::string> key, std::string data = R"({"id":1})",
                              std::string type = "order.completed") {
        const Publication publication{tenant_, std::move(type), std::move(data), std::move(key),
                                      clock_.now()};
        return write([&](Tx& tx) { return publish_event(tx, publication, random_); });
    }
};

TEST_F(PublishTest, AnEventKeepsItsBytesAndGetsANumber) {
    const auto first = publish({}, R"({"price":1.10,"big":12345678901234567890123})");
    ASSERT_THAT(first, IsOk());
    const auto second = publish({});
    ASSERT_THAT(second, IsOk());
    EXPECT_LT(first->seq, second->seq);
    ASSERT_EQ(events().size(), 2U);
    EXPECT_EQ(events()[0].data, R"({"price":1.10,"big":12345678901234567890123})");
    EXPECT_EQ(events()[0].type, "order.completed");
    EXPECT_EQ(events()[0].id.text().substr(0, 4), "evt_");
}

TEST_F(PublishTest, TheSameKeyGivesTheFirstAnswerAlsoAfterARestart) {
    const auto first = publish("k1");
    ASSERT_THAT(first, IsOk());
    EXPECT_FALSE(first->replayed);
    reopen();
    const auto again = publish("k1");
    ASSERT_THAT(again, IsOk());
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->seq, first->seq);
    EXPECT_EQ(events().size(), 1U);
}

TEST_F(PublishTest, AKeyStandsForOneTypeAndItsData) {
    ASSERT_THAT(publish("k1"), IsOk());
    EXPECT_THAT(publish("k1", R"({"id":2})"), FailsWith(ErrorCode::key_reused));
    EXPECT_THAT(publish("k1", R"({"id":1})", "order.created"), FailsWith(ErrorCode::key_reused));
    EXPECT_EQ(events().size(), 1U);
}

TEST_F(PublishTest, AKeyOfAnotherTenantIsAnotherKey) {
    ASSERT_THAT(publish("k1"), IsOk());
    tenant_ = TenantId("other");
    const auto theirs = publish("k1", R"({"id":2})");
    ASSERT_THAT(theirs, IsOk());
    EXPECT_FALSE(theirs->replayed);
}

TEST_F(PublishTest, AKeyEndsAfterADay) {
    ASSERT_THAT(publish("k1"), IsOk());
    clock_.advance(limits::idempotency_age_max);
    const auto later = publish("k1", R"({"id":2})");
    ASSERT_THAT(later, IsOk());
    EXPECT_FALSE(later->replayed);
    EXPECT_EQ(events().size(), 2U);
}

}  // namespace
}  // namespace assay::engine::batch_store
