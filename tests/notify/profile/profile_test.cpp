// The built-in profiles say what their guides say, and types map to the names receivers know.
// SPDX-License-Identifier: MIT
#include "notify/profile/profile.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;

const Profile& profile_named(std::string_view name) {
    const Profile* profile = find_profile(name);
    EXPECT_NE(profile, nullptr) << name;
    return *profile;
}

TEST(Profiles, TheDefaultStandsFirst) {
    EXPECT_EQ(built_in_book().names(),
              "standard-webhooks, resell-scan, reusely, sellapp, resilientlink, ztrace, "
              "cloudevents, github, stripe, svix, shopify, discord, email");
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
    EXPECT_FALSE(profile.retry.failing_disables);
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

TEST(Profiles, ReuselyIsCalledAsItsGuideSays) {
    const Profile& profile = profile_named("reusely");
    EXPECT_EQ(profile.envelope, Envelope::reusely);
    EXPECT_EQ(profile.signature, SignatureLayout::object_hex);
    EXPECT_EQ(profile.signature.signature_header, "Authorization");
    EXPECT_FALSE(profile.old_secret_last) << "a new secret holds at once";
    EXPECT_EQ(profile.retry.success, SuccessRule::exactly_200);
    EXPECT_THAT(profile.retry.schedule.delays, ElementsAre(10min, 30min));
    EXPECT_EQ(profile.retry.schedule.jitter, 0);
    EXPECT_FALSE(profile.retry.honours_retry_after);
    EXPECT_THAT(profile.catalogue, ElementsAre("offer.created", "offer.status.updated"));
    EXPECT_FALSE(profile.accepts_any_type);
}

TEST(Profiles, SellappIsCalledAsItsGuideSays) {
    const Profile& profile = profile_named("sellapp");
    EXPECT_EQ(profile.envelope, Envelope::sellapp);
    Scheme scheme(SignatureLayout::body_hex);
    scheme.signature_header = "signature";
    EXPECT_EQ(profile.signature, scheme);
    EXPECT_EQ(profile.timeout, 10s);
    EXPECT_EQ(profile.retry, profile_named("resell-scan").retry);
    EXPECT_THAT(profile.catalogue,
                ElementsAre("cash_app.payment_requires_attention", "feedback.created",
                            "order.created", "order.completed", "order.disputed", "product.created",
                            "product.updated", "product.trashed", "ticket_message.created",
                            "variant.created", "variant.updated", "variant.sold_out"));
}

TEST(Profiles, ResilientlinkIsCalledAsItsGuideSays) {
    const Profile& profile = profile_named("resilientlink");
    EXPECT_EQ(profile.envelope, Envelope::resilientlink);
    Scheme scheme(SignatureLayout::secret_text);
    scheme.signature_header = "X-ResilientLink-Signature";
    EXPECT_EQ(profile.signature, scheme);
    EXPECT_TRUE(profile.secret_optional);
    EXPECT_FALSE(profile.keeps_response);
    EXPECT_EQ(profile.retry.success, SuccessRule::exactly_200);
    EXPECT_THAT(profile.retry.schedule.delays, IsEmpty());
    EXPECT_THAT(profile.catalogue,
                ElementsAre("scrape.completed", "scrape.failed", "quota.warning"));
}

TEST(Profiles, ZtraceIsCalledAsItsGuideSays) {
    const Profile& profile = profile_named("ztrace");
    EXPECT_EQ(profile.envelope, Envelope::ztrace);
    EXPECT_EQ(profile.signature.layout, SignatureLayout::split_hex);
    EXPECT_EQ(profile.signature.signature_header, "X-Ztrace-Signature");
    EXPECT_EQ(profile.signature.timestamp_header, "X-Ztrace-Timestamp");
    EXPECT_EQ(profile.signature.prefix, "sha256=");
    EXPECT_THAT(profile.retry.schedule.delays, ElementsAre(30s, 5min, 30min, 2h, 8h));
    EXPECT_THAT(
        profile.catalogue,
        ElementsAre("analysis.started", "analysis.completed", "analysis.failed", "batch.started",
                    "batch.progress", "batch.completed", "quota.warning", "quota.exceeded"));
}

TEST(Profiles, NativeOnesSendTheWholeCatalogueAndPublishedTypes) {
    for (const auto* name :
         {"standard-webhooks", "cloudevents", "github", "stripe", "svix", "shopify"}) {
        const Profile& profile = profile_named(name);
        EXPECT_EQ(profile.events, profile_named("standard-webhooks").events) << name;
        EXPECT_TRUE(profile.accepts_any_type) << name;
        EXPECT_TRUE(profile.retry.gone_disables) << name;
        EXPECT_TRUE(profile.retry.failing_disables) << name;
        EXPECT_EQ(profile.timeout, 20s) << name;
    }
    EXPECT_EQ(profile_named("cloudevents").content_type,
              "application/cloudevents+json; charset=utf-8");
    EXPECT_EQ(profile_named("cloudevents").signature, SignatureLayout::standard_webhooks);
    const Profile& github = profile_named("github");
    EXPECT_THAT(github.retry.schedule.delays, IsEmpty());
    EXPECT_EQ(github.signature.signature_header, "X-Hub-Signature-256");
    EXPECT_EQ(github.headers, (MessageHeaders{"X-Assay-Event", "X-Assay-Delivery"}));
    EXPECT_EQ(profile_named("stripe").signature.signature_header, "Stripe-Signature");
    EXPECT_EQ(profile_named("svix").signature.id_header, "svix-id");
    EXPECT_EQ(profile_named("shopify").signature.layout, SignatureLayout::body_base64);
}

TEST(ProfileBook, HoldsAUsersOwnBehindOurs) {
    const auto own = [](std::string_view name) {
        return R"({"name":")" + std::string(name) +
               R"(","version":1,"source":"our own receivers","envelope":"data_only",
                "content_type":"application/json",
                "signature":{"layout":"body_hex","header":"X-Acme","old_secret_last":true},
                "secret":"required","headers":{"type":"X-Acme-Event"},"success":"exactly_200",
                "response":"kept","timeout_ms":5000,
                "retry":{"delays_s":[1],"jitter_percent":0,"honours_retry_after":false,
                         "gone_disables":false},
                "events":[],"accepts_published_types":true})";
    };
    const std::string acme = own("acme");
    const embedded::EmbeddedFile file{"profiles/acme.json", acme};
    const Result<ProfileBook> book = ProfileBook::make({&file, 1});
    ASSERT_THAT(book, IsOk());
    ASSERT_NE(book->find("acme"), nullptr);
    EXPECT_EQ(book->find("acme")->headers.type, "X-Acme-Event");
    EXPECT_EQ(book->all().size(), built_in_profiles().size() + 1);
    EXPECT_EQ(*book->find("ztrace"), profile_named("ztrace"));
    EXPECT_EQ(find_profile("acme"), nullptr) << "books do not reach into each other";

    const std::string ours = own("ztrace");
    for (const embedded::EmbeddedFile bad :
         {embedded::EmbeddedFile{"profiles/z.json", ours}, {"profiles/z.json", "{"}}) {
        const Result<ProfileBook> refused = ProfileBook::make({&bad, 1});
        ASSERT_THAT(refused, FailsWith(ErrorCode::invalid_argument));
        EXPECT_THAT(refused.error().message, ::testing::HasSubstr("profiles/z.json: "));
    }
}

TEST(ProfileBook, RefusesEventsThatCouldNotBeSent) {
    const auto fault_of = [](const std::string& entry) {
        const std::string text =
            R"({"name":"acme","version":1,"source":"ours","envelope":"data_only",
                "content_type":"application/json",
                "signature":{"layout":"body_hex","header":"X-Acme","old_secret_last":true},
                "secret":"required","headers":{},"success":"any_2xx","response":"kept",
                "timeout_ms":5000,
                "retry":{"delays_s":[],"jitter_percent":0,"honours_retry_after":false,
                         "gone_disables":false},
                "accepts_published_types":false,"events":[)" +
            entry + "]}";
        const embedded::EmbeddedFile file{"profiles/acme.json", text};
        const Result<ProfileBook> book = ProfileBook::make({&file, 1});
        return book ? std::string("none") : book.error().field + ": " + book.error().message;
    };
    using ::testing::HasSubstr;
    EXPECT_EQ(fault_of(R"({"type":"lot.done","of":["batch.completed"],"data":"batch_summary"})"),
              "none");
    EXPECT_EQ(fault_of(R"({"type":"sold.out","of":["order.sold"],"data":"own"})"), "none");
    EXPECT_THAT(
        fault_of(R"({"type":"a.b","of":["batch.completed"],"data":"quota_usage"})"),
        HasSubstr("/events/0: profiles/acme.json: profile: batch.completed cannot be sent"));
    EXPECT_THAT(fault_of(R"({"type":"a.b","of":["item.completed"],"data":"batch_summary"})"),
                HasSubstr("item.completed cannot be sent"));
    EXPECT_THAT(fault_of(R"({"type":"a.b","of":["batch.completed"],"data":"own"})"),
                HasSubstr("no data of its own"));
    EXPECT_THAT(fault_of(R"({"type":"a.b","of":["batch.finished"],"data":"batch_summary"})"),
                HasSubstr("there is no event batch.finished"));
    for (const char* type : {"a.b\\r\\nX-Evil: 1", "UPPER.case", "one"}) {
        EXPECT_THAT(fault_of(R"({"type":")" + std::string(type) +
                             R"(","of":["batch.completed"],"data":"batch_summary"})"),
                    HasSubstr("/events/0/type"))
            << type;
    }
}

TEST(WireTypes, ResellScanHearsOfEveryEndOnceAndOfNothingElse) {
    const Profile& profile = profile_named("resell-scan");
    for (const auto* end : {"batch.completed", "batch.failed", "batch.cancelled"})
        EXPECT_THAT(wire_types(profile, end), ElementsAre("analysis.completed"));
    EXPECT_THAT(wire_types(profile, "batch.started"), IsEmpty());
    EXPECT_THAT(wire_types(profile, "order.completed"), IsEmpty());
    EXPECT_THAT(wire_types(profile, "analysis.completed"), IsEmpty());
}

TEST(WireTypes, ZtraceNamesItemsAnalysesAndEveryEndABatchThatCompleted) {
    const Profile& profile = profile_named("ztrace");
    EXPECT_THAT(wire_types(profile, "item.started"), ElementsAre("analysis.started"));
    EXPECT_THAT(wire_types(profile, "item.completed"), ElementsAre("analysis.completed"));
    EXPECT_THAT(wire_types(profile, "item.failed"), ElementsAre("analysis.failed"));
    for (const auto* end : {"batch.completed", "batch.failed", "batch.cancelled"})
        EXPECT_THAT(wire_types(profile, end), ElementsAre("batch.completed"));
    EXPECT_THAT(wire_types(profile, "offer.created"), IsEmpty());
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
