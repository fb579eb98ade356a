// Tenants come back as they were stored, and nothing unsound is stored.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/tenants.hpp"

#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

class TenantsTest : public BatchStoreTest {
  protected:
    Result<void> add(const Tenant& tenant) {
        return write([&](Tx& tx) { return insert_tenant(tx, tenant); });
    }
    Result<void> update(const Tenant& tenant) {
        return write([&](Tx& tx) { return update_tenant(tx, tenant); });
    }
    std::optional<Tenant> found(const char* id) {
        return *read([&](Connection& db) { return find_tenant(db, TenantId(id)); });
    }
    static Tenant named(std::string id) {
        Tenant tenant;
        tenant.id = TenantId(std::move(id));
        return tenant;
    }
};

TEST_F(TenantsTest, OneCalledDefaultIsThereFromTheStart) {
    ASSERT_TRUE(found("default"));
    EXPECT_EQ(*found("default"), named("default"));
    EXPECT_FALSE(found("acme"));
}

TEST_F(TenantsTest, EverythingComesBackAsItWasStored) {
    Tenant acme = named("acme");
    acme.name = "Acme Returns";
    acme.email = "ops@acme.example";
    acme.store_id = "st-1";
    acme.plan_limit = 5'000;
    acme.bonus_requests = 250;
    acme.allowed_ips = {"203.0.113.0/24", "2001:db8::7"};
    acme.retention = {7, std::nullopt, 14, 60};
    acme.created_at = clock_.now();
    ASSERT_THAT(add(acme), IsOk());
    EXPECT_EQ(found("acme"), acme);
    acme.store_id.reset();
    acme.plan_limit.reset();
    acme.allowed_ips.clear();
    acme.retention = {};
    acme.disabled_at = clock_.now();
    ASSERT_THAT(update(acme), IsOk());
    reopen();
    EXPECT_EQ(found("acme"), acme);
    const auto all = read([](Connection& db) { return all_tenants(db); });
    ASSERT_THAT(all, IsOk());
    ASSERT_EQ(all->size(), 2U);
    EXPECT_EQ((*all)[0].id.text(), "acme") << "newest first";
}

TEST_F(TenantsTest, AnIdIsTakenOnceAndOnlyWhatIsThereChanges) {
    ASSERT_THAT(add(named("acme")), IsOk());
    EXPECT_THAT(add(named("acme")), FailsWith(ErrorCode::conflict));
    EXPECT_THAT(update(named("other")), FailsWith(ErrorCode::not_found));
}

TEST_F(TenantsTest, UnsoundValuesAreRefusedByName) {
    struct Case {
        const char* field;
        std::function<void(Tenant&)> spoil;
    };
    const Case cases[] = {
        {"id", [](Tenant& t) { t.id = TenantId(""); }},
        {"id", [](Tenant& t) { t.id = TenantId("Acme"); }},
        {"id", [](Tenant& t) { t.id = TenantId(std::string(65, 'a')); }},
        {"name", [](Tenant& t) { t.name = std::string(257, 'n'); }},
        {"email", [](Tenant& t) { t.email = "nobody"; }},
        {"email", [](Tenant& t) { t.email = "@acme.example"; }},
        {"store_id", [](Tenant& t) { t.store_id = std::string(257, 's'); }},
        {"plan_limit", [](Tenant& t) { t.plan_limit = -1; }},
        {"bonus_requests", [](Tenant& t) { t.bonus_requests = -1; }},
        {"allowed_ips", [](Tenant& t) { t.allowed_ips.assign(101, "10.0.0.1"); }},
        {"allowed_ips", [](Tenant& t) { t.allowed_ips = {"10.0.0.1 10.0.0.2"}; }},
        {"retention.results_days", [](Tenant& t) { t.retention.results = 0; }},
        {"retention.dead_letters_days", [](Tenant& t) { t.retention.dead_letters = 3'651; }},
    };
    for (const Case& each : cases) {
        Tenant tenant = named("acme");
        each.spoil(tenant);
        const auto refused = add(tenant);
        ASSERT_THAT(refused, FailsWith(ErrorCode::invalid_argument)) << each.field;
        EXPECT_EQ(refused.error().field, each.field);
    }
}

TEST_F(TenantsTest, OwnWishesGoBeforeTheServers) {
    const Retention days = OwnRetention{7, {}, {}, 10}.over({30, 20, 30, 90});
    EXPECT_EQ(days, (Retention{7, 20, 30, 10}));
}

}  // namespace
}  // namespace assay::engine::batch_store
