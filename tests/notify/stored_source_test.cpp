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
        endpoint.overrides.echo = echo_;
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
    EchoRule echo_ = EchoRule::reduced;
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

TEST_F(StoredSourceTest, WhoAsksForTheWholeInputGetsItWithEveryLine) {
    batch_ = queue({2, 1});
    for (const auto& chunk : claim(pending(*batch_))) {
        std::string lines;
        for (std::int64_t i = chunk.first_index; i < chunk.first_index + chunk.count; ++i) {
            lines += "{\"product_id\":\"p" + std::to_string(i) +
                     "\",\"product_data\":{\"own\":{}},\"status\":\"completed\",\"result\":{}}\n";
        }
        engine::batch_store::ChunkResults results;
        results.chunk = chunk;
        results.results = lines;
        results.completed = chunk.count;
        ASSERT_THAT(write([&](engine::Tx& tx) {
                        return settle_chunk(tx, results, clock_.now(), random_,
                                            [] { return std::string("{}"); });
                    }),
                    IsOk());
    }
    echo_ = EchoRule::full;
    const auto item = body_of(item_event(2), "standard-webhooks", "item.completed");
    ASSERT_THAT(item, IsOk());
    EXPECT_THAT(*item->bytes, HasSubstr(R"("product_id":"p2","product_data":{"title":"product 2"},)"
                                        R"("status":"completed")"));
    const auto stored = events();
    const auto ended = std::find_if(stored.begin(), stored.end(), [](const engine::Event& event) {
        return event.type == "batch.completed";
    });
    ASSERT_NE(ended, stored.end());
    const auto whole = body_of(*ended, "resell-scan", "analysis.completed");
    ASSERT_THAT(whole, IsOk());
    for (const char* title : {"product 0", "product 1", "product 2"})
        EXPECT_THAT(*whole->bytes, HasSubstr(R"("product_data":{"title":")" + std::string(title)));
    echo_ = EchoRule::reduced;
    const auto usual = body_of(*ended, "resell-scan", "analysis.completed");
    ASSERT_THAT(usual, IsOk());
    EXPECT_THAT(*usual->bytes, HasSubstr(R"("product_data":{"own":{}})"));
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
