// What tenants are told about their endpoints: the members of each event, and that it comes once.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/operational_event.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "notify/profile/sample.hpp"

namespace assay::notify {
namespace {

using ::testing::StartsWith;

EndpointHealth failing() {
    EndpointHealth health;
    health.failing_since = *parse_time("2026-05-24T10:30:00Z");
    health.failed_count = 41;
    health.exhausted_count = 3;
    health.told = true;
    return health;
}

TEST(OperationalEvent, DisabledNamesReasonSinceAndCounts) {
    const OperationalEvent event = disabled_event(EndpointId("wh_1"), failing(), "why");
    EXPECT_EQ(event.type, "endpoint.disabled");
    EXPECT_EQ(event.data, R"({"endpoint_id":"wh_1","reason":"why",)"
                          R"("since":"2026-05-24T10:30:00.000Z","failed_count":41,)"
                          R"("exhausted_count":3})");
    EXPECT_EQ(event, disabled_event(EndpointId("wh_1"), failing(), "why")) << "once";
    EXPECT_THAT(event.dedupe_key, StartsWith(about_endpoint(EndpointId("wh_1"), event.type)));
}

TEST(OperationalEvent, ExhaustedNamesTheDeliveryAndEachSeriesOnce) {
    LogEntry entry;
    entry.delivery.id = DeliveryId("dlv_1");
    entry.delivery.endpoint = EndpointId("wh_1");
    entry.delivery.event_id = EventId("evt_1");
    entry.delivery.wire_type = "batch.completed";
    entry.status = DeliveryStatus::failed;
    entry.record.emplace().number = 8;
    entry.record->why_next = "status 503; no retry left after 7";
    const OperationalEvent event = exhausted_event(entry, failing());
    EXPECT_EQ(event.type, "delivery.exhausted");
    EXPECT_EQ(event.data,
              R"({"endpoint_id":"wh_1","delivery_id":"dlv_1","event_id":"evt_1",)"
              R"("type":"batch.completed","reason":"status 503; no retry left after 7",)"
              R"("since":"2026-05-24T10:30:00.000Z","attempt_count":8})");
    entry.record->number = 16;
    EXPECT_NE(exhausted_event(entry, failing()).dedupe_key, event.dedupe_key);
}

TEST(OperationalEvent, RecoveredSaysWhatIsOver) {
    const OperationalEvent event = recovered_event(EndpointId("wh_1"), EndpointHealth{},
                                                   "a delivery succeeded", DeliveryId("dlv_9"));
    EXPECT_EQ(event.data, R"({"endpoint_id":"wh_1","reason":"a delivery succeeded","since":null,)"
                          R"("failed_count":0,"exhausted_count":0})");
    EXPECT_TRUE(is_operational(event.type));
    EXPECT_TRUE(is_operational("delivery.exhausted"));
    EXPECT_FALSE(is_operational("batch.completed"));
}

std::vector<std::string> keys_of(const std::string& data) {
    std::vector<std::string> keys;
    for (const auto& member : boost::json::parse(data).as_object())
        keys.emplace_back(member.key());
    return keys;
}

TEST(OperationalEvent, TheSamplesHaveTheMembersOfTheRealOnes) {
    LogEntry entry;
    entry.status = DeliveryStatus::failed;
    entry.record.emplace();
    for (const OperationalEvent& event :
         {disabled_event(EndpointId("wh_1"), failing(), "why"),
          recovered_event(EndpointId("wh_1"), failing(), "why", DeliveryId("dlv_1")),
          exhausted_event(entry, failing())}) {
        EXPECT_EQ(keys_of(sample_event(event.type).data), keys_of(event.data)) << event.type;
    }
}

}  // namespace
}  // namespace assay::notify
