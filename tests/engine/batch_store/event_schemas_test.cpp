// Schemas of published events: one a type and tenant, bounded, gone when erased.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/event_schemas.hpp"

#include "engine/base/limits.hpp"
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

class EventSchemasTest : public BatchStoreTest {
  protected:
    Result<void> put(const std::string& type, const std::string& schema) {
        return write([&](Tx& tx) -> Result<void> {
            return put_event_schema(tx, tenant_, {type, schema, clock_.now()});
        });
    }
    std::vector<EventSchema> all(const TenantId& tenant) {
        std::vector<EventSchema> found;
        EXPECT_THAT(write([&](Tx& tx) -> Result<void> {
                        auto read = all_event_schemas(*tx, tenant);
                        if (!read) return read.error();
                        found = *read;
                        return {};
                    }),
                    IsOk());
        return found;
    }
};

TEST_F(EventSchemasTest, ALaterOneReplacesAnEarlierOne) {
    ASSERT_THAT(put("order.completed", "{}"), IsOk());
    ASSERT_THAT(put("order.completed", R"({"type":"object"})"), IsOk());
    ASSERT_THAT(put("cart.filled", "{}"), IsOk());
    const auto found = all(tenant_);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].type, "cart.filled");
    EXPECT_EQ(found[1].schema, R"({"type":"object"})");
    EXPECT_TRUE(all(TenantId("another")).empty());
}

TEST_F(EventSchemasTest, AreBoundedAndMakeRoomWhenErased) {
    for (std::int64_t i = 0; i < limits::event_schemas_max; ++i)
        ASSERT_THAT(put("a.t" + std::to_string(i), "{}"), IsOk());
    EXPECT_THAT(put("a.more", "{}"), FailsWith(ErrorCode::conflict));
    EXPECT_THAT(put("a.t0", "true"), IsOk()) << "replacing one needs no room";
    const auto erase = [&] {
        bool there = false;
        EXPECT_THAT(write([&](Tx& tx) -> Result<void> {
                        auto erased = erase_event_schema(tx, tenant_, "a.t0");
                        if (!erased) return erased.error();
                        there = *erased;
                        return {};
                    }),
                    IsOk());
        return there;
    };
    EXPECT_TRUE(erase());
    EXPECT_FALSE(erase());
    EXPECT_THAT(put("a.more", "{}"), IsOk());
}

}  // namespace
}  // namespace assay::engine::batch_store
