// Events of users: taken once, refused clearly, in the log byte for byte; and the quota's refusal.
// SPDX-License-Identifier: MIT
#include "tests/tools/api/api_fixture.hpp"

namespace assay::tools {
namespace {

using ::testing::HasSubstr;

class PublishTest : public ApiFixture {
  protected:
    PublishTest() { key = admin; }

    Reply publish(const std::string& body, std::vector<HttpField> fields = {}) {
        fields.push_back({"Content-Type", "application/json"});
        return call("POST", "/v1/events", body, std::move(fields));
    }
};

TEST_F(PublishTest, AnEventIsInTheLogByteForByteBeforeItIsAnswered) {
    const std::string data = R"({ "total":1.10, "big":9223372036854775807, "é":"\u00e9" })";
    const Reply reply = publish(R"({"type":"order.completed","data":)" + data + "}");
    ASSERT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(reply.text("type"), "order.completed");
    EXPECT_EQ(reply.text("id").substr(0, 4), "evt_");
    EXPECT_GT(reply.object().at("sequence").as_int64(), 0);
    EXPECT_THAT(reply.body, HasSubstr(data));
    EXPECT_THAT(call("GET", "/v1/events?type=order.*").body, HasSubstr(reply.body));
}

TEST_F(PublishTest, NumbersThatReceiversWouldRoundAreRefused) {
    const auto with = [this](const std::string& number) {
        return publish(R"({"type":"order.completed","data":{"a":["12e999\"",{"n":)" + number +
                       "}]}}");
    };
    for (const char* number : {"123456789012345678901234567890", "9223372036854775808",
                               "-9223372036854775809", "1e400", "-1.5E+309"}) {
        const Reply reply = with(number);
        EXPECT_EQ(reply.status, 400) << number << ' ' << reply.body;
        EXPECT_EQ(reply.text("param"), "data") << reply.body;
    }
    EXPECT_THAT(with("9223372036854775808").text("message"),
                HasSubstr("the number 9223372036854775808 is outside the range"));
    for (const char* number : {"-9223372036854775808", "9223372036854775807", "1.10", "1e22", "-0",
                               "0.1234567890123456789"})
        EXPECT_EQ(with(number).status, 202) << number;
}

TEST_F(PublishTest, OneKeyIsOneEventFromHeaderOrBody) {
    const std::string event = R"({"type":"order.created","data":{"id":1}})";
    const Reply first = publish(event, {{"Idempotency-Key", "k1"}});
    ASSERT_EQ(first.status, 202);
    EXPECT_EQ(first.field("Idempotent-Replayed"), "");
    const Reply again = publish(event, {{"Idempotency-Key", "k1"}});
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("Idempotent-Replayed"), "true");
    const Reply by_member =
        publish(R"({"type":"order.created","data":{"id":1},"idempotency_key":"k1"})");
    EXPECT_EQ(by_member.body, first.body);
    const Reply reused =
        publish(R"({"type":"order.created","data":{"id":2}})", {{"Idempotency-Key", "k1"}});
    EXPECT_EQ(reused.status, 422);
    EXPECT_EQ(reused.text("code"), "key_reused");
    EXPECT_EQ(
        publish(R"({"type":"a.b","data":{},"idempotency_key":"k2"})", {{"Idempotency-Key", "k3"}})
            .text("param"),
        "idempotency_key");
    EXPECT_EQ(publish(event, {{"Idempotency-Key", "two words"}}).status, 400);
}

TEST_F(PublishTest, AKeyOfABatchIsNoKeyOfAnEvent) {
    ASSERT_EQ(submit(three_products, {}, {{"Idempotency-Key", "k1"}}).status, 202);
    const Reply reply =
        publish(R"({"type":"order.created","data":{}})", {{"Idempotency-Key", "k1"}});
    EXPECT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(reply.field("Idempotent-Replayed"), "");
}

TEST_F(PublishTest, RefusesWhatIsOursAndWhatIsNoEvent) {
    for (const char* type : {"batch.completed", "item.sold", "analysis.completed", "quota.warning",
                             "endpoint.disabled", "delivery.exhausted"}) {
        const Reply reply = publish(R"({"type":")" + std::string(type) + R"(","data":{}})");
        EXPECT_EQ(reply.status, 400) << type;
        EXPECT_EQ(reply.text("param"), "type");
        EXPECT_THAT(reply.text("message"), HasSubstr("reserved"));
    }
    for (const char* type : {"order", "Order.created", "order..created", ".a", "order.created "}) {
        const Reply reply = publish(R"({"type":")" + std::string(type) + R"(","data":{}})");
        EXPECT_EQ(reply.status, 400) << type;
        EXPECT_EQ(reply.text("param"), "type");
    }
    EXPECT_EQ(publish(R"({"type":"a.b"})").text("param"), "data");
    EXPECT_EQ(publish(R"({"type":"a.b","data":[1]})").text("param"), "data");
    EXPECT_EQ(publish(R"({"type":"a.b","data":{},"object_id":7})").status, 400);
    EXPECT_EQ(publish(R"({"type":"a.b","data":{"x":1,"x":2}})").text("code"), "duplicate_key");
    EXPECT_EQ(publish("{").text("code"), "invalid_json");
    EXPECT_EQ(publish(R"({"type":"a.b","d\u0061ta":{}})").text("param"), "data");
    EXPECT_EQ(call("GET", "/v1/events?type=a.*").object().at("data").as_array().size(), 0U);
}

TEST_F(PublishTest, TakesAQuarterOfAMebibyteAndNoMore) {
    const auto sized = [](std::size_t bytes) {
        const std::string frame = R"({"x":""})";
        return R"({"type":"a.b","data":{"x":")" + std::string(bytes - frame.size(), 'y') + "\"}}";
    };
    EXPECT_EQ(publish(sized(limits::published_data_bytes_max)).status, 202);
    const Reply reply = publish(sized(limits::published_data_bytes_max + 1));
    EXPECT_EQ(reply.status, 413);
    EXPECT_EQ(reply.text("code"), "payload_too_large");
}

TEST_F(PublishTest, ASubmissionBeyondTheQuotaIsToldWhenItStartsAnew) {
    ASSERT_EQ(call("PATCH", "/v1/account", R"({"plan_limit":3})").status, 200);
    ASSERT_EQ(submit(three_products).status, 202);
    const Reply refused = submit(three_products);
    ASSERT_EQ(refused.status, 429);
    EXPECT_EQ(refused.text("code"), "quota_exceeded");
    EXPECT_EQ(refused.text("reset_at"), "2026-06-01T00:00:00.000Z");
    EXPECT_EQ(refused.object().at("limit").as_int64(), 3);
    EXPECT_EQ(refused.object().at("used").as_int64(), 3);
    EXPECT_EQ(refused.object().at("remaining").as_int64(), 0);
    EXPECT_GT(std::stoll(refused.field("Retry-After")), 6 * 24 * 3'600) << "it is the 25th of May";
    const Reply told = call("GET", "/v1/events?type=quota.*");
    EXPECT_EQ(told.object().at("data").as_array().size(), 3U) << "80, 95 and used up, each once";
}

TEST_F(PublishTest, WhatDoesNotFitTheSchemaOfItsTypeIsRefused) {
    const std::string path = "/v1/event_types/order.paid/schema";
    EXPECT_EQ(call("GET", path).status, 404);
    const std::string needs_id = R"({"type":"object","required":["id"]})";
    const Reply put = call("PUT", path, needs_id);
    ASSERT_EQ(put.status, 200) << put.body;
    EXPECT_THAT(call("GET", path).body, HasSubstr(needs_id));
    EXPECT_EQ(publish(R"({"type":"order.paid","data":{"id":1}})").status, 202);
    const Reply refused = publish(R"({"type":"order.paid","data":{"no":1}})");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.text("param"), "data");
    EXPECT_THAT(refused.body, HasSubstr("schema"));
    EXPECT_EQ(publish(R"({"type":"order.sent","data":{"no":1}})").status, 202);
    EXPECT_EQ(call("PUT", "/v1/event_types/batch.mine/schema", needs_id).text("param"), "type");
    EXPECT_EQ(call("PUT", path, R"({"pattern":"(a+)+"})").status, 400);
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(call("DELETE", path).status, 404);
    EXPECT_EQ(publish(R"({"type":"order.paid","data":{"no":1}})").status, 202);
}

}  // namespace
}  // namespace assay::tools
