// Stories about a batch from trying it out to its end in the archive, and of pages that hold still.
// SPDX-License-Identifier: MIT
#include <set>

#include "notify/profile/sample.hpp"
#include "tests/tools/api/api_fixture.hpp"

namespace assay::tools {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LifecycleTest : public ApiFixture {
  protected:
    LifecycleTest() { key = admin; }

    Reply submit_csv(const std::string& table, const std::string& query = {}) {
        return call("POST", "/v1/batches" + query, table, {{"Content-Type", "text/csv"}});
    }
    std::size_t listed(const std::string& target) {
        const Reply reply = call("GET", target);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return reply.object().at("data").as_array().size();
    }
    std::int64_t rows(const std::string& table) {
        auto db = database->read();
        auto query = (*db)->prepare("SELECT count(*) FROM " + table);
        EXPECT_THAT(query.step(), testing::IsOk());
        return query.integer(0);
    }
    void clean_up() { EXPECT_THAT(retention.run_once(), testing::IsOk()); }
    // The notifier has passed every event that there is: nothing is held back for it.
    void relayed() {
        while (notifier.status().relayed < notifier.status().logged)
            std::this_thread::yield();
        ASSERT_THAT(writer.run([](engine::Tx& tx) {
            return notify::notify_store::set_cursor(tx, *engine::batch_store::last_event(*tx));
        }),
                    testing::IsOk());
    }
};

TEST_F(LifecycleTest, ADryRunSaysWhatWasUnderstoodAndLeavesNothing) {
    const Reply reply = submit_csv(
        "SKU;Title;Preis;Qty;Blorp\n"
        "a;Kettle 1.7 l;19,99;2;red\n"
        "b;Toaster;abc;1;blue\n",
        "?dry_run=1");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto report = reply.object();
    EXPECT_EQ(report.at("object").as_string(), "dry_run");
    EXPECT_TRUE(report.at("would_accept").as_bool());
    EXPECT_TRUE(report.at("refusal").is_null());
    EXPECT_EQ(report.at("format").as_string(), "csv");
    EXPECT_EQ(report.at("delimiter").as_string(), ";");
    EXPECT_EQ(report.at("encoding").as_string(), "utf-8");
    EXPECT_EQ(report.at("total_products").as_int64(), 2);
    EXPECT_EQ(report.at("valid_products").as_int64(), 1);
    EXPECT_EQ(report.at("fault_count").as_int64(), 1);
    EXPECT_EQ(report.at("faults").as_array()[0].at("line").as_int64(), 3);
    std::vector<std::string> headers, fields;
    for (const auto& column : report.at("columns").as_array()) {
        headers.emplace_back(column.at("header").as_string());
        const auto& field = column.at("field");
        fields.emplace_back(field.is_null() ? "-" : std::string(field.as_string()));
    }
    EXPECT_THAT(headers, ElementsAre("SKU", "Title", "Preis", "Qty", "Blorp"));
    EXPECT_EQ(fields[1], "title");
    EXPECT_EQ(fields[3], "quantity");
    EXPECT_EQ(fields[4], "-");

    EXPECT_EQ(listed("/v1/batches"), 0U);
    EXPECT_EQ(rows("batch") + rows("chunk") + rows("idempotency_key"), 0);
    EXPECT_EQ(call("GET", "/v1/quota").object().at("used").as_int64(), 0);
}

TEST_F(LifecycleTest, ADryRunNamesWhatWouldRefuseTheSubmission) {
    const auto refusal = [&](const std::string& products, const std::string& query) {
        const Reply reply = submit(products, "?dry_run=1" + query);
        EXPECT_EQ(reply.status, 200) << reply.body;
        EXPECT_FALSE(reply.object().at("would_accept").as_bool());
        return reply.object().at("refusal").as_object();
    };
    const auto rejected = refusal(three_products, "&on_invalid=reject");
    EXPECT_EQ(rejected.at("code").as_string(), "invalid_input");
    EXPECT_EQ(rejected.at("status").as_int64(), 422);
    EXPECT_EQ(refusal("", "").at("code").as_string(), "empty_batch");
    EXPECT_EQ(refusal("%PDF-1.7 nothing to sell", "").at("status").as_int64(), 415);
    EXPECT_EQ(call("PATCH", "/v1/account", R"({"plan_limit":2})").status, 200);
    EXPECT_EQ(refusal(three_products, "").at("code").as_string(), "quota_exceeded");
    EXPECT_EQ(submit(three_products, "?dry_run=perhaps").text("param"), "dry_run");
    EXPECT_EQ(submit(three_products, "?dry_run=1&analyzers=astrology").status, 400);
}

TEST_F(LifecycleTest, ADryRunTakesNoIdempotencyKey) {
    const std::vector<HttpField> once{{"Idempotency-Key", "k1"}};
    EXPECT_EQ(submit(three_products, "?dry_run=1", once).status, 200);
    EXPECT_EQ(submit("{\"product_id\":\"z\"}\n", {}, once).status, 202);
}

TEST_F(LifecycleTest, AnIdempotencyKeyHoldsForADayItsTenantAndItsBytes) {
    const std::string table = "sku,title\na,Kettle\n";
    const auto post = [&](const std::string& body, const char* type) {
        return call("POST", "/v1/batches", body,
                    {{"Content-Type", type}, {"Idempotency-Key", "k1"}});
    };
    const Reply kept = post(table, "text/csv");
    ASSERT_EQ(kept.status, 202);
    EXPECT_EQ(post(table, "text/csv").body, kept.body);
    EXPECT_EQ(post("sku,title\na,Kettles\n", "text/csv").status, 422);
    EXPECT_EQ(post(table, "application/x-ndjson").text("code"), "key_reused")
        << "the same bytes, read in another way";
    key = other;
    EXPECT_NE(post(table, "text/csv").text("id"), kept.text("id")) << "another tenant's key";
    key = admin;
    clock.advance(std::chrono::hours(24));
    EXPECT_NE(post(table, "text/csv").text("id"), kept.text("id"));
}

TEST_F(LifecycleTest, AKeyWhoseFirstRequestStillRunsIsAConflict) {
    HttpRequest request;
    request.method = "POST";
    request.target = request.path = "/v1/batches";
    request.fields = {{"Content-Type", "application/x-ndjson"},
                      {"Idempotency-Key", "k1"},
                      {"Authorization", "Bearer " + key}};
    request.remote_address = address;
    auto first = api.begin(request);
    auto& sink = std::get<std::unique_ptr<BodySink>>(first);
    EXPECT_FALSE(sink->feed(three_products));
    const Reply second = submit(three_products, {}, {{"Idempotency-Key", "k1"}});
    EXPECT_EQ(second.status, 409);
    EXPECT_EQ(second.text("code"), "conflict");
    const HttpResponse answer = sink->finish();
    EXPECT_EQ(answer.status, 202);
    sink.reset();
    EXPECT_EQ(submit(three_products, {}, {{"Idempotency-Key", "k1"}}).body, answer.body);
}

TEST_F(LifecycleTest, ADeletedBatchIsGoneAndItsEventsStay) {
    const std::string id = finished_batch(three_products);
    const std::string path = "/v1/batches/" + id;
    const std::string link = links.make(TenantId("default"), BatchId(id))
                                 .substr(std::string("http://assay.test").size());
    EXPECT_EQ(call("DELETE", path).status, 204);
    for (const std::string& target : {path, path + "/results", path + "/events", link}) {
        const Reply gone = call("GET", target);
        EXPECT_EQ(gone.status, 410) << target;
        EXPECT_EQ(gone.text("code"), "archived") << target;
    }
    EXPECT_EQ(call("POST", path + "/cancel").status, 410);
    EXPECT_EQ(call("DELETE", path).status, 410);
    EXPECT_EQ(listed("/v1/batches"), 0U);
    EXPECT_EQ(listed("/v1/events?batch_id=" + id), 2U);
    clean_up();
    EXPECT_EQ(rows("chunk") + rows("chunk_input") + rows("chunk_result") + rows("batch_text"), 0);
    EXPECT_EQ(call("GET", path).status, 410) << "still";
    EXPECT_EQ(call("GET", "/v1/quota").object().at("used").as_int64(), 3) << "no refund";
}

TEST_F(LifecycleTest, OnlyABatchThatHasEndedCanBeDeleted) {
    const std::string path = "/v1/batches/" + queued_batch();
    const Reply refused = call("DELETE", path);
    ASSERT_EQ(refused.status, 409) << refused.body;
    EXPECT_EQ(refused.text("code"), "conflict");
    EXPECT_THAT(refused.text("remedy"), HasSubstr("cancel it first"));
    EXPECT_EQ(call("POST", path + "/cancel").status, 200);
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(call("DELETE", "/v1/batches/none").status, 404);
}

TEST_F(LifecycleTest, ResultsAndEventsAgeOutAndSayThatTheyDid) {
    const std::string old = finished_batch(three_products);
    clock.advance(days(29));
    const std::string young = finished_batch(three_products);
    relayed();
    clean_up();
    EXPECT_EQ(call("GET", "/v1/batches/" + old + "/results").status, 200);
    clock.advance(days(2));
    clean_up();
    const Reply gone = call("GET", "/v1/batches/" + old + "/results");
    EXPECT_EQ(gone.status, 410);
    EXPECT_EQ(gone.text("code"), "archived");
    const Reply batch = call("GET", "/v1/batches/" + old);
    EXPECT_EQ(batch.status, 200) << "what the lot was worth is still known";
    EXPECT_FALSE(batch.object().at("summary").is_null());
    EXPECT_EQ(batch.text("archived_at"), to_rfc3339(clock.now()));
    EXPECT_FALSE(call("GET", "/v1/batches/" + young).object().contains("archived_at"));
    EXPECT_EQ(call("GET", "/v1/batches/" + young + "/results").status, 200);
    EXPECT_EQ(listed("/v1/batches"), 2U);

    EXPECT_EQ(listed("/v1/events"), 2U) << "from the oldest that is kept";
    const Reply cursor = call("GET", "/v1/events?after=1");
    EXPECT_EQ(cursor.status, 410);
    EXPECT_THAT(cursor.text("remedy"), HasSubstr("after=2"));
    EXPECT_EQ(listed("/v1/events?after=2"), 2U);
}

TEST_F(LifecycleTest, ATenantKeepsThingsForAsLongAsItWishes) {
    const std::string own = finished_batch(three_products);
    key = other;
    ASSERT_EQ(
        call("PATCH", "/v1/account", R"({"retention":{"results_days":2,"events_days":1}})").status,
        200);
    const std::string theirs = finished_batch(three_products);
    relayed();
    clock.advance(days(2) + std::chrono::milliseconds(1));
    clean_up();
    EXPECT_EQ(call("GET", "/v1/batches/" + theirs + "/results").status, 410);
    EXPECT_EQ(listed("/v1/events"), 0U);
    key = admin;
    EXPECT_EQ(call("GET", "/v1/batches/" + own + "/results").status, 200);
    EXPECT_EQ(listed("/v1/events"), 2U);
}

TEST_F(LifecycleTest, PagesHoldStillWhileBatchesComeAndGo) {
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(finished_batch(three_products));
    std::vector<std::string> seen;
    std::string after;
    for (int page = 0;; ++page) {
        const auto reply =
            call("GET", "/v1/batches?limit=2" + (after.empty() ? "" : "&after=" + after)).object();
        for (const auto& batch : reply.at("data").as_array())
            seen.emplace_back(batch.at("id").as_string());
        if (!reply.at("has_more").as_bool()) break;
        after = reply.at("next").as_string().c_str();
        finished_batch(three_products);  // in front of the pages
        if (page == 0) {
            EXPECT_EQ(call("DELETE", "/v1/batches/" + after).status, 204);
        }
    }
    EXPECT_EQ(seen, (std::vector<std::string>{ids[4], ids[3], ids[2], ids[1], ids[0]}));
}

TEST_F(LifecycleTest, BatchesAndEventsAreFiltered) {
    const Reply spring = submit(three_products, "?collection_id=spring");
    const std::string id = spring.text("id");
    call("GET", "/v1/batches/" + id + "/events");
    finished_batch(three_products);
    EXPECT_EQ(listed("/v1/batches?collection_id=spring"), 1U);
    EXPECT_EQ(listed("/v1/batches?collection_id=spring&status=completed"), 1U);
    EXPECT_EQ(listed("/v1/batches?collection_id=spring&status=failed"), 0U);
    EXPECT_EQ(listed("/v1/batches?collection_id=autumn"), 0U);
    EXPECT_EQ(listed("/v1/events?batch_id=" + id), 2U);
    EXPECT_EQ(listed("/v1/events?type=batch.completed"), 2U);
    EXPECT_EQ(listed("/v1/events?type=batch.*&batch_id=" + id), 2U);
    EXPECT_EQ(listed("/v1/events?type=quota.*"), 0U);
    EXPECT_EQ(call("GET", "/v1/events?type=*.completed").text("param"), "type");
    const auto page = call("GET", "/v1/events?type=batch.completed&limit=1").object();
    EXPECT_TRUE(page.at("has_more").as_bool());
    EXPECT_EQ(
        listed("/v1/events?type=batch.completed&after=" + std::string(page.at("next").as_string())),
        1U);
}

TEST_F(LifecycleTest, WhatIsTooLargeIsRefusedBeforeItIsRead) {
    struct Case {
        const char* method;
        const char* path;
        const char* type;
        std::uint64_t bytes_max;
    };
    const Case cases[] = {
        {"POST", "/v1/batches", "application/json", limits::json_document_bytes_max},
        {"POST", "/v1/batches", "application/x-ndjson", limits::body_bytes_max},
        {"POST", "/v1/batches", "text/csv", limits::body_bytes_max},
        {"PUT", "/v1/comps", "text/csv", engine::SoldReadOptions{}.bytes_max}};
    for (const auto& [method, path, type, bytes_max] : cases) {
        HttpRequest request;
        request.method = method;
        request.target = request.path = path;
        request.fields = {{"Content-Type", type}, {"Authorization", "Bearer " + key}};
        request.remote_address = address;
        request.content_length = bytes_max + 1;
        const auto refused = api.begin(request);
        ASSERT_TRUE(std::holds_alternative<HttpResponse>(refused)) << type;
        EXPECT_EQ(std::get<HttpResponse>(refused).status, 413) << type;
        request.content_length = bytes_max;
        EXPECT_TRUE(std::holds_alternative<std::unique_ptr<BodySink>>(api.begin(request))) << type;
    }
}

TEST_F(LifecycleTest, AFullStoreRefusesSubmissionsAndNothingElse) {
    engine::EngineOptions small;
    small.store_bytes_max = 4'096;
    engine::Engine full(*database, writer, clock, random, *engine::load_tables(), small);
    Api full_api(
        {*database, writer, full, notifier, links, keys, tenants, retention, clock, random, log});
    HttpRequest request;
    request.method = "POST";
    request.target = request.path = "/v1/batches";
    request.fields = {{"Content-Type", "application/x-ndjson"}, {"Authorization", "Bearer " + key}};
    request.remote_address = address;
    const auto refused = full_api.begin(request);
    const auto& response = std::get<HttpResponse>(refused);
    EXPECT_EQ(response.status, 507);
    EXPECT_THAT(response.body, HasSubstr("storage_full"));
    EXPECT_THAT(response.body, HasSubstr("delete batches"));
    request.query = "dry_run=1";
    EXPECT_TRUE(std::holds_alternative<std::unique_ptr<BodySink>>(full_api.begin(request)));
}

TEST_F(LifecycleTest, TheSamplesHaveTheMembersOfTheRealEvents) {
    const auto keys_of = [](const boost::json::object& data) {
        std::vector<std::string> names;
        for (const auto& member : data)
            names.emplace_back(member.key());
        return names;
    };
    const auto finished = [this](const Reply& accepted) {
        ASSERT_EQ(accepted.status, 202) << accepted.body;
        (void)call("GET", "/v1/batches/" + accepted.text("id") + "/events");
    };
    ASSERT_EQ(call("PATCH", "/v1/tenants/default", R"({"plan_limit":5})").status, 200);
    finished(
        submit("{\"product_id\":\"a\",\"title\":\"x\"}\n{\"product_id\":\"b\"}\n"
               "{\"product_id\":\"c\",\"title\":\"z\"}\n{\"quantity\":-1}\n"));
    EXPECT_EQ(submit("{\"product_id\":\"d\"}\n{\"product_id\":\"e\"}\n").status, 429);
    finished(submit("{\"quantity\":-1}\n"));
    std::set<std::string> types;
    const auto page = call("GET", "/v1/events?limit=100").object();
    for (const auto& event : page.at("data").as_array()) {
        const std::string type(event.at("type").as_string());
        types.insert(type);
        const boost::json::value sample = boost::json::parse(notify::sample_event(type).data);
        EXPECT_EQ(keys_of(sample.as_object()), keys_of(event.at("data").as_object())) << type;
    }
    EXPECT_THAT(types, ::testing::IsSupersetOf({"batch.started", "batch.completed", "batch.failed",
                                                "quota.warning", "quota.exceeded"}));
}

}  // namespace
}  // namespace assay::tools
