// Quotas and idempotency keys.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/tenants.hpp"
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

class QuotaTest : public BatchStoreTest {
  protected:
    Result<void> submit(std::int64_t products, std::optional<std::string> key = {},
                        const std::string& fingerprint = "f0") {
        last_ = BatchId(make_uuid(random_));
        EXPECT_THAT(insert(last_), IsOk());
        EXPECT_THAT(append(last_, 0, 0, products), IsOk());
        Seal with_key = seal_of(last_, products);
        with_key.idempotency_key = std::move(key);
        with_key.fingerprint = fingerprint;
        return seal(with_key);
    }
    template <class Change>
    void change(Change change) {
        ASSERT_THAT(write([&](Tx& tx) -> Result<void> {
                        auto tenant = find_tenant(*tx, tenant_);
                        if (!tenant || !*tenant) return fail(ErrorCode::not_found, "no tenant");
                        change(**tenant);
                        return update_tenant(tx, **tenant);
                    }),
                    IsOk());
    }
    void limit(std::optional<std::int64_t> products) {
        change([&](Tenant& tenant) { tenant.plan_limit = products; });
    }
    Quota quota() {
        return *read([&](Connection& db) { return read_quota(db, tenant_, clock_.now()); });
    }
    std::optional<IdempotentAnswer> answer(const std::string& key) {
        return *read(
            [&](Connection& db) { return find_idempotent(db, tenant_, key, clock_.now()); });
    }

    BatchId last_;
};

TEST_F(QuotaTest, WithoutALimitUseIsCountedOnly) {
    ASSERT_THAT(submit(10), IsOk());
    ASSERT_THAT(submit(5), IsOk());
    EXPECT_FALSE(quota().limit());
    EXPECT_EQ(quota().used, 15);
    EXPECT_EQ(quota().reset_at, *parse_time("2026-06-01"));
}

TEST_F(QuotaTest, ABatchThatDoesNotFitIsRefusedWholeAndTakesNothing) {
    limit(12);
    ASSERT_THAT(submit(10), IsOk());
    const auto refused = submit(3);
    ASSERT_THAT(refused, FailsWith(ErrorCode::quota_exceeded));
    EXPECT_NE(refused.error().remedy.find("2026-06-01T00:00:00.000Z"), std::string::npos);
    EXPECT_EQ(row(last_).status, BatchStatus::receiving);
    EXPECT_EQ(quota().used, 10);
    EXPECT_THAT(submit(2), IsOk());
    EXPECT_EQ(quota().used, 12);
    EXPECT_EQ(submit(1).error().message.find("the batch has 1 product and "), 0U);
    EXPECT_THAT(submit(1), FailsWith(ErrorCode::quota_exceeded));
    limit(5);  // below what is used already
    EXPECT_THAT(submit(1), FailsWith(ErrorCode::quota_exceeded));
    limit(std::nullopt);
    EXPECT_THAT(submit(1), IsOk());
}

TEST_F(QuotaTest, TheMonthEndsAtMidnightUtcOfTheFirst) {
    limit(3);
    clock_.jump_wall(*parse_time("2026-12-31T23:59:59.999Z") - clock_.now());
    ASSERT_THAT(submit(3), IsOk());
    EXPECT_EQ(quota().reset_at, *parse_time("2027-01-01"));
    EXPECT_THAT(submit(1), FailsWith(ErrorCode::quota_exceeded));
    clock_.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(quota().used, 0);
    EXPECT_THAT(submit(3), IsOk());
}

TEST_F(QuotaTest, ACancelledBatchIsNotRefunded) {
    limit(10);
    ASSERT_THAT(submit(6), IsOk());
    ASSERT_THAT(cancel(last_), IsOk());
    EXPECT_EQ(quota().used, 6);
}

TEST_F(QuotaTest, ThePlanIsUsedBeforeTheBonusAndTheBonusOnce) {
    change([](Tenant& tenant) {
        tenant.plan_limit = 10;
        tenant.bonus_requests = 5;
    });
    EXPECT_EQ(quota().limit(), 15);
    ASSERT_THAT(submit(8), IsOk());
    EXPECT_EQ(quota().bonus_requests, 5);
    ASSERT_THAT(submit(4), IsOk());
    EXPECT_EQ(quota().bonus_requests, 3);
    EXPECT_EQ(quota().used, 12);
    EXPECT_EQ(quota().limit(), 15);
    EXPECT_EQ(quota().remaining(), 3);
    EXPECT_THAT(submit(4), FailsWith(ErrorCode::quota_exceeded));
    clock_.jump_wall(std::chrono::days(31));  // a new month: the plan is whole, the bonus is not
    EXPECT_EQ(quota().limit(), 13);
    EXPECT_EQ(quota().remaining(), 13);
    ASSERT_THAT(submit(13), IsOk());
    EXPECT_EQ(quota().remaining(), 0);
    EXPECT_EQ(quota().bonus_requests, 0);
}

TEST_F(QuotaTest, ABonusOutlivesAPlanThatWasLowered) {
    change([](Tenant& tenant) { tenant.plan_limit = 10; });
    ASSERT_THAT(submit(10), IsOk());
    change([](Tenant& tenant) {
        tenant.plan_limit = 2;
        tenant.bonus_requests = 3;
    });
    EXPECT_EQ(quota().remaining(), 3);
    ASSERT_THAT(submit(3), IsOk());
    EXPECT_THAT(submit(1), FailsWith(ErrorCode::quota_exceeded));
}

TEST_F(QuotaTest, AnIdempotencyKeyRemembersItsBatchForADay) {
    EXPECT_FALSE(answer("k"));
    ASSERT_THAT(submit(1, "k", "f1"), IsOk());
    const BatchId first = last_;
    ASSERT_TRUE(answer("k"));
    EXPECT_EQ(answer("k")->batch, first);
    EXPECT_EQ(answer("k")->fingerprint, "f1");
    clock_.advance(std::chrono::hours(24) - std::chrono::milliseconds(1));
    EXPECT_TRUE(answer("k"));
    clock_.advance(std::chrono::milliseconds(1));
    EXPECT_FALSE(answer("k"));
    ASSERT_THAT(submit(1, "k", "f2"), IsOk());
    EXPECT_EQ(answer("k")->batch, last_);
}

TEST_F(QuotaTest, AKeyWithAnotherBodyIsReusedAndWithTheSameAConflict) {
    ASSERT_THAT(submit(1, "k", "f1"), IsOk());
    const BatchId first = last_;
    EXPECT_THAT(submit(1, "k", "f2"), FailsWith(ErrorCode::key_reused));
    EXPECT_EQ(row(last_).status, BatchStatus::receiving);
    EXPECT_EQ(quota().used, 1);
    EXPECT_THAT(submit(1, "k", "f1"), FailsWith(ErrorCode::conflict));
    EXPECT_EQ(answer("k")->batch, first);
    tenant_ = TenantId("other");
    EXPECT_FALSE(answer("k"));
}

TEST_F(QuotaTest, ExpiredKeysAreRemovedOverTime) {
    for (int i = 0; i < 25; ++i)
        ASSERT_THAT(submit(1, "old" + std::to_string(i)), IsOk());
    clock_.advance(std::chrono::hours(25));
    for (int i = 0; i < 3; ++i)
        ASSERT_THAT(submit(1, "new" + std::to_string(i)), IsOk());
    read([](Connection& db) {
        Statement query = db.prepare("SELECT count(*) FROM idempotency_key");
        EXPECT_TRUE(*query.step());
        EXPECT_EQ(query.integer(0), 3);
        return 0;
    });
}

}  // namespace
}  // namespace assay::engine::batch_store
