// Bodies out of the store: item events lead to their own line of a batch's results.
// SPDX-License-Identifier: MIT
#include "notify/stored_source.hpp"

#include <gmock/gmock.h>

#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

class StoredSourceTest : public engine::batch_store::BatchStoreTest {
  protected:
    // An event about one item of a settled batch of five products in two chunks.
    engine::Event item_event(std::int64_t index) {
        if (!batch_) {
            batch_ = queue({3, 2});
            for (const auto& chunk : claim(pending(*batch_)))
                EXPECT_THAT(settle(chunk), IsOk());
        }
        engine::Event event;
        event.seq = EventSeq{9};
        event.id = EventId("evt_" + std::to_string(index));
        event.tenant = tenant_;
        event.type = "item.completed";
        event.batch = batch_;
        event.created_at = clock_.now();
        event.data =
            R"({"batch_id":")" + batch_->text() + R"(","index":)" + std::to_string(index) + "}";
        return event;
    }

    Result<DeliverySource::Body> body_of(const engine::Event& event, const std::string& profile,
                                         const std::string& wire_type) {
        Endpoint endpoint;
        endpoint.tenant = tenant_;
        endpoint.profile = profile;
        Delivery delivery;
        delivery.event = event.seq;
        delivery.event_id = event.id;
        delivery.message_id = event.id.text();
        delivery.wire_type = wire_type;
        StoredSource source(*database_, built_in_book(), links_, bases_);
        return source.body(delivery, endpoint, &event);
    }

    ResultsLinks links_{"https://assay.example", "a key of the test"};
    std::vector<notify_store::LinkBase> bases_;
    std::optional<BatchId> batch_;
};

TEST_F(StoredSourceTest, AnItemEventBringsItsOwnLineFromAnyChunk) {
    for (const std::int64_t index : {0, 2, 3, 4}) {
        const auto body = body_of(item_event(index), "ztrace", "analysis.completed");
        ASSERT_THAT(body, IsOk());
        EXPECT_THAT(*body->bytes,
                    HasSubstr("\"image_id\":\"p" + std::to_string(index) + "\",\"product_id\":\"p" +
                              std::to_string(index) + "\",\"status\":\"completed\"}"));
    }
}

TEST_F(StoredSourceTest, AnItemBeyondTheBatchIsCorrupt) {
    EXPECT_THAT(body_of(item_event(5), "ztrace", "analysis.completed"),
                FailsWith(ErrorCode::corrupt));
}

TEST_F(StoredSourceTest, CloudEventsNameThePublicUrlThatHeldThen) {
    bases_ = {{EventSeq{0}, "https://old.example"}, {EventSeq{100}, "https://new.example"}};
    engine::Event event = item_event(0);
    const auto before = body_of(event, "cloudevents", "item.completed");
    ASSERT_THAT(before, IsOk());
    EXPECT_THAT(*before->bytes, HasSubstr(R"("source":"https://old.example")"));
    EXPECT_THAT(*before->bytes, HasSubstr("\"subject\":\"" + batch_->text() + "\""));
    event.seq = EventSeq{101};
    const auto after = body_of(event, "cloudevents", "item.completed");
    ASSERT_THAT(after, IsOk());
    EXPECT_THAT(*after->bytes, HasSubstr(R"("source":"https://new.example")"));
}

}  // namespace
}  // namespace assay::notify
