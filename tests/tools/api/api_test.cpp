// The API without sockets, on the real engine and store: every resource, its refusals, its tenants.
// SPDX-License-Identifier: MIT
#include "tools/api/api.hpp"

#include "tests/support/xlsx_writer.hpp"
#include "tests/tools/api/api_fixture.hpp"

namespace assay::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ApiTest : public ApiFixture {};

TEST_F(ApiTest, AnswersWhatIsNotThereAsProblems) {
    key = admin;
    EXPECT_EQ(call("GET", "/v1/nothing").status, 404);
    EXPECT_EQ(call("GET", "/").status, 404);
    const Reply reply = call("DELETE", "/v1/batches");
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(reply.field("Allow"), "POST, GET, HEAD");
    EXPECT_EQ(call("PUT", "/v1/batches/x").field("Allow"), "GET, HEAD, DELETE");
    EXPECT_EQ(reply.field("Content-Type"), "application/problem+json");
    EXPECT_EQ(call("GET", "/v1/batches/none").text("code"), "not_found");
    EXPECT_EQ(call("GET", "/v1/batches/none/results").status, 404);
    EXPECT_EQ(call("GET", "/v1/batches/none/events").status, 404);
}

TEST_F(ApiTest, WantsAKeyWithTheRightScope) {
    const Reply none = call("GET", "/v1/batches");
    EXPECT_EQ(none.status, 401);
    EXPECT_EQ(none.text("code"), "unauthorized");
    EXPECT_THAT(none.field("WWW-Authenticate"), StartsWith("Bearer"));
    key = make_key({Scope::read});
    EXPECT_EQ(call("GET", "/v1/batches").status, 200);
    EXPECT_EQ(submit(three_products).status, 403);
    EXPECT_EQ(call("GET", "/v1/keys").status, 403);
    EXPECT_EQ(call("GET", "/metrics").status, 403);
    key.clear();
    EXPECT_EQ(call("GET", "/healthz").status, 200);
    EXPECT_EQ(call("GET", "/readyz").status, 200);
}

TEST_F(ApiTest, SlowsDownWhoGuessesKeys) {
    key = admin.substr(0, admin.size() - 1) + (admin.back() == '0' ? '1' : '0');
    int limited = 0;
    for (int i = 0; i < 60; ++i)
        limited += call("GET", "/v1/batches").status == 429 ? 1 : 0;
    EXPECT_GT(limited, 0);
}

TEST_F(ApiTest, AcceptsABatchAndShowsItInThePublishedOrder) {
    key = admin;
    const Reply reply = submit(three_products, "?collection_id=c1&metadata=%7B%22a%22%3A1%7D");
    ASSERT_EQ(reply.status, 202) << reply.body;
    const auto batch = reply.object();
    std::vector<std::string> names;
    for (const auto& member : batch)
        names.emplace_back(member.key());
    EXPECT_THAT(names, ElementsAre("id", "object", "collection_id", "status", "total_products",
                                   "successful_products", "failed_products", "success_rate",
                                   "progress", "product_counts", "created_at", "started_at",
                                   "completed_at", "metadata", "summary"));
    EXPECT_EQ(reply.text("status"), "queued");
    EXPECT_EQ(reply.text("collection_id"), "c1");
    EXPECT_EQ(batch.at("product_counts").at("pending").as_int64(), 3);
    EXPECT_EQ(batch.at("metadata").at("a").as_int64(), 1);
    EXPECT_EQ(reply.field("Location"), "/v1/batches/" + reply.text("id"));
}

TEST_F(ApiTest, FollowsABatchToItsEnd) {
    key = admin;
    const std::string id = finished_batch(three_products);
    const Reply reply = call("GET", "/v1/batches/" + id);
    EXPECT_EQ(reply.text("status"), "completed");
    const auto batch = reply.object();
    EXPECT_EQ(batch.at("progress").as_int64(), 100);
    EXPECT_EQ(batch.at("total_products").as_int64(), 3);
    EXPECT_EQ(batch.at("failed_products").as_int64(), 1);
    EXPECT_DOUBLE_EQ(batch.at("success_rate").as_double(), 66.67);
    const Reply again = call("POST", "/v1/batches/" + id + "/cancel");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.text("code"), "already_settled");
}

TEST_F(ApiTest, GivesResultsAsLinesOrAsPages) {
    key = admin;
    const std::string path = "/v1/batches/" + finished_batch(three_products) + "/results";
    const Reply lines = call("GET", path);
    EXPECT_EQ(lines.field("Content-Type"), "application/x-ndjson");
    EXPECT_EQ(std::count(lines.body.begin(), lines.body.end(), '\n'), 3);
    EXPECT_THAT(lines.body, StartsWith("{\"product_id\":\"a\""));
    const Reply failed = call("GET", path + "?status=failed");
    EXPECT_EQ(std::count(failed.body.begin(), failed.body.end(), '\n'), 1);
    EXPECT_EQ(call("GET", path + "?after=0&limit=1").body.find("\"a\""), std::string::npos);

    const std::vector<HttpField> as_json{{"Accept", "application/json"}};
    const auto page = call("GET", path + "?limit=2", {}, as_json).object();
    EXPECT_EQ(page.at("data").as_array().size(), 2U);
    EXPECT_TRUE(page.at("has_more").as_bool());
    const std::string next = page.at("next").as_string().c_str();
    const auto rest = call("GET", path + "?after=" + next, {}, as_json).object();
    EXPECT_EQ(rest.at("data").as_array().size(), 1U);
    EXPECT_FALSE(rest.at("has_more").as_bool());
    EXPECT_EQ(call("GET", path + "?status=odd").status, 400);
}

TEST_F(ApiTest, OpensResultsWithTheSignedLinkAlone) {
    key = admin;
    const std::string id = finished_batch(three_products);
    key.clear();
    const std::string link = links.make(TenantId("default"), BatchId(id));
    ASSERT_THAT(link, StartsWith("http://assay.test/v1/batches/"));
    const std::string target = link.substr(std::string("http://assay.test").size());
    EXPECT_EQ(call("GET", target).status, 200);
    EXPECT_EQ(call("GET", target + "x").status, 401);
    EXPECT_EQ(call("GET", "/v1/batches/" + id + "/results?token=").status, 401);
    EXPECT_EQ(call("GET", "/v1/batches/" + id + "?token=x").status, 401);
}

TEST_F(ApiTest, RepeatsTheFirstAnswerForAKnownIdempotencyKey) {
    key = admin;
    const std::vector<HttpField> once{{"Idempotency-Key", "k1"}};
    const Reply first = submit(three_products, {}, once);
    ASSERT_EQ(first.status, 202);
    const Reply again = submit(three_products, {}, once);
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("Idempotent-Replayed"), "true");
    const Reply changed = submit("{\"product_id\":\"z\"}\n", {}, once);
    EXPECT_EQ(changed.status, 422);
    EXPECT_EQ(changed.text("code"), "key_reused");
    EXPECT_EQ(submit(three_products, {}, {{"Idempotency-Key", "a b"}}).status, 400);
}

TEST_F(ApiTest, RefusesSubmissionsItCannotRead) {
    key = admin;
    EXPECT_EQ(call("POST", "/v1/batches", "x").status, 415);
    EXPECT_EQ(call("POST", "/v1/batches", "x", {{"Content-Type", "image/png"}}).status, 415);
    EXPECT_EQ(submit("x", {}, {{"Content-Encoding", "br"}}).status, 415);
    EXPECT_EQ(submit("not gzip", {}, {{"Content-Encoding", "gzip"}}).status, 415);
    EXPECT_EQ(submit("").text("code"), "empty_batch");
    const Reply unknown = submit(three_products, "?colour=red");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(unknown.text("param"), "colour");
    EXPECT_EQ(submit(three_products, "?as_of=tomorrow").status, 400);
    EXPECT_EQ(submit(three_products, "?metadata=1").status, 400);
    EXPECT_EQ(call("POST", "/v1/batches", "{\"products\":[", {{"Content-Type", "application/json"}})
                  .status,
              400);
}

TEST_F(ApiTest, TakesWorkbooksByTheirTypeOrTheirBytes) {
    key = admin;
    assay::testing::XlsxWriter workbook;
    workbook.sheet("Cover", assay::testing::text_rows({{"Lot 7"}}))
        .sheet("Lot", assay::testing::text_rows({{"Title", "MSRP"}, {"A", "9.99"}, {"B", "5"}}))
        .sheet("Rest", assay::testing::text_rows({{"Title"}, {"C"}}));
    for (const char* type : {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                             "application/octet-stream", "text/csv", "application/x-ndjson"}) {
        const Reply reply = call("POST", "/v1/batches", workbook.bytes(), {{"Content-Type", type}});
        ASSERT_EQ(reply.status, 202) << type << reply.body;
        EXPECT_EQ(reply.object().at("total_products").as_int64(), 2) << type;
    }
    const auto named = [&](const char* query) {
        return call("POST", std::string("/v1/batches?sheet=") + query, workbook.bytes(),
                    {{"Content-Type", "application/octet-stream"}});
    };
    EXPECT_EQ(named("Rest").object().at("total_products").as_int64(), 1);
    EXPECT_EQ(named("None").status, 400);
    EXPECT_THAT(named("None").text("message"), HasSubstr("\"Cover\", \"Lot\", \"Rest\""));
}

TEST_F(ApiTest, SaysInOneSentenceWhatAWrongFileIs) {
    key = admin;
    const std::pair<std::string, const char*> files[] = {
        {"%PDF-1.7 x", "is a PDF"},
        {assay::testing::zip_of({{"content.xml", ""}}), ".ods"},
        {"<!DOCTYPE html><html></html>", "web page"},
        {std::string(600, '\2'), "binary data"}};
    for (const auto& [bytes, tells] : files) {
        for (const char* type : {"text/csv", "application/json", "application/octet-stream"}) {
            const Reply reply = call("POST", "/v1/batches", bytes, {{"Content-Type", type}});
            EXPECT_EQ(reply.status, 415) << tells << type;
            EXPECT_THAT(reply.text("message"), HasSubstr(tells)) << type;
        }
    }
    EXPECT_EQ(call("POST", "/v1/batches", "\n\n", {{"Content-Type", "text/csv"}}).status, 422);
}

TEST_F(ApiTest, ListsTheFaultsOfARefusedSubmission) {
    key = admin;
    const Reply reply = submit(three_products, "?on_invalid=reject");
    EXPECT_EQ(reply.status, 422) << reply.body;
    const auto refusal = reply.object();
    ASSERT_TRUE(refusal.contains("faults")) << reply.body;
    EXPECT_EQ(refusal.at("faults").as_array().size(), 1U);
    EXPECT_EQ(refusal.at("faults").as_array()[0].at("line").as_int64(), 3);
    EXPECT_EQ(call("GET", "/v1/batches").object().at("data").as_array().size(), 0U);
}

TEST_F(ApiTest, ListsBatchesNewestFirstInPages) {
    key = admin;
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i)
        ids.push_back(finished_batch(three_products));
    const auto first = call("GET", "/v1/batches?limit=2").object();
    ASSERT_EQ(first.at("data").as_array().size(), 2U);
    EXPECT_EQ(first.at("data").as_array()[0].at("id").as_string(), ids[2]);
    EXPECT_TRUE(first.at("has_more").as_bool());
    const std::string next = first.at("next").as_string().c_str();
    const auto second = call("GET", "/v1/batches?limit=2&after=" + next).object();
    ASSERT_EQ(second.at("data").as_array().size(), 1U);
    EXPECT_EQ(second.at("data").as_array()[0].at("id").as_string(), ids[0]);
    EXPECT_FALSE(second.at("has_more").as_bool());
    EXPECT_EQ(call("GET", "/v1/batches?status=failed").object().at("data").as_array().size(), 0U);
    EXPECT_EQ(call("GET", "/v1/batches?status=odd").status, 400);
    EXPECT_EQ(call("GET", "/v1/batches?limit=101").status, 400);
}

TEST_F(ApiTest, KeepsAnEventLogBehindACursor) {
    key = admin;
    const std::string id = finished_batch(three_products);
    const auto all = call("GET", "/v1/events").object();
    const auto& data = all.at("data").as_array();
    ASSERT_EQ(data.size(), 2U);
    EXPECT_EQ(data[0].at("type").as_string(), "batch.started");
    EXPECT_EQ(data[1].at("type").as_string(), "batch.completed");
    EXPECT_EQ(data[1].at("batch_id").as_string(), id);
    EXPECT_EQ(data[1].at("data").at("total_count").as_int64(), 3);
    EXPECT_FALSE(all.at("has_more").as_bool());
    const std::string next = all.at("next").as_string().c_str();
    EXPECT_EQ(call("GET", "/v1/events?after=" + next).object().at("data").as_array().size(), 0U);
    EXPECT_TRUE(call("GET", "/v1/events?limit=1").object().at("has_more").as_bool());
}

TEST_F(ApiTest, ShowsAWebhooksSecretOnce) {
    key = admin;
    const Reply created = call("POST", "/v1/webhooks",
                               R"({"url":"https://example.com/hook","profile":"resell-scan",
                                   "active":false,"metadata":{"team":"b"},
                                   "overrides":{"retry":{"delays_ms":[1000]},
                                                "headers":{"X-Team":"b"}}})");
    ASSERT_EQ(created.status, 201) << created.body;
    const std::string secret = created.text("secret");
    EXPECT_THAT(secret, StartsWith("whsec_"));
    const std::string path = "/v1/webhooks/" + created.text("id");
    for (const std::string& body : {call("GET", path).body, call("GET", "/v1/webhooks").body}) {
        EXPECT_THAT(body, HasSubstr("https://example.com/hook"));
        EXPECT_THAT(body, Not(HasSubstr("whsec_")));
    }
    EXPECT_THAT(log_text, Not(HasSubstr(secret)));
    EXPECT_EQ(call("GET", path + "/deliveries").object().at("data").as_array().size(), 0U);
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(call("GET", path).status, 404);
    EXPECT_EQ(call("DELETE", path).status, 404);
}

TEST_F(ApiTest, ListsEveryEventOfEveryProfileWithItsBody) {
    key = admin;
    const auto list = [&](const std::string& query) {
        return call("GET", "/v1/event_types" + query).object().at("data").as_array();
    };
    EXPECT_GT(list("").size(), 100U);
    const auto ends = list("?profile=ztrace&type=batch.*");
    ASSERT_EQ(ends.size(), 3U);
    EXPECT_EQ(ends[2].at("type"), "batch.completed");
    EXPECT_EQ(ends[2].at("events").as_array().size(), 3U);
    EXPECT_EQ(ends[2].at("example").at("event"), "batch.completed");
    EXPECT_EQ(list("?type=offer.created").size(), 1U);
    EXPECT_EQ(list("?type=offer.unheard_of").size(), 0U);
    const Reply unknown = call("GET", "/v1/event_types?profile=carrier-pigeon");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_THAT(unknown.body, HasSubstr("standard-webhooks, resell-scan, reusely"));
}

TEST_F(ApiTest, MakesAWebhookOfEachProfileByItsOwnRules) {
    key = admin;
    const auto make = [&](const std::string& more) {
        return call("POST", "/v1/webhooks",
                    R"({"url":"https://example.com/hook","active":false,)" + more + "}");
    };
    const Reply ztrace = make(R"("profile":"ztrace")");
    ASSERT_EQ(ztrace.status, 201) << ztrace.body;
    EXPECT_EQ(ztrace.text("secret"), ztrace.text("signing_secret"));
    EXPECT_THAT(ztrace.body, HasSubstr(R"("events":["batch.completed"])"));
    const Reply open = make(R"("profile":"resilientlink")");
    ASSERT_EQ(open.status, 201) << open.body;
    EXPECT_THAT(open.body, Not(HasSubstr("secret")));
    EXPECT_THAT(open.body, HasSubstr(R"("events":["*"])"));
    EXPECT_EQ(make(R"("profile":"sellapp")").status, 400) << "no store is known";
    const Reply store = make(R"("profile":"sellapp","overrides":{"store_id":12})");
    EXPECT_THAT(store.body, HasSubstr(R"("store_id":12)"));
    ASSERT_EQ(call("PATCH", "/v1/account", R"({"store_id":"77"})").status, 200);
    EXPECT_THAT(make(R"("profile":"sellapp")").body, HasSubstr(R"("store_id":77)"));
    const Reply both = make(R"("overrides":{"also_sign_with":["github"],"success":"exactly_200"})");
    EXPECT_THAT(both.body, HasSubstr(R"("also_sign_with":["github"])"));
    EXPECT_THAT(both.body, HasSubstr(R"("success":"exactly_200")"));
    EXPECT_THAT(make(R"("overrides":{"digest":"md5"})").body, HasSubstr("overrides.digest"));
    EXPECT_THAT(make(R"("overrides":{"success":"2xx"})").body, HasSubstr("overrides.success"));
    const std::string off = "/v1/webhooks/" + both.text("id") + "/test";
    EXPECT_EQ(call("POST", off, R"({"type":"batch.started"})").status, 409);
    EXPECT_EQ(call("POST", off, R"({"kind":"batch.started"})").status, 400);
}

TEST_F(ApiTest, NamesWhatIsWrongWithAWebhook) {
    key = admin;
    const auto refused = [this](const std::string& body) {
        const Reply reply = call("POST", "/v1/webhooks", body);
        EXPECT_GE(reply.status, 400) << body;
        EXPECT_LT(reply.status, 500) << body;
        return reply.text("param");
    };
    EXPECT_EQ(refused("{}"), "url");
    EXPECT_EQ(refused(R"({"url":"https://example.com","colour":1})"), "colour");
    EXPECT_EQ(refused(R"({"url":"https://example.com","overrides":{"x":1}})"), "overrides.x");
    EXPECT_EQ(refused(R"({"url":"https://example.com","secret":"short"})"), "secret");
    EXPECT_EQ(refused(R"({"url":"https://example.com","url":"https://b.com"})"), "url");
    EXPECT_EQ(refused(R"({"url":"http://example.com"})"), "url");
    EXPECT_EQ(refused(R"({"url":"https://example.com","channel":"email"})"), "url");
    EXPECT_EQ(refused(R"({"url":"https://example.com","overrides":{"retry":{"delays_ms":[-1]}}})"),
              "overrides.retry.delays_ms");
    EXPECT_EQ(refused("{"), "");
}

TEST_F(ApiTest, MakesAndEndsKeys) {
    key = admin;
    const Reply created = call("POST", "/v1/keys", R"({"name":"ci","scopes":["submit","read"]})");
    ASSERT_EQ(created.status, 201) << created.body;
    const std::string made = created.text("key");
    EXPECT_THAT(call("GET", "/v1/keys").body, Not(HasSubstr(made)));
    EXPECT_THAT(log_text, Not(HasSubstr(made.substr(made.find('.') + 1))));
    key = made;
    EXPECT_EQ(call("GET", "/v1/batches").status, 200);
    key = admin;
    EXPECT_EQ(call("DELETE", "/v1/keys/" + created.text("id")).status, 204);
    EXPECT_EQ(call("DELETE", "/v1/keys/" + admin.substr(0, admin.find('.'))).status, 409);
    EXPECT_EQ(call("POST", "/v1/keys", R"({"scopes":["root"]})").status, 400);
    key = made;
    EXPECT_EQ(call("GET", "/v1/batches").status, 401);
}

TEST_F(ApiTest, HidesEveryTenantFromTheOthers) {
    key = admin;
    const std::string batch = finished_batch(three_products);
    const std::string webhook =
        call("POST", "/v1/webhooks", R"({"url":"https://example.com/hook","active":false})")
            .text("id");
    key = other;
    for (const std::string& path : {"/v1/batches/" + batch, "/v1/batches/" + batch + "/results",
                                    "/v1/batches/" + batch + "/events", "/v1/webhooks/" + webhook,
                                    "/v1/webhooks/" + webhook + "/deliveries"})
        EXPECT_EQ(call("GET", path).status, 404) << path;
    EXPECT_EQ(call("POST", "/v1/batches/" + batch + "/cancel").status, 404);
    EXPECT_EQ(call("DELETE", "/v1/webhooks/" + webhook).status, 404);
    EXPECT_EQ(call("POST", "/v1/webhooks/" + webhook + "/test").status, 404);
    for (const char* path : {"/v1/batches", "/v1/events", "/v1/webhooks", "/v1/deliveries"})
        EXPECT_EQ(call("GET", path).object().at("data").as_array().size(), 0U) << path;
    EXPECT_EQ(call("GET", "/v1/quota").object().at("used").as_int64(), 0);
}

TEST_F(ApiTest, CountsTheQuotaAndWhatItAnswered) {
    key = admin;
    finished_batch(three_products);
    const auto quota = call("GET", "/v1/quota").object();
    EXPECT_EQ(quota.at("used").as_int64(), 3);
    EXPECT_TRUE(quota.at("limit").is_null());
    const Reply metrics = call("GET", "/metrics");
    EXPECT_THAT(metrics.field("Content-Type"), StartsWith("text/plain"));
    EXPECT_THAT(metrics.body, HasSubstr("# TYPE assay_deliveries_delivered_total counter\n"));
    EXPECT_THAT(metrics.body, HasSubstr("assay_events_logged 2\n"));
}

}  // namespace
}  // namespace assay::tools
