// The API without sockets, on the real engine and store, with the verbs that stories about it need.
// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/analysis/tables.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/api/api.hpp"

namespace assay::tools {

namespace json = boost::json;

inline const std::string three_products =
    R"({"product_id":"a","title":"Sony WH-1000XM4 headphones","condition":"used",)"
    R"("msrp":"349.00","currency":"USD"})"
    "\n"
    R"({"product_id":"b","title":"Lego 75192","status":"nonsense",)"
    R"("msrp":"849.99","currency":"USD"})"
    "\n{\"product_id\":\"c\",\n";

struct Reply {
    int status = 0;
    std::vector<HttpField> fields;
    std::string body;

    json::object object() const { return json::parse(body).as_object(); }
    std::string text(const char* name) const {
        const auto found = object();
        const auto* value = found.if_contains(name);
        return value != nullptr && value->is_string() ? std::string(value->as_string().c_str())
                                                      : std::string();
    }
    std::string field(const char* name) const {
        const std::string* value = find_field(fields, name);
        return value != nullptr ? *value : std::string();
    }
};

inline std::vector<engine::Migration> migrations() {
    std::vector<engine::Migration> all;
    for (const auto module : {engine::batch_store::migrations(), notify::notify_store::migrations(),
                              KeyStore::migrations()})
        all.insert(all.end(), module.begin(), module.end());
    return all;
}

class ApiFixture : public ::testing::Test {
  protected:
    explicit ApiFixture(ApiLimits limits = {}, notify::NotifierOptions told = {})
        : notifier({*database, writer, clock, random, secrets, links}, std::move(told)),
          api(services(), limits) {
        writer.add_listener(notifier);
        EXPECT_THAT(tenants.load(), testing::IsOk());
        EXPECT_THAT(engine.start(), testing::IsOk());
        EXPECT_THAT(notifier.start(), testing::IsOk());
        admin = make_key({Scope::admin});
        other = make_tenant("other");
    }
    ~ApiFixture() override {
        engine.stop();
        notifier.stop();
        writer.stop();
    }

    std::string make_key(std::vector<Scope> scopes, const char* tenant = "default") {
        const auto made = keys.make(TenantId(tenant), "test", std::move(scopes), std::nullopt);
        EXPECT_THAT(keys.add(made.key), testing::IsOk());
        return made.text;
    }

    // With an admin key of its own, which is given.
    std::string make_tenant(const char* id) {
        Tenant tenant;
        tenant.id = TenantId(id);
        EXPECT_THAT(tenants.create(tenant), testing::IsOk());
        return make_key({Scope::admin}, id);
    }

    // One request through the handler, its body in pieces, its stream to the end.
    Reply call(const std::string& method, const std::string& target, const std::string& body = {},
               std::vector<HttpField> fields = {}) {
        HttpRequest request;
        request.method = method;
        request.target = target;
        request.path = target.substr(0, target.find('?'));
        if (request.path.size() < target.size())
            request.query = target.substr(request.path.size() + 1);
        request.fields = std::move(fields);
        request.remote_address = address;
        if (!key.empty()) request.fields.push_back({"Authorization", "Bearer " + key});
        if (!body.empty()) request.content_length = body.size();
        auto begun = api.begin(request);
        HttpResponse response;
        if (auto* sink = std::get_if<std::unique_ptr<BodySink>>(&begun)) {
            std::optional<HttpResponse> early;
            for (std::size_t at = 0; at < body.size() && !early; at += 7)
                early = (*sink)->feed(std::string_view(body).substr(at, 7));
            response = early ? *std::move(early) : (*sink)->finish();
        } else {
            response = std::move(std::get<HttpResponse>(begun));
        }
        Reply reply{response.status, response.fields, response.body};
        if (response.stream) reply.body = drain(*response.stream);
        return reply;
    }

    static std::string drain(BodySource& source) {
        std::mutex mutex;
        std::condition_variable woken;
        bool ready = false;
        source.on_ready([&] {
            const std::lock_guard lock(mutex);
            ready = true;
            woken.notify_all();
        });
        std::string all;
        while (true) {
            auto piece = source.next();
            all += piece.bytes;
            if (piece.state == BodySource::State::broken) return all + "(broken)";
            if (piece.state == BodySource::State::ended) return all;
            if (piece.state == BodySource::State::more) continue;
            std::unique_lock lock(mutex);
            if (!woken.wait_for(lock, std::chrono::seconds(60), [&] { return ready; }))
                return all + "(silence)";
            ready = false;
        }
    }

    Reply submit(const std::string& products, const std::string& query = {},
                 std::vector<HttpField> fields = {}) {
        fields.push_back({"Content-Type", "application/x-ndjson"});
        return call("POST", "/v1/batches" + query, products, std::move(fields));
    }
    // Submits and waits for the end by the event stream.
    std::string finished_batch(const std::string& products) {
        const Reply accepted = submit(products);
        EXPECT_EQ(accepted.status, 202) << accepted.body;
        const std::string id = accepted.text("id");
        EXPECT_THAT(call("GET", "/v1/batches/" + id + "/events").body,
                    ::testing::HasSubstr("event: batch.completed\n"));
        return id;
    }

    // A batch that nobody runs: the engine that took it was never started.
    std::string queued_batch() {
        engine::Engine idle(*database, writer, clock, random, *engine::load_tables());
        engine::SubmitRequest request;
        request.tenant = TenantId("default");
        request.intake.format = engine::InputFormat::ndjson;
        auto submission = idle.submit(std::move(request));
        EXPECT_THAT(submission, testing::IsOk());
        EXPECT_THAT((*submission)->feed(three_products), testing::IsOk());
        const auto receipt = (*submission)->finish();
        EXPECT_THAT(receipt, testing::IsOk());
        return receipt ? receipt->batch.text() : std::string();
    }

    testing::TemporaryDirectory directory;
    testing::ManualClock clock;
    SystemRandom random;
    std::string log_text;
    Log log{clock, [this](std::string_view line) { log_text += line; }};
    std::vector<engine::Migration> schema = migrations();
    std::unique_ptr<engine::Database> database =
        *engine::Database::open({directory.path() / "data", false, {}}, schema);
    engine::Writer writer{*database, clock};
    notify::SecretBox secrets{{}};
    notify::ResultsLinks links{"http://assay.test", std::string(32, 'k')};
    notify::Notifier notifier;
    engine::Engine engine{*database, writer, clock, random, *engine::load_tables()};
    KeyStore keys{*database, writer, clock, random};
    TenantBook tenants{*database, writer};
    Retention retention{*database, writer, clock};
    Api api;
    std::string admin, other;
    std::string key;
    std::string address = "127.0.0.1";

  private:
    ApiServices services() {
        return {*database, writer,    engine, notifier, links, keys,
                tenants,   retention, clock,  random,   log};
    }
};

}  // namespace assay::tools
