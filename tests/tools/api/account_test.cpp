// Stories about accounts: tenants, what they may, where from, and what they see of each other.
// SPDX-License-Identifier: MIT
#include "tests/tools/api/api_fixture.hpp"

namespace assay::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class AccountTest : public ApiFixture {
  protected:
    Reply patch(const std::string& path, const std::string& body) {
        return call("PATCH", path, body);
    }
};

TEST_F(AccountTest, TheOperatorMakesATenantWhoseFirstKeyWorks) {
    key = admin;
    const Reply created = call("POST", "/v1/tenants",
                               R"({"id":"acme","name":"Acme","email":"ops@acme.example",
                                   "store_id":"st-1","plan_limit":5,"bonus_requests":1,
                                   "retention":{"results_days":7}})");
    ASSERT_EQ(created.status, 201) << created.body;
    EXPECT_EQ(created.field("Location"), "/v1/tenants/acme");
    EXPECT_EQ(created.object().at("retention").at("results_days").as_int64(), 7);
    EXPECT_EQ(created.object().at("retention").at("events_days").as_int64(), 30);
    const std::string first = created.text("key");
    EXPECT_THAT(first, StartsWith("ak_"));
    EXPECT_THAT(log_text, Not(HasSubstr(first.substr(first.find('.') + 1))));
    EXPECT_EQ(call("POST", "/v1/tenants", R"({"id":"acme"})").status, 409);
    EXPECT_EQ(call("POST", "/v1/tenants", R"({"id":"Not An Id"})").text("param"), "id");
    EXPECT_EQ(call("POST", "/v1/tenants").status, 201) << "everything is optional";

    key = first;
    const auto account = call("GET", "/v1/account").object();
    EXPECT_EQ(account.at("object").as_string(), "account");
    EXPECT_EQ(account.at("id").as_string(), "acme");
    EXPECT_EQ(account.at("email").as_string(), "ops@acme.example");
    EXPECT_EQ(account.at("plan_limit").as_int64(), 5);
    EXPECT_EQ(submit(three_products).status, 202);
    EXPECT_EQ(submit(three_products).status, 202);
    const Reply refused = submit(three_products);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.text("code"), "quota_exceeded");
    const auto quota = call("GET", "/v1/quota").object();
    EXPECT_EQ(quota.at("limit").as_int64(), 6);
    EXPECT_EQ(quota.at("bonus_requests").as_int64(), 0);
    EXPECT_EQ(quota.at("remaining").as_int64(), 0);
    EXPECT_EQ(quota.at("reset_at").as_string(), "2026-06-01T00:00:00.000Z");
}

TEST_F(AccountTest, ATenantChangesWhatIsItsOwnAndNotItsQuota) {
    key = other;
    const Reply changed = patch("/v1/account",
                                R"({"name":"Other Ltd","email":"a@b.example","store_id":"s",
                                    "retention":{"results_days":3,"dead_letters_days":45}})");
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.text("name"), "Other Ltd");
    EXPECT_EQ(changed.object().at("retention").at("dead_letters_days").as_int64(), 45);
    const Reply cleared =
        patch("/v1/account", R"({"store_id":null,"retention":{"results_days":null}})");
    EXPECT_TRUE(cleared.object().at("store_id").is_null());
    EXPECT_EQ(cleared.text("name"), "Other Ltd") << "what is absent stays";
    EXPECT_EQ(cleared.object().at("retention").at("results_days").as_int64(), 30);
    EXPECT_EQ(cleared.object().at("retention").at("dead_letters_days").as_int64(), 45);

    for (const char* body : {R"({"plan_limit":1000000})", R"({"bonus_requests":5})"}) {
        const Reply refused = patch("/v1/account", body);
        EXPECT_EQ(refused.status, 403) << body;
        EXPECT_THAT(body, HasSubstr(refused.text("param")));
    }
    const std::pair<const char*, const char*> wrong[] = {
        {R"({"email":"nobody"})", "email"},
        {R"({"allowed_ips":["10.0.0.1/8"]})", "allowed_ips"},
        {R"({"retention":{"results_days":0}})", "retention.results_days"},
        {R"({"retention":{"weeks":1}})", "retention.weeks"},
        {R"({"active":false})", "active"}};
    for (const auto& [body, param] : wrong) {
        const Reply refused = patch("/v1/account", body);
        EXPECT_EQ(refused.status, 400) << body;
        EXPECT_EQ(refused.text("param"), param);
    }
    key = admin;  // nobody is above the operator
    EXPECT_EQ(patch("/v1/account", R"({"plan_limit":9})").object().at("plan_limit").as_int64(), 9);
}

TEST_F(AccountTest, KeysWorkOnlyFromTheAllowedAddresses) {
    key = other;
    const Reply lockout = patch("/v1/account", R"({"allowed_ips":["203.0.113.0/24"]})");
    EXPECT_EQ(lockout.status, 409) << "nobody locks himself out";
    EXPECT_EQ(lockout.text("param"), "allowed_ips");
    ASSERT_EQ(patch("/v1/account", R"({"allowed_ips":["203.0.113.0/24","127.0.0.1"]})").status,
              200);
    EXPECT_EQ(call("GET", "/v1/batches").status, 200);
    address = "203.0.113.9";
    EXPECT_EQ(call("GET", "/v1/batches").status, 200);
    address = "::ffff:203.0.113.9";
    EXPECT_EQ(call("GET", "/v1/batches").status, 200) << "the same address, otherwise spelled";
    for (const char* elsewhere : {"203.0.114.1", "10.0.0.1", "2001:db8::1", "nonsense"}) {
        address = elsewhere;
        const Reply refused = call("GET", "/v1/batches");
        EXPECT_EQ(refused.status, 403) << elsewhere;
        EXPECT_EQ(refused.text("code"), "forbidden");
        EXPECT_EQ(submit(three_products).status, 403);
        EXPECT_EQ(call("GET", "/healthz").status, 200);
    }
    key = admin;
    EXPECT_EQ(call("GET", "/v1/batches").status, 200) << "other tenants are not concerned";
    EXPECT_EQ(patch("/v1/tenants/other", R"({"allowed_ips":null})").status, 200);
    key = other;
    EXPECT_EQ(call("GET", "/v1/batches").status, 200);
}

TEST_F(AccountTest, ADisabledTenantsKeysOpenNothingUntilItIsEnabled) {
    key = admin;
    const Reply disabled = call("POST", "/v1/tenants/other/disable");
    ASSERT_EQ(disabled.status, 200) << disabled.body;
    EXPECT_FALSE(disabled.object().at("active").as_bool());
    EXPECT_EQ(call("POST", "/v1/tenants/other/disable").status, 200) << "once more is no fault";
    key = other;
    EXPECT_EQ(call("GET", "/v1/account").status, 403);
    EXPECT_EQ(submit(three_products).status, 403);
    key = admin;
    EXPECT_EQ(call("POST", "/v1/tenants/default/disable").status, 409);
    EXPECT_TRUE(call("POST", "/v1/tenants/other/enable").object().at("active").as_bool());
    key = other;
    EXPECT_EQ(call("GET", "/v1/account").status, 200);
}

TEST_F(AccountTest, TenantsAreListedInPagesForTheOperatorAlone) {
    key = admin;
    for (const char* id : {"t1", "t2", "t3"}) {
        clock.advance(std::chrono::seconds(1));
        ASSERT_EQ(call("POST", "/v1/tenants", R"({"id":")" + std::string(id) + "\"}").status, 201);
    }
    const auto page = call("GET", "/v1/tenants?limit=2").object();
    EXPECT_EQ(page.at("data").as_array()[0].at("id").as_string(), "t3");
    EXPECT_EQ(page.at("next").as_string(), "t2");
    const auto rest = call("GET", "/v1/tenants?after=t2").object();
    EXPECT_EQ(rest.at("data").as_array().size(), 3U);  // t1, other, default
    EXPECT_FALSE(rest.at("has_more").as_bool());
    EXPECT_EQ(call("GET", "/v1/tenants?after=none").status, 400);
    EXPECT_EQ(call("GET", "/v1/tenants/t1").text("id"), "t1");
    EXPECT_EQ(call("GET", "/v1/tenants/none").status, 404);
    EXPECT_EQ(patch("/v1/tenants/none", "{}").status, 404);
    EXPECT_EQ(patch("/v1/tenants/t1", R"({"plan_limit":7})").object().at("plan_limit").as_int64(),
              7);
}

TEST_F(AccountTest, KeysEndWhenTheyExpireAndTheOperatorMakesThemForOthers) {
    key = admin;
    const std::string until = to_rfc3339(clock.now() + std::chrono::hours(1));
    const Reply made =
        call("POST", "/v1/keys", R"({"tenant_id":"other","expires_at":")" + until + "\"}");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.text("expires_at"), until);
    EXPECT_EQ(call("POST", "/v1/keys", R"({"tenant_id":"none"})").status, 404);
    EXPECT_EQ(call("POST", "/v1/keys", R"({"expires_at":"2020-01-01T00:00:00Z"})").status, 400);
    key = made.text("key");
    EXPECT_EQ(call("GET", "/v1/account").text("id"), "other");
    clock.advance(std::chrono::hours(1));
    EXPECT_EQ(call("GET", "/v1/account").status, 401);
    key = other;
    EXPECT_EQ(call("POST", "/v1/keys", R"({"tenant_id":"default"})").status, 403);
    EXPECT_EQ(call("GET", "/v1/keys?limit=1").object().at("data").as_array().size(), 1U);
    EXPECT_TRUE(call("GET", "/v1/keys?limit=1").object().at("has_more").as_bool());
}

TEST_F(AccountTest, WhatWasChangedIsThereAfterARestart) {
    key = admin;
    ASSERT_EQ(patch("/v1/tenants/other", R"({"allowed_ips":["192.0.2.1"]})").status, 200);
    TenantBook again(*database, writer);
    ASSERT_THAT(again.load(), testing::IsOk());
    EXPECT_THAT(again.admit(TenantId("other"), "192.0.2.1"), testing::IsOk());
    EXPECT_THAT(again.admit(TenantId("other"), "192.0.2.2"),
                testing::FailsWith(ErrorCode::forbidden));
    EXPECT_THAT(again.admit(TenantId("unknown"), "192.0.2.1"),
                testing::FailsWith(ErrorCode::forbidden));
}

}  // namespace
}  // namespace assay::tools
