// The published document and a running server say the same: routes, scopes, and every answer.
// SPDX-License-Identifier: MIT
#include <fstream>
#include <sstream>

#include "tests/support/loopback_receiver.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/tools/api/api_document.hpp"
#include "tests/tools/api/api_fixture.hpp"
#include "tests/tools/api/raw_client.hpp"
#include "tools/api/chunked_decoder.hpp"
#include "tools/api/http_server.hpp"

namespace assay::tools {
namespace {

using testing::LoopbackReceiver;

notify::NotifierOptions loopback() {
    notify::NotifierOptions options;
    options.urls.allow_http = options.urls.allow_loopback = true;
    options.addresses.allow_loopback = true;
    return options;
}

std::string_view name_of(Access access) {
    switch (access) {
        case Access::open:
            return "open";
        case Access::submit:
            return "submit";
        case Access::read:
            return "read";
        case Access::manage:
            return "manage";
        case Access::admin:
            return "admin";
        case Access::read_or_link:
            return "read_or_link";
        case Access::operator_only:
            break;
    }
    return "operator_only";
}

class OpenApiTest : public ApiFixture {
  protected:
    OpenApiTest() : ApiFixture({{1e6, 1e6}, {1e6, 1e6}}, loopback()) {
        auto listening = HttpServer::listen({}, real_clock);
        EXPECT_THAT(listening, testing::IsOk());
        server = *std::move(listening);
        server->serve(api);
        key = admin;
    }
    ~OpenApiTest() override { server->stop(std::chrono::milliseconds(0)); }

    static std::string committed_document() {
        std::ifstream file(testing::source_tree() / "docs" / "openapi.json");
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }

    std::string head_of(const std::string& method, const std::string& target,
                        const std::vector<HttpField>& fields, const std::string& framing) const {
        std::string head = method + " " + target + " HTTP/1.1\r\nHost: assay.test\r\n";
        if (!key.empty()) head += "Authorization: Bearer " + key + "\r\n";
        for (const HttpField& field : fields)
            head += field.name + ": " + field.value + "\r\n";
        return head + framing + "Connection: close\r\n\r\n";
    }
    // One exchange over a socket; its answer is held against the document.
    Reply ask(const std::string& method, const std::string& target, const std::string& body = {},
              std::vector<HttpField> fields = {}) {
        testing::RawClient client(server->port());
        if (!body.empty() && find_field(fields, "Content-Type") == nullptr)
            fields.push_back({"Content-Type", "application/json"});
        client.send(head_of(method, target, fields,
                            "Content-Length: " + std::to_string(body.size()) + "\r\n") +
                    body);
        return checked(method, target, client.read_to_end());
    }
    Reply checked(const std::string& method, const std::string& target, const std::string& bytes) {
        Reply reply = parsed(bytes);
        const std::string why =
            document.check(method, target.substr(0, target.find('?')), reply.status,
                           reply.field("Content-Type"), reply.body);
        EXPECT_EQ(why, "") << method << " " << target << " answered " << reply.status << ": "
                           << reply.body;
        return reply;
    }
    static Reply parsed(const std::string& bytes) {
        Reply reply;
        const std::size_t end = bytes.find("\r\n\r\n");
        EXPECT_NE(end, std::string::npos) << bytes;
        if (end == std::string::npos) return reply;
        std::istringstream head(bytes.substr(0, end));
        std::string line;
        std::getline(head, line);
        reply.status = std::stoi(line.substr(9));
        while (std::getline(head, line)) {
            const std::size_t colon = line.find(": ");
            if (line.ends_with('\r')) line.pop_back();
            reply.fields.push_back({line.substr(0, colon), line.substr(colon + 2)});
        }
        std::string_view rest = std::string_view(bytes).substr(end + 4);
        if (reply.field("Transfer-Encoding") != "chunked") {
            reply.body = rest;
            return reply;
        }
        ChunkedDecoder decoder;
        EXPECT_EQ(decoder.decode(rest, reply.body), ChunkedDecoder::State::done);
        return reply;
    }

    Reply send_products(const std::string& products, const std::string& query = {},
                        std::vector<HttpField> fields = {}) {
        fields.push_back({"Content-Type", "application/x-ndjson"});
        return ask("POST", "/v1/batches" + query, products, std::move(fields));
    }
    std::string batch_that_ended() {
        const std::string id = send_products(three_products).text("id");
        ask("GET", "/v1/batches/" + id + "/events");
        return id;
    }
    std::string webhook(const std::string& url, bool active) {
        return ask("POST", "/v1/webhooks",
                   R"({"url":")" + url + R"(","active":)" + (active ? "true" : "false") +
                       R"(,"overrides":{"retry":{"delays_ms":[1000]},"headers":{"X-A":"b"}}})")
            .text("id");
    }
    // Until the one delivery of this webhook has this status.
    std::string delivery_that_is(const std::string& status, const std::string& of_webhook) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (std::chrono::steady_clock::now() < until) {
            const auto list =
                call("GET", "/v1/deliveries?webhook=" + of_webhook + "&status=" + status).object();
            const auto& data = list.at("data").as_array();
            if (!data.empty()) return std::string(data[0].at("id").as_string());
            std::this_thread::yield();
        }
        ADD_FAILURE() << "no delivery became " << status;
        return {};
    }
    // A delivery whose event is no longer kept.
    std::string orphaned_delivery(const std::string& of_webhook) {
        notify::Delivery delivery;
        delivery.id = DeliveryId("dlv_" + make_uuid(random));
        delivery.tenant = TenantId("default");
        delivery.endpoint = EndpointId(of_webhook);
        delivery.event = EventSeq{1'000'000};
        delivery.event_id = EventId("evt_" + make_uuid(random));
        delivery.event_type = delivery.wire_type = "batch.completed";
        delivery.message_id = "m";
        delivery.created_at = clock.now();
        EXPECT_THAT(writer.run([&](engine::Tx& tx) {
            return notify::notify_store::put_cancelled(tx, delivery);
        }),
                    testing::IsOk());
        return delivery.id.text();
    }

    void batches_story();
    void idempotency_story();
    void webhooks_story();
    void accounts_story();
    void comps_story();
    void refusals_of_every_operation();

    ApiDocument document{json::parse(committed_document())};
    SystemClock real_clock;  // of the sockets' deadlines
    std::unique_ptr<HttpServer> server;
};

TEST_F(OpenApiTest, TheServerGivesTheCommittedDocument) {
    const Reply reply = ask("GET", "/openapi.json");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, committed_document());
    EXPECT_EQ(reply.text("openapi"), "3.1.0");
    EXPECT_THAT(document.loose_ends(), ::testing::IsEmpty());
}

TEST_F(OpenApiTest, RoutesAndScopesAreThoseOfTheDocument) {
    std::set<std::string> routed, documented;
    for (const RouteInfo& route : api_routes()) {
        std::string path(route.path);
        for (std::size_t at = 0; (at = path.find("{}", at)) != std::string::npos;)
            path.replace(at, 2, "{id}");
        routed.insert(std::string(route.method) + " " + path + " " +
                      std::string(name_of(route.access)));
    }
    for (const auto& operation : document.operations())
        documented.insert(operation.method + " " + operation.path + " " + operation.scope);
    EXPECT_EQ(routed, documented);
}

TEST_F(OpenApiTest, ASchemaThatAnAnswerDoesNotKeepIsNoticed) {
    const auto why = [&](const std::string& body) {
        return document.check("GET", "/v1/quota", 200, "application/json", body);
    };
    const std::string sound =
        R"({"object":"quota","limit":null,"plan_limit":null,"bonus_requests":0,"used":0,)"
        R"("remaining":null,"reset_at":"2026-06-01T00:00:00.000Z"})";
    EXPECT_EQ(why(sound), "");
    EXPECT_NE(why("{}"), "");
    EXPECT_NE(why(R"({"colour":1,)" + sound.substr(1)), "");
    EXPECT_NE(why(std::string(sound).replace(sound.find("\"used\":0"), 8, "\"used\":\"0\"")), "");
    EXPECT_NE(document.check("GET", "/v1/quota", 200, "text/html", sound), "");
    EXPECT_NE(document.check("GET", "/v1/quota", 204, "application/json", sound), "");
    EXPECT_NE(document.check("GET", "/v1/nothing", 200, "application/json", sound), "");
}

void OpenApiTest::batches_story() {
    const std::string id = batch_that_ended();
    const std::string path = "/v1/batches/" + id;
    EXPECT_EQ(send_products(three_products, "?collection_id=c&metadata=%7B%22a%22%3A1%7D").status,
              202);
    EXPECT_EQ(ask("POST", "/v1/batches",
                  R"({"products":[{"title":"Kettle","msrp":"9.99"}],"lot":{"premium":"5%"}})")
                  .status,
              202);
    EXPECT_EQ(send_products(three_products, "?dry_run=1").status, 200);
    EXPECT_EQ(send_products("", "?dry_run=1").status, 200);
    EXPECT_EQ(ask("POST", "/v1/batches?dry_run=1", "sku;title;x\na;Kettle;1\n",
                  {{"Content-Type", "text/csv"}})
                  .status,
              200);
    EXPECT_EQ(send_products(three_products, "?on_invalid=reject").status, 422);
    EXPECT_EQ(ask("GET", path).status, 200);
    EXPECT_EQ(ask("GET", "/v1/batches?limit=2").status, 200);
    EXPECT_EQ(ask("GET", path + "/results").status, 200);
    EXPECT_EQ(ask("GET", path + "/results", {}, {{"Accept", "application/json"}}).status, 200);
    EXPECT_EQ(ask("GET", path + "/results", {}, {{"Accept", "image/png"}}).status, 406);
    EXPECT_EQ(ask("POST", path + "/cancel").status, 409);
    EXPECT_EQ(ask("GET", "/v1/events?limit=3").status, 200);
    EXPECT_EQ(ask("POST", "/v1/events", R"({"type":"order.created","data":{"id":1}})").status, 202);
    EXPECT_EQ(ask("POST", "/v1/events", R"({"type":"batch.mine","data":{}})").status, 400);
    const std::string order_paid = "/v1/event_types/order.paid/schema";
    EXPECT_EQ(ask("PUT", order_paid, R"({"type":"object"})").status, 200);
    EXPECT_EQ(ask("GET", order_paid).status, 200);
    EXPECT_EQ(ask("DELETE", order_paid).status, 204);
    EXPECT_EQ(ask("DELETE", order_paid).status, 404);
    EXPECT_EQ(ask("GET", order_paid).status, 404);
    for (const auto& [data, status] : {std::pair{"{}", 202}, std::pair{R"({"other":1})", 422}}) {
        EXPECT_EQ(ask("POST", "/v1/events", R"({"type":"a.b","data":)" + std::string(data) + "}",
                      {{"Idempotency-Key", "once"}})
                      .status,
                  status);
    }
    const std::string waiting = "/v1/batches/" + queued_batch();
    EXPECT_EQ(ask("DELETE", waiting).status, 409);
    EXPECT_EQ(ask("POST", waiting + "/cancel").status, 200);
    EXPECT_EQ(ask("DELETE", path).status, 204);
    for (const char* below : {"", "/results", "/events"})
        EXPECT_EQ(ask("GET", path + below).status, 410);
    EXPECT_EQ(ask("POST", path + "/cancel").status, 410);
    EXPECT_EQ(ask("DELETE", path).status, 410);
    const std::vector<EventSeq> first{EventSeq{1}, EventSeq{2}};
    EXPECT_THAT(
        writer.run([&](engine::Tx& tx) { return engine::batch_store::remove_events(tx, first); }),
        testing::IsOk());
    EXPECT_EQ(ask("GET", "/v1/events?after=1").status, 410);
}

void OpenApiTest::idempotency_story() {
    const std::vector<HttpField> once{{"Idempotency-Key", "k1"}};
    testing::RawClient slow(server->port());
    const std::string size = std::to_string(three_products.size());
    slow.send(
        head_of("POST", "/v1/batches",
                {{"Content-Type", "application/x-ndjson"}, once[0], {"Expect", "100-continue"}},
                "Content-Length: " + size + "\r\n"));
    slow.read_until("100 Continue\r\n\r\n");
    EXPECT_EQ(send_products(three_products, {}, once).status, 409);
    slow.send(three_products);
    const std::string answer = slow.read_to_end();
    const Reply accepted =
        checked("POST", "/v1/batches", answer.substr(answer.find("100 Continue\r\n\r\n") + 16));
    EXPECT_EQ(accepted.status, 202);
    EXPECT_EQ(send_products(three_products, {}, once).body, accepted.body);
    const std::string path = "/v1/batches/" + accepted.text("id");
    ask("GET", path + "/events");
    EXPECT_EQ(ask("DELETE", path).status, 204);
    EXPECT_EQ(send_products(three_products, {}, once).status, 410);
}

void OpenApiTest::webhooks_story() {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    LoopbackReceiver broken(LoopbackReceiver::answers({500}));
    const std::string working = webhook(receiver.url(), true);
    const std::string failing = webhook(broken.url(), true);
    const std::string off = webhook(receiver.url(), false);
    EXPECT_EQ(ask("POST", "/v1/webhooks", R"({"url":"https://10.0.0.1/"})").status, 400);
    EXPECT_EQ(ask("GET", "/v1/event_types").status, 200);
    EXPECT_EQ(ask("GET", "/v1/event_types?profile=carrier-pigeon").status, 400);
    EXPECT_EQ(ask("GET", "/v1/webhooks").status, 200);
    EXPECT_EQ(ask("GET", "/v1/webhooks/" + working).status, 200);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + off + "/test").status, 409);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + off + "/enable").status, 200);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + off + "/rotate_secret").status, 200);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + off + "/disable").status, 200);
    EXPECT_EQ(ask("PATCH", "/v1/webhooks/" + off,
                  R"({"description":"d","filter":{"path":"/failed_products","gt":0},)"
                  R"("overrides":{"rate_limit":0.5,"allowed_ips":["127.0.0.0/8"]}})")
                  .status,
              200);
    EXPECT_EQ(ask("PATCH", "/v1/webhooks/" + off, R"({"url":"https://10.0.0.1/"})").status, 400);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + off + "/recover?since=2020-01-01T00:00:00Z").status,
              409);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + working + "/recover?since=2020-01-01T00:00:00Z").status,
              202);
    EXPECT_EQ(ask("POST", "/v1/deliveries/replay", R"({"dry_run":true})").status, 200);
    EXPECT_EQ(ask("POST", "/v1/deliveries/replay", R"({"status":["failed","cancelled"]})").status,
              202);
    EXPECT_EQ(ask("POST", "/v1/deliveries/replay", R"({"status":"pending"})").status, 400);
    EXPECT_EQ(ask("POST", "/v1/deliveries/replay", R"({"webhook":"wh_none"})").status, 404);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + working + "/test").status, 202);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + off + "/test", R"({"type":"batch.started"})").status,
              409);
    EXPECT_EQ(ask("POST", "/v1/webhooks/" + failing + "/test").status, 202);
    const std::string done = "/v1/deliveries/" + delivery_that_is("delivered", working);
    const std::string waiting = "/v1/deliveries/" + delivery_that_is("pending", failing);
    EXPECT_EQ(ask("GET", done).status, 200);
    EXPECT_EQ(ask("GET", waiting).status, 200);
    const Reply shown = ask("GET", waiting + "?include=request");
    EXPECT_THAT(shown.body, ::testing::HasSubstr(R"("webhook-signature":"<webhook-signature>")"));
    EXPECT_THAT(shown.body, ::testing::HasSubstr(R"("X-A":"<X-A>")"));
    EXPECT_EQ(ask("GET", waiting + "?include=secret").status, 400);
    EXPECT_EQ(ask("GET", "/v1/deliveries").status, 200);
    EXPECT_EQ(ask("GET", "/v1/webhooks/" + working + "/deliveries?status=delivered").status, 200);
    EXPECT_EQ(ask("POST", waiting + "/redeliver").status, 409);
    EXPECT_EQ(ask("POST", done + "/redeliver").status, 202);
    EXPECT_EQ(ask("POST", "/v1/deliveries/" + orphaned_delivery(working) + "/redeliver").status,
              410);
    EXPECT_EQ(ask("DELETE", "/v1/webhooks/" + off).status, 204);
}

void OpenApiTest::accounts_story() {
    const Reply made = ask("POST", "/v1/keys", R"({"name":"ci","scopes":["read"]})");
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(ask("POST", "/v1/keys", R"({"tenant_id":"none"})").status, 404);
    EXPECT_EQ(ask("GET", "/v1/keys").status, 200);
    EXPECT_EQ(ask("DELETE", "/v1/keys/" + made.text("id")).status, 204);
    EXPECT_EQ(ask("DELETE", "/v1/keys/" + admin.substr(0, admin.find('.'))).status, 409);
    EXPECT_EQ(ask("GET", "/v1/quota").status, 200);
    EXPECT_EQ(ask("GET", "/v1/account").status, 200);
    EXPECT_EQ(ask("PATCH", "/v1/account", R"({"allowed_ips":["192.0.2.1"]})").status, 409);
    EXPECT_EQ(ask("PATCH", "/v1/account", R"({"name":"Us","store_id":"s"})").status, 200);
    EXPECT_EQ(ask("POST", "/v1/tenants", R"({"id":"acme","plan_limit":1})").status, 201);
    EXPECT_EQ(ask("POST", "/v1/tenants", R"({"id":"acme"})").status, 409);
    EXPECT_EQ(ask("GET", "/v1/tenants").status, 200);
    EXPECT_EQ(ask("GET", "/v1/tenants/acme").status, 200);
    EXPECT_EQ(ask("PATCH", "/v1/tenants/acme", R"({"bonus_requests":1})").status, 200);
    EXPECT_EQ(ask("PATCH", "/v1/tenants/default", R"({"allowed_ips":["192.0.2.1"]})").status, 409);
    EXPECT_EQ(ask("POST", "/v1/tenants/acme/disable").status, 200);
    EXPECT_EQ(ask("POST", "/v1/tenants/acme/enable").status, 200);
    EXPECT_EQ(ask("POST", "/v1/tenants/default/disable").status, 409);
    key = make_key({Scope::admin}, "acme");
    EXPECT_EQ(send_products(three_products).status, 429);
    EXPECT_EQ(ask("GET", "/v1/quota").status, 200);
    key = admin;
    for (const char* path : {"/healthz", "/readyz", "/metrics", "/openapi.json"})
        EXPECT_EQ(ask("GET", path).status, 200) << path;
}

void OpenApiTest::comps_story() {
    const std::vector<HttpField> csv{{"Content-Type", "text/csv"}};
    const std::string sales = "EAN,Price,Sold Date\n4006381333931,bad,2026-05-01\n";
    EXPECT_EQ(
        ask("PUT", "/v1/comps?currency=EUR", sales + "4006381333931,2.00,2026-04-01\n", csv).status,
        200);
    EXPECT_EQ(ask("GET", "/v1/comps").status, 200);
    EXPECT_EQ(ask("PUT", "/v1/comps", "Colour,Shape\nred,round\n", csv).status, 422);
    EXPECT_EQ(ask("PUT", "/v1/comps", sales, {{"Content-Type", "image/png"}}).status, 415);
    EXPECT_EQ(ask("DELETE", "/v1/comps").status, 204);
    EXPECT_EQ(ask("DELETE", "/v1/comps").status, 404);
    EXPECT_EQ(ask("GET", "/v1/comps").status, 404);
}

// What every operation refuses in the same way.
void OpenApiTest::refusals_of_every_operation() {
    const std::string submits = make_key({Scope::submit}), reads = make_key({Scope::read});
    for (const auto& operation : document.operations()) {
        std::string target = operation.path;
        if (const auto hole = target.find("{id}"); hole != std::string::npos)
            target.replace(hole, 4, "none");
        const auto statuses = ApiDocument::statuses(operation);
        const std::string json = ApiDocument::takes_json(operation) ? "{}" : "";
        const auto refused = [&](int status, const std::string& query, const std::string& body,
                                 std::vector<HttpField> fields = {}) {
            if (!statuses.contains(status)) return;
            EXPECT_EQ(ask(operation.method, target + query, body, std::move(fields)).status, status)
                << operation.method << " " << target;
        };
        key.clear();
        refused(401, "", json);
        key = operation.scope == "submit" ? reads : submits;
        refused(403, "", json);
        key = admin;
        refused(400, "?colour=%", json);
        if (target.find("none") != std::string::npos) refused(404, "", json);
        if (json.empty()) continue;
        refused(415, "", "x", {{"Content-Type", "image/png"}});
        if (target == "/v1/batches") continue;  // its limits are larger; tested in lifecycle_test
        refused(413, "", std::string(limits::request_json_bytes_max + 1, ' '));
    }
}

TEST_F(OpenApiTest, EveryDocumentedAnswerIsGivenAndKeepsItsSchema) {
    batches_story();
    idempotency_story();
    webhooks_story();
    accounts_story();
    comps_story();
    refusals_of_every_operation();
    // Provoked elsewhere, without a server that holds 10 GiB or takes hundreds of MiB
    // (lifecycle_test, comps_test).
    const std::set<std::string> elsewhere{"POST /v1/batches 413", "POST /v1/batches 507",
                                          "PUT /v1/comps 413"};
    for (const auto& operation : document.operations()) {
        const std::string name = operation.method + " " + operation.path;
        const auto found = document.seen().find(name);
        ASSERT_NE(found, document.seen().end()) << name;
        for (const int status : ApiDocument::statuses(operation)) {
            if (elsewhere.contains(name + " " + std::to_string(status))) continue;
            EXPECT_TRUE(found->second.contains(status)) << name << " never answered " << status;
        }
    }
}

}  // namespace
}  // namespace assay::tools
