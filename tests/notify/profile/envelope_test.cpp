// Envelopes to the byte: one published event as each guide prints it.
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "notify/profile/render.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::IsOk;

constexpr std::string_view message_id = "evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11";

// A profile of `envelope` alone, so that any published type goes through it.
std::string body_in(Envelope envelope, std::optional<BatchId> batch = std::nullopt) {
    Profile profile;
    profile.name = "test";
    profile.envelope = envelope;
    profile.accepts_any_type = true;
    engine::Event event;
    event.seq = EventSeq{4711};
    event.type = "offer.created";
    event.batch = std::move(batch);
    event.created_at = *parse_time("2026-05-25T10:30:00.007Z");
    event.data = R"({"id":236,"text":"a \" b"})";
    RenderOptions options;
    options.source = "https://assay.example";
    options.store_id = 12;
    const Result<Rendered> rendered =
        render(profile, event.type, message_id, event, options, nullptr);
    EXPECT_THAT(rendered, IsOk());
    if (!rendered) return {};
    boost::system::error_code error;
    (void)boost::json::parse(rendered->body, error);
    EXPECT_FALSE(error) << rendered->body;
    return rendered->body;
}

TEST(Envelope, ResellScan) {
    EXPECT_EQ(body_in(Envelope::resell_scan),
              R"({"id":"evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11","event":"offer.created",)"
              R"("created_at":"2026-05-25T10:30:00.007Z","data":{"id":236,"text":"a \" b"}})");
}

TEST(Envelope, StandardWebhooks) {
    EXPECT_EQ(body_in(Envelope::standard_webhooks),
              R"({"type":"offer.created","timestamp":"2026-05-25T10:30:00.007Z",)"
              R"("data":{"id":236,"text":"a \" b"}})");
}

TEST(Envelope, ReuselyNamesTheEventByANumberAndItsTimeByAText) {
    EXPECT_EQ(body_in(Envelope::reusely),
              R"({"object":"event","object_id":4711,"timestamp":"1779705000",)"
              R"("data":{"id":236,"text":"a \" b"},"type":"offer.created"})");
}

TEST(Envelope, SellappNamesTheStore) {
    EXPECT_EQ(body_in(Envelope::sellapp),
              R"({"event":"offer.created","data":{"id":236,"text":"a \" b"},"store":12})");
}

TEST(Envelope, Resilientlink) {
    EXPECT_EQ(body_in(Envelope::resilientlink),
              R"({"event":"offer.created","timestamp":"2026-05-25T10:30:00.007Z",)"
              R"("data":{"id":236,"text":"a \" b"}})");
}

TEST(Envelope, Ztrace) {
    EXPECT_EQ(body_in(Envelope::ztrace),
              R"({"event":"offer.created","data":{"id":236,"text":"a \" b"},)"
              R"("timestamp":"2026-05-25T10:30:00.007Z"})");
}

TEST(Envelope, CloudEventsHaveASubjectWhereThereIsABatch) {
    EXPECT_EQ(body_in(Envelope::cloudevents),
              R"({"specversion":"1.0","id":"evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11",)"
              R"("source":"https://assay.example","type":"offer.created",)"
              R"("time":"2026-05-25T10:30:00.007Z","data":{"id":236,"text":"a \" b"}})");
    const std::string with = body_in(Envelope::cloudevents, BatchId("b1"));
    EXPECT_NE(with.find(R"("time":"2026-05-25T10:30:00.007Z","subject":"b1","data":{)"),
              std::string::npos)
        << with;
}

TEST(Envelope, TheDataAloneIsSentAsItWasPublished) {
    EXPECT_EQ(body_in(Envelope::data_only), R"({"id":236,"text":"a \" b"})");
}

TEST(Envelope, StripesLibrariesFindTheObject) {
    EXPECT_EQ(body_in(Envelope::stripe),
              R"({"id":"evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11","object":"event",)"
              R"("created":1779705000,"type":"offer.created",)"
              R"("data":{"object":{"id":236,"text":"a \" b"}}})");
}

}  // namespace
}  // namespace assay::notify
