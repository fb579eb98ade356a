// The built-in profiles say what their guides say, and types map to the names receivers know.
// SPDX-License-Identifier: MIT
#include "notify/profile/profile.hpp"

#include <gmock/gmock.h>

namespace assay::notify {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Profile& profile_named(std::string_view name) {
    const Profile* profile = find_profile(name);
    EXPECT_NE(profile, nullptr) << name;
    return *profile;
}

TEST(Profiles, TheDefaultStandsFirst) {
    ASSERT_EQ(built_in_profiles().size(), 2U);
    EXPECT_EQ(built_in_profiles()[0].name, "standard-webhooks");
    EXPECT_EQ(built_in_profiles()[1].name, "resell-scan");
    EXPECT_EQ(find_profile("resell_scan"), nullptr);
}

TEST(Profiles, ResellScanIsCalledAsItsGuideSays) {
    const Profile& profile = profile_named("resell-scan");
    EXPECT_EQ(profile.envelope, Envelope::resell_scan);
    EXPECT_EQ(profile.signature, SignatureLayout::timestamped_hex);
    EXPECT_TRUE(profile.old_secret_last);
    EXPECT_EQ(profile.timeout, 10s);
    EXPECT_EQ(profile.content_type, "application/json");
    EXPECT_EQ(profile.retry.success, SuccessRule::any_2xx);
    EXPECT_THAT(profile.retry.schedule.delays, ElementsAre(30s, 5min, 30min, 2h, 8h));
    EXPECT_EQ(profile.retry.schedule.jitter, 0.2);
    EXPECT_FALSE(profile.retry.honours_retry_after);
    EXPECT_FALSE(profile.retry.gone_disables);
    EXPECT_THAT(profile.catalogue, ElementsAre("analysis.completed"));
    EXPECT_FALSE(profile.accepts_any_type);
}

TEST(Profiles, StandardWebhooksIsNative) {
    const Profile& profile = profile_named("standard-webhooks");
    EXPECT_EQ(profile.envelope, Envelope::standard_webhooks);
    EXPECT_EQ(profile.signature, SignatureLayout::standard_webhooks);
    EXPECT_EQ(profile.timeout, 20s);
    EXPECT_THAT(profile.retry.schedule.delays, ElementsAre(5s, 5min, 30min, 2h, 5h, 10h, 10h));
    EXPECT_EQ(profile.retry.schedule.jitter, 0.2);
    EXPECT_TRUE(profile.retry.honours_retry_after);
    EXPECT_TRUE(profile.retry.gone_disables);
    EXPECT_TRUE(profile.accepts_any_type);
}

TEST(WireTypes, ResellScanHearsOfEveryEndOnceAndOfNothingElse) {
    const Profile& profile = profile_named("resell-scan");
    for (const auto* end : {"batch.completed", "batch.failed", "batch.cancelled"})
        EXPECT_THAT(wire_types(profile, end), ElementsAre("analysis.completed"));
    EXPECT_THAT(wire_types(profile, "batch.started"), IsEmpty());
    EXPECT_THAT(wire_types(profile, "order.completed"), IsEmpty());
    EXPECT_THAT(wire_types(profile, "analysis.completed"), IsEmpty());
}

TEST(WireTypes, NativeReceiversGetTheSummaryAndTheTerminalMessage) {
    const Profile& profile = profile_named("standard-webhooks");
    for (const auto* end : {"batch.completed", "batch.failed", "batch.cancelled"})
        EXPECT_THAT(wire_types(profile, end), ElementsAre(end, "analysis.completed"));
    EXPECT_THAT(wire_types(profile, "batch.started"), ElementsAre("batch.started"));
    EXPECT_THAT(wire_types(profile, "order.completed"), ElementsAre("order.completed"));
    EXPECT_THAT(wire_types(profile, "batch.unheard_of"), IsEmpty());
    EXPECT_THAT(wire_types(profile, "Order.Completed"), IsEmpty());
}

TEST(MessageId, IsTheEventsIdButForTheSecondMessageToOneFamily) {
    const EventId event("evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11");
    const Profile& native = profile_named("standard-webhooks");
    const Profile& guide = profile_named("resell-scan");
    EXPECT_EQ(message_id_of(event, guide, "batch.completed", "analysis.completed"), event.text());
    EXPECT_EQ(message_id_of(event, native, "batch.completed", "batch.completed"), event.text());
    EXPECT_EQ(message_id_of(event, native, "order.completed", "order.completed"), event.text());
    const std::string second =
        message_id_of(event, native, "batch.completed", "analysis.completed");
    EXPECT_NE(second, event.text());
    EXPECT_EQ(second.size(), event.text().size());
    EXPECT_TRUE(second.starts_with("evt_"));
    EXPECT_EQ(second[4 + 14], '8') << "a version 8 UUID";
    EXPECT_TRUE(is_message_id(second));
    EXPECT_EQ(second, message_id_of(event, native, "batch.completed", "analysis.completed"));
    EXPECT_NE(second, message_id_of(EventId("evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b12"), native,
                                    "batch.completed", "analysis.completed"));
}

TEST(MessageId, TheDerivedIdNeverChangesOnceReleased) {
    EXPECT_EQ(
        message_id_of(EventId("evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11"),
                      profile_named("standard-webhooks"), "batch.completed", "analysis.completed"),
        "evt_6d518e62-3081-8701-9d02-ba95e7efeb3e");
}

TEST(Subscriptions, StarPrefixAndExactNames) {
    const auto to = [](std::vector<std::string> patterns, std::string_view type) {
        return subscribes(patterns, type);
    };
    EXPECT_TRUE(to({"*"}, "anything.at_all"));
    EXPECT_TRUE(to({"order.*"}, "order.created"));
    EXPECT_TRUE(to({"order.*"}, "order.item.added"));
    EXPECT_TRUE(to({"batch.failed", "order.created"}, "order.created"));
    EXPECT_FALSE(to({"order.*"}, "orders.created"));
    EXPECT_FALSE(to({"order.*"}, "order"));
    EXPECT_FALSE(to({"order.*"}, "order."));
    EXPECT_FALSE(to({"order"}, "order.created"));
    EXPECT_FALSE(to({"*.created"}, "order.created"));
    EXPECT_FALSE(to({}, "order.created"));
}

TEST(PublishableTypes, AreDottedLowerCaseAndNotOurs) {
    for (const auto* type : {"order.created", "a.b", "offer.status.updated", "x_1.y_2"})
        EXPECT_TRUE(is_publishable_type(type)) << type;
    for (const auto* type :
         {"", "order", ".", "order.", ".created", "order..created", "Order.created",
          "order.created ", "order-created.x", "batch.completed", "item.x", "analysis.completed",
          "quota.warning", "endpoint.disabled", "delivery.exhausted", "batch.my_own", "order.\n",
          "\xc3\xa4.b"})
        EXPECT_FALSE(is_publishable_type(type)) << type;
    EXPECT_TRUE(is_publishable_type("batches.completed"));
    EXPECT_TRUE(is_publishable_type("a." + std::string(126, 'b')));
    EXPECT_FALSE(is_publishable_type("a." + std::string(127, 'b')));
}

}  // namespace
}  // namespace assay::notify
