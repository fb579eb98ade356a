// Bodies, to the byte: the guides' key order, thin variants, cancelled batches, published events.
// SPDX-License-Identifier: MIT
#include "notify/profile/render.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "engine/event/batch_facts.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr std::string_view message_id = "evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11";

class Render : public ::testing::Test {
  protected:
    Render() {
        facts_.batch = BatchId("6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77");
        facts_.collection_id = "spring";
        facts_.status = "completed";
        facts_.total = 3;
        facts_.successful = 2;
        facts_.failed = 1;
        facts_.started_at = *parse_time("2026-05-25T10:29:58.250Z");
        facts_.completed_at = *parse_time("2026-05-25T10:30:00Z");
        facts_.by_verdict = {{"buy", 1}, {"review", 1}};
    }

    engine::Event event() const {
        engine::Event event;
        event.id = EventId(std::string(message_id));
        event.type = "batch." + facts_.status;
        event.batch = facts_.batch;
        event.created_at = *parse_time("2026-05-25T10:30:00.001Z");
        event.data = engine::to_json(facts_);
        return event;
    }

    static engine::Event published(std::string type, std::string data) {
        engine::Event event;
        event.type = std::move(type);
        event.created_at = *parse_time("2026-05-25T10:30:00.001Z");
        event.data = std::move(data);
        return event;
    }

    Result<Rendered> render_as(std::string_view profile, std::string_view type) {
        const ProductsSource source = [&](std::size_t bytes_max) -> Result<std::string> {
            ++asked_;
            if (source_error_) return *source_error_;
            if (lines_.size() > bytes_max) return fail(ErrorCode::payload_too_large, "too many");
            return lines_;
        };
        return render(*find_profile(profile), type, message_id, event(), options_, source);
    }

    std::string body_as(std::string_view profile, std::string_view type) {
        const Result<Rendered> rendered = render_as(profile, type);
        EXPECT_THAT(rendered, IsOk());
        return rendered ? rendered->body : "";
    }

    engine::BatchFacts facts_;
    RenderOptions options_;
    std::string lines_ = "{\"product_id\":\"1\"}\n{\"product_id\":\"2\"}\n{\"product_id\":\"3\"}\n";
    std::optional<Error> source_error_;
    int asked_ = 0;
};

TEST_F(Render, ResellScanBodyHasTheGuidesKeysInTheGuidesOrder) {
    EXPECT_EQ(
        body_as("resell-scan", "analysis.completed"),
        R"({"id":"evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11","event":"analysis.completed",)"
        R"("created_at":"2026-05-25T10:30:00.001Z","data":{)"
        R"("batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77","collection_id":"spring",)"
        R"("status":"completed","total_products":3,"successful_products":2,)"
        R"("failed_products":1,"success_rate":66.67,)"
        R"("started_at":"2026-05-25T10:29:58.250Z","completed_at":"2026-05-25T10:30:00.000Z",)"
        R"("products":[{"product_id":"1"},{"product_id":"2"},{"product_id":"3"}]}})");
}

TEST_F(Render, NativeTerminalMessageCarriesTheSameData) {
    const std::string guide = body_as("resell-scan", "analysis.completed");
    EXPECT_EQ(body_as("standard-webhooks", "analysis.completed"),
              R"({"type":"analysis.completed","timestamp":"2026-05-25T10:30:00.001Z",)" +
                  guide.substr(guide.find(R"("data":)")));
}

TEST_F(Render, NativeSummaryCarriesTheStatisticsAndAsksForNoProducts) {
    EXPECT_EQ(
        body_as("standard-webhooks", "batch.completed"),
        R"({"type":"batch.completed","timestamp":"2026-05-25T10:30:00.001Z","data":{)"
        R"("batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77","total_count":3,)"
        R"("completed_count":3,"failed_count":1,"success_rate":66.67,)"
        R"("started_at":"2026-05-25T10:29:58.250Z","completed_at":"2026-05-25T10:30:00.000Z",)"
        R"("duration_ms":1750,"by_verdict":{"buy":1,"review":1}}})");
    EXPECT_EQ(asked_, 0);
}

TEST_F(Render, NineOfTenIsTheNumber90) {
    facts_.status = "failed";  // no products to count
    lines_.clear();
    facts_.total = 10;
    facts_.successful = 9;
    facts_.failed = 1;
    EXPECT_THAT(body_as("resell-scan", "analysis.completed"), HasSubstr(R"("success_rate":90,)"));
}

TEST_F(Render, AnyTextIsEscaped) {
    facts_.collection_id = "a\"b\\c\n";
    const std::string body = body_as("resell-scan", "analysis.completed");
    EXPECT_THAT(body, HasSubstr(R"("collection_id":"a\"b\\c\n")"));
    EXPECT_NO_THROW((void)boost::json::parse(body));
}

TEST_F(Render, WithoutCollectionOrStartThereIsNull) {
    facts_.collection_id.reset();
    facts_.started_at.reset();
    const std::string guide = body_as("resell-scan", "analysis.completed");
    EXPECT_THAT(guide, HasSubstr(R"("collection_id":null,)"));
    EXPECT_THAT(guide, HasSubstr(R"("started_at":null,)"));
    EXPECT_THAT(body_as("standard-webhooks", "batch.completed"),
                HasSubstr(R"("started_at":null,"completed_at":"2026-05-25T10:30:00.000Z",)"
                          R"("duration_ms":null,)"));
}

TEST_F(Render, StartedCarriesWhatIsKnownThen) {
    engine::Event started = event();
    facts_.status = "in_progress";
    started.type = "batch.started";
    started.data = engine::to_json(facts_);
    const auto body = render(*find_profile("standard-webhooks"), "batch.started", message_id,
                             started, options_, {});
    ASSERT_THAT(body, IsOk());
    EXPECT_EQ(body->body,
              R"({"type":"batch.started","timestamp":"2026-05-25T10:30:00.001Z","data":{)"
              R"("batch_id":"6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77","collection_id":"spring",)"
              R"("total_count":3}})");
}

// --- cancelled batches ---

TEST_F(Render, ACancelledBatchIsAFailedOneThatSaysSo) {
    facts_.status = "cancelled";
    facts_.successful = 1;
    facts_.failed = 0;
    facts_.cancelled = 2;
    lines_ =
        "{\"product_id\":\"1\",\"status\":\"completed\",\"error\":null}\n"
        "{\"product_id\":\"2\",\"status\":\"cancelled\",\"error\":null}\n";
    const std::string body = body_as("resell-scan", "analysis.completed");
    EXPECT_THAT(body, HasSubstr(R"("status":"failed","total_products":3,"successful_products":1,)"
                                R"("failed_products":2,"success_rate":33.33,)"));
    EXPECT_THAT(body,
                HasSubstr(R"({"product_id":"2","status":"failed","error":{"code":"cancelled")"));
    EXPECT_TRUE(body.ends_with(R"(],"cancelled":true}})")) << body;
    options_.strict = true;
    EXPECT_TRUE(body_as("resell-scan", "analysis.completed").ends_with("]}}"));
}

TEST_F(Render, TheSummaryOfACancelledBatchLeavesTheCancelledOut) {
    facts_.status = "cancelled";
    facts_.successful = 1;
    facts_.failed = 0;
    facts_.cancelled = 2;
    EXPECT_THAT(body_as("standard-webhooks", "batch.cancelled"),
                HasSubstr(R"("total_count":3,"completed_count":1,"failed_count":0,)"));
}

// --- sizes ---

TEST_F(Render, AboveItsLimitABodyGoesThin) {
    const std::string full = body_as("resell-scan", "analysis.completed");
    options_.full_bytes_max = full.size();
    EXPECT_FALSE(render_as("resell-scan", "analysis.completed")->thin());
    options_.full_bytes_max = full.size() - 1;
    options_.results_url = "https://assay.example/v1/results/abc?signature=x";
    const Result<Rendered> thin = render_as("resell-scan", "analysis.completed");
    ASSERT_THAT(thin, IsOk());
    EXPECT_TRUE(thin->thin());
    EXPECT_EQ(thin->body, full.substr(0, full.find(R"("products":)")) +
                              R"("products":[],"products_omitted":true,"results_url":)"
                              R"("https://assay.example/v1/results/abc?signature=x"}})");
}

TEST_F(Render, ASourceThatGivesUpMeansThin) {
    options_.full_bytes_max = 10;
    EXPECT_TRUE(render_as("standard-webhooks", "analysis.completed")->thin());
    EXPECT_THAT(render_as("standard-webhooks", "analysis.completed")->body,
                HasSubstr(R"("results_url":null)"));
}

TEST_F(Render, ThinOnRequestReadsNoProducts) {
    options_.payload = PayloadRule::thin;
    EXPECT_TRUE(render_as("resell-scan", "analysis.completed")->thin());
    EXPECT_EQ(asked_, 0);
}

TEST_F(Render, FullOnRequestIgnoresTheLimit) {
    options_.payload = PayloadRule::full;
    options_.full_bytes_max = 10;
    EXPECT_FALSE(render_as("resell-scan", "analysis.completed")->thin());
    source_error_ = fail(ErrorCode::payload_too_large, "over 64 MiB");
    EXPECT_TRUE(render_as("resell-scan", "analysis.completed")->thin());
}

TEST_F(Render, StrictIsFullOrFails) {
    options_.strict = true;
    options_.payload = PayloadRule::thin;
    options_.full_bytes_max = 10;
    EXPECT_FALSE(render_as("resell-scan", "analysis.completed")->thin());
    source_error_ = fail(ErrorCode::payload_too_large, "over 64 MiB");
    EXPECT_THAT(render_as("resell-scan", "analysis.completed"),
                FailsWith(ErrorCode::payload_too_large));
}

TEST_F(Render, OtherFaultsOfTheSourceArePassedOn) {
    source_error_ = fail(ErrorCode::archived, "gone");
    EXPECT_THAT(render_as("resell-scan", "analysis.completed"), FailsWith(ErrorCode::archived));
}

TEST_F(Render, ACompletedBatchWithMissingLinesIsNeverSent) {
    lines_ = "{\"product_id\":\"1\"}\n";
    EXPECT_THAT(render_as("resell-scan", "analysis.completed"), FailsWith(ErrorCode::corrupt));
}

// --- published events and mistakes ---

TEST_F(Render, PublishedEventsPassTheirDataThrough) {
    const std::string data = R"({"id": 236, "note":"kept  as it is"})";
    const auto rendered = render(*find_profile("standard-webhooks"), "order.completed", message_id,
                                 published("order.completed", data), options_, {});
    ASSERT_THAT(rendered, IsOk());
    EXPECT_EQ(
        rendered->body,
        R"({"type":"order.completed","timestamp":"2026-05-25T10:30:00.001Z","data":)" + data + "}");
}

TEST_F(Render, WhatAProfileDoesNotSendIsRefused) {
    EXPECT_THAT(render_as("resell-scan", "batch.completed"),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(render(*find_profile("resell-scan"), "order.completed", message_id,
                       published("order.completed", "{}"), options_, {}),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(render(*find_profile("standard-webhooks"), "order.created", message_id,
                       published("order.completed", "{}"), options_, {}),
                FailsWith(ErrorCode::invalid_argument));
}

TEST_F(Render, DataThatCannotBeReadIsCorrupt) {
    engine::Event broken = event();
    broken.data = "{\"batch_id\":1}";
    EXPECT_THAT(render(*find_profile("resell-scan"), "analysis.completed", message_id, broken,
                       options_, [](std::size_t) -> Result<std::string> { return std::string(); }),
                FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(render(*find_profile("standard-webhooks"), "order.completed", message_id,
                       published("order.completed", "[1]"), options_, {}),
                FailsWith(ErrorCode::corrupt));
}

TEST_F(Render, TheSameEventGivesTheSameBytes) {
    EXPECT_EQ(body_as("resell-scan", "analysis.completed"),
              body_as("resell-scan", "analysis.completed"));
}

}  // namespace
}  // namespace assay::notify
