// The data of batch, item and quota events in each catalogue that has them.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "engine/event/batch_facts.hpp"
#include "notify/profile/render.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr std::string_view batch = "6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77";

class EventDataOf : public ::testing::Test {
  protected:
    EventDataOf() {
        event_.seq = EventSeq{1};
        event_.created_at = *parse_time("2026-05-25T10:30:00Z");
        facts_.batch = BatchId(std::string(batch));
        facts_.collection_id = "spring";
        facts_.total = 12;
        facts_.successful = 4;
        facts_.failed = 2;
        facts_.started_at = *parse_time("2026-05-25T10:29:58Z");
    }

    Result<Rendered> rendered(std::string_view profile, std::string_view wire_type) {
        const ItemSource item = [&](std::int64_t index) -> Result<std::string> {
            asked_ = index;
            return line_;
        };
        return render(*find_profile(profile), wire_type, "evt_1", event_, options_, nullptr, item);
    }
    std::string data(std::string_view profile, std::string_view wire_type) {
        const Result<Rendered> body = rendered(profile, wire_type);
        EXPECT_THAT(body, IsOk());
        if (!body) return {};
        return boost::json::serialize(boost::json::parse(body->body).at("data"));
    }
    void batch_event(std::string type, std::string status) {
        event_.type = std::move(type);
        facts_.status = std::move(status);
        event_.data = engine::to_json(facts_);
    }
    void item_event(std::string type) {
        event_.type = std::move(type);
        event_.data = R"({"batch_id":")" + std::string(batch) + R"(","index":5})";
    }

    engine::Event event_;
    engine::BatchFacts facts_;
    RenderOptions options_;
    std::string line_ =
        R"({"product_id":"p-6","product_data":{"error":"not this one"},"status":"completed",)"
        R"("progress":100,"result":{"verdict":{"verdict":"buy"}},"error":null})"
        "\n";
    std::int64_t asked_ = -1;
};

TEST_F(EventDataOf, ABatchThatBegan) {
    batch_event("batch.started", "in_progress");
    EXPECT_EQ(data("ztrace", "batch.started"),
              R"({"batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77","total_count":12})");
    EXPECT_EQ(data("standard-webhooks", "batch.started"),
              R"({"batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77","collection_id":"spring",)"
              R"("total_count":12})");
}

TEST_F(EventDataOf, ABatchUnderWay) {
    batch_event("batch.progress", "in_progress");
    EXPECT_EQ(data("ztrace", "batch.progress"), R"({"completed_count":6,"total_count":12})");
    EXPECT_EQ(data("standard-webhooks", "batch.progress"),
              R"({"batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77","completed_count":6,)"
              R"("failed_count":2,"total_count":12,"progress":50})");
}

TEST_F(EventDataOf, ACancelledBatchIsMarkedWhereItGoesOutAsCompleted) {
    facts_.cancelled = 6;
    facts_.completed_at = *parse_time("2026-05-25T10:30:00Z");
    batch_event("batch.cancelled", "cancelled");
    const std::string summary =
        R"({"batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77","total_count":12,)"
        R"("completed_count":6,"failed_count":2,"success_rate":3.333E1,)"
        R"("started_at":"2026-05-25T10:29:58.000Z","completed_at":"2026-05-25T10:30:00.000Z",)"
        R"("duration_ms":2000,"by_verdict":{})";
    EXPECT_EQ(data("ztrace", "batch.completed"), summary + R"(,"cancelled":true})");
    EXPECT_EQ(data("standard-webhooks", "batch.cancelled"), summary + "}");
    options_.strict = true;
    EXPECT_EQ(data("ztrace", "batch.completed"), summary + "}");
}

TEST_F(EventDataOf, AnItemThatBegan) {
    item_event("item.started");
    const std::string native = data("standard-webhooks", "item.started");
    EXPECT_THAT(native, HasSubstr(R"(,"product_id":"p-6","batch_id":"6f1c8f0a-)"));
    EXPECT_EQ(asked_, 5);
    const std::string image = data("ztrace", "analysis.started");
    EXPECT_THAT(image, HasSubstr(R"(,"image_id":"p-6"})"));
    EXPECT_EQ(native.substr(0, 54), image.substr(0, 54)) << "the same analysis";
    EXPECT_EQ(image.find("batch_id"), std::string::npos);
}

TEST_F(EventDataOf, AnItemThatCompletedBringsItsWholeResult) {
    item_event("item.completed");
    const std::string line = line_.substr(1, line_.size() - 3);
    EXPECT_THAT(data("standard-webhooks", "item.completed"),
                HasSubstr(R"(,"batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77",)" + line + "}"));
    EXPECT_THAT(data("ztrace", "analysis.completed"),
                HasSubstr(R"(,"image_id":"p-6",)" + line + "}"));
}

TEST_F(EventDataOf, AnItemThatFailedBringsItsError) {
    item_event("item.failed");
    line_ = R"({"product_id":"p-6","product_data":{"error":"not this one"},"status":"failed",)"
            R"("progress":100,"result":null,"error":{"code":"invalid_input","attempts":1}})";
    EXPECT_THAT(data("ztrace", "analysis.failed"),
                HasSubstr(R"(,"image_id":"p-6","error":{"code":"invalid_input","attempts":1}})"));
    EXPECT_THAT(
        data("standard-webhooks", "item.failed"),
        HasSubstr(R"(,"product_id":"p-6","batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77",)"
                  R"("error":{"code":"invalid_input","attempts":1}})"));
}

TEST_F(EventDataOf, TheAnalysisIsNamedByBatchAndIndexForEver) {
    item_event("item.started");
    EXPECT_THAT(data("ztrace", "analysis.started"), HasSubstr(R"({"analysis_id":")"));
    const std::string first = data("ztrace", "analysis.started");
    EXPECT_EQ(first, data("ztrace", "analysis.started"));
    event_.data = R"({"batch_id":")" + std::string(batch) + R"(","index":6})";
    EXPECT_NE(first, data("ztrace", "analysis.started"));
}

TEST_F(EventDataOf, AReferenceThatLeadsNowhereIsCorrupt) {
    item_event("item.completed");
    for (const auto* broken : {"", "[]", "{}", R"({"batch_id":1,"index":0})",
                               R"({"batch_id":"b","index":-1})", R"({"batch_id":"b"})"}) {
        event_.data = broken;
        EXPECT_THAT(rendered("ztrace", "analysis.completed"), FailsWith(ErrorCode::corrupt))
            << broken;
    }
    item_event("item.completed");
    for (const auto* broken : {"", "{}", "[1]", R"({"product_id":"1")", R"({"x":1})"}) {
        line_ = broken;
        EXPECT_THAT(rendered("ztrace", "analysis.completed"), FailsWith(ErrorCode::corrupt))
            << broken;
    }
}

TEST_F(EventDataOf, AQuotaInTheWordsOfEachGuide) {
    event_.type = "quota.warning";
    event_.data =
        R"({"percent_used":95,"requests_used":9500,"requests_limit":10000,"plan_limit":9000,)"
        R"("bonus_requests":1000,"threshold":95,"reset":"Resets on the 1st of next month."})";
    EXPECT_EQ(data("ztrace", "quota.warning"), R"({"usage_percent":95,"remaining":500})");
    EXPECT_EQ(data("resilientlink", "quota.warning"), event_.data);
    event_.data = R"({"percent_used":95})";
    EXPECT_THAT(rendered("ztrace", "quota.warning"), FailsWith(ErrorCode::corrupt));
    event_.type = "quota.exceeded";
    event_.data = R"({"reset_date":"2026-06-01T00:00:00.000Z"})";
    EXPECT_EQ(data("ztrace", "quota.exceeded"), event_.data);
}

}  // namespace
}  // namespace assay::notify
