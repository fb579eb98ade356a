// How many signed deliveries a second go out over loopback keep-alive: from memory, and durably
// (events committed before, one delivery row each after).
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "bench/support/fast_receiver.hpp"
#include "engine/base/hash.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "notify/dispatch/dispatcher.hpp"
#include "notify/http/client_pool.hpp"
#include "notify/notifier.hpp"
#include "notify/sign/scheme.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t sample_every = 997;

std::size_t deliveries_per_run() {
    return std::getenv("ASSAY_BENCH_SMOKE") != nullptr ? 500 : 100'000;
}

void must(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "dispatch_bench: %s\n", what);
    std::abort();
}

std::string body_of(std::size_t bytes) {
    return R"({"type":"order.created","data":{"text":")" + std::string(bytes - 44, 'x') + R"("}})";
}

// Every sample must verify as a receiver would verify it.
void check_samples(const bench::FastReceiver& receiver, const Secret& secret) {
    const std::vector<std::string> samples = receiver.samples();
    must(!samples.empty(), "no sample was kept");
    for (const std::string& sample : samples) {
        const std::size_t end = sample.find("\r\n\r\n");
        std::vector<Header> headers;
        std::size_t at = sample.find("\r\n") + 2;
        while (at < end) {
            const std::size_t line_end = sample.find("\r\n", at);
            const std::size_t colon = sample.find(": ", at);
            headers.push_back(
                {sample.substr(at, colon - at), sample.substr(colon + 2, line_end - colon - 2)});
            at = line_end + 2;
        }
        VerifyOptions options;
        options.now = to_unix_seconds(SystemClock().now());
        must(verify(SignatureLayout::standard_webhooks, {&secret, 1}, headers,
                    std::string_view(sample).substr(end + 4), options)
                 .has_value(),
             "a sample's signature does not verify");
    }
}

class OneBody final : public DeliverySource {
  public:
    explicit OneBody(std::string text) {
        body_.hash = hash64(text);
        body_.bytes = std::make_shared<const std::string>(std::move(text));
    }
    Result<Body> body(const Delivery&, const Endpoint&, const engine::Event*) override {
        return body_;
    }
    Result<DueRows> due(const EndpointId&, TimePoint, std::size_t) override { return DueRows{}; }

  private:
    Body body_;
};

class Forgetful final : public AttemptSink {
  public:
    Dispatcher* dispatcher = nullptr;
    std::uint64_t failures = 0;
    void log(int shard, LogEntry entry) override {
        if (entry.status != DeliveryStatus::delivered) ++failures;
        ids_.push_back(std::move(entry.delivery.id));
        if (ids_.size() < 32) return;
        dispatcher->recorded(shard, std::exchange(ids_, {}));
    }

  private:
    std::vector<DeliveryId> ids_;
};

Endpoint endpoint_for(const std::string& url, Random& random) {
    Endpoint endpoint;
    endpoint.id = EndpointId("wh_bench");
    endpoint.tenant = TenantId("default");
    endpoint.url = url;
    endpoint.events = {"*"};
    endpoint.secret = Secret::generate(random);
    endpoint.overrides.max_in_flight = 64;
    return endpoint;
}

// Ring, core, signing and HTTP, without a store.
void from_memory(benchmark::State& state) {
    const std::size_t count = deliveries_per_run();
    for (auto _ : state) {
        bench::FastReceiver receiver(sample_every);
        SystemClock clock;
        SystemRandom random;
        const Endpoint endpoint = endpoint_for(receiver.url(), random);
        EndpointRegistry registry;
        registry.put(endpoint);
        Forgetful sink;
        auto resolver = make_resolver({});
        must(resolver.has_value(), "no resolver");
        ClientOptions client;
        client.urls = {true, true};
        client.addresses.allow_loopback = true;
        DispatcherOptions options;
        Dispatcher dispatcher({registry,
                               sink,
                               clock,
                               [&](boost::asio::io_context& io) {
                                   return make_client_pool(io, clock, **resolver, client);
                               },
                               [&] {
                                   return std::make_unique<OneBody>(
                                       body_of(static_cast<std::size_t>(state.range(0))));
                               },
                               {}},
                              options);
        sink.dispatcher = &dispatcher;
        must(dispatcher.start().has_value(), "no dispatcher");
        const auto begun = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < count; ++i) {
            Delivery delivery;
            delivery.id = DeliveryId("dlv_00000000-0000-8000-8000-" + std::to_string(i));
            delivery.event_id = EventId("evt_00000000-0000-4000-8000-000000000000");
            delivery.message_id = delivery.event_id.text();
            delivery.endpoint = endpoint.id;
            delivery.tenant = endpoint.tenant;
            std::shared_ptr<const engine::Event> none;
            // As the relay's window does: only so much is handed over without having arrived.
            while (i > receiver.received() + 6'000) {
                std::this_thread::sleep_for(std::chrono::microseconds(100));
            }
            while (!dispatcher.try_push(0, delivery, none)) {
                std::this_thread::sleep_for(std::chrono::microseconds(100));
            }
        }
        receiver.wait_for(count);
        state.SetIterationTime(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
        dispatcher.stop(std::chrono::milliseconds(1'000));
        must(receiver.received() == count, "the receiver's count differs");
        must(sink.failures == 0, "an attempt failed");
        check_samples(receiver, endpoint.secret);
    }
    state.counters["delivered/s"] =
        benchmark::Counter(static_cast<double>(count) * static_cast<double>(state.iterations()),
                           benchmark::Counter::kIsRate);
}

std::vector<engine::Migration> all_migrations() {
    std::vector<engine::Migration> all;
    for (const auto& step : engine::batch_store::migrations())
        all.push_back(step);
    for (const auto& step : notify_store::migrations())
        all.push_back(step);
    return all;
}

// The whole road: committed log -> relay -> ring -> render -> sign -> send -> delivery row.
void durable(benchmark::State& state) {
    const std::size_t count = deliveries_per_run();
    for (auto _ : state) {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "assay-bench-XXXXXX").string();
        must(::mkdtemp(pattern.data()) != nullptr, "no directory");
        {
            bench::FastReceiver receiver(sample_every);
            SystemClock clock;
            SystemRandom random;
            const auto migrations = all_migrations();
            auto database = engine::Database::open({pattern, false, {}}, migrations);
            must(database.has_value(), "no store");
            engine::Writer writer(**database, clock);
            const SecretBox box(std::array<unsigned char, 32>{});
            const ResultsLinks links("https://assay.example", "key");
            NotifierOptions options;
            options.urls = {true, true};
            options.addresses.allow_loopback = true;
            Notifier notifier({**database, writer, clock, random, box, links}, options);
            writer.add_listener(notifier);
            Endpoint endpoint = endpoint_for(receiver.url(), random);
            auto made = notifier.create(endpoint);
            must(made.has_value(), "no endpoint");
            const std::string data = body_of(static_cast<std::size_t>(state.range(0)));
            for (std::size_t done = 0; done < count;) {
                const std::size_t upto = std::min(count, done + 1'000);
                must(writer
                         .run([&](engine::Tx& tx) -> Result<void> {
                             for (; done < upto; ++done) {
                                 engine::Event event;
                                 event.id = EventId("evt_" + make_uuid(random));
                                 event.tenant = TenantId("default");
                                 event.type = "order.created";
                                 event.created_at = clock.now();
                                 event.data = data;
                                 event.dedupe_key = event.id.text();
                                 const auto seq = engine::batch_store::append_event(tx, event);
                                 if (!seq) return seq.error();
                             }
                             return {};
                         })
                         .has_value(),
                     "no event");
            }
            const auto begun = std::chrono::steady_clock::now();
            must(notifier.start().has_value(), "no start");
            receiver.wait_for(count);
            notifier.stop();  // every outcome has its row when this returns
            state.SetIterationTime(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
            must(receiver.received() == count, "the receiver's count differs");
            check_samples(receiver, made->secret);
            auto lease = (*database)->read();
            must(lease.has_value(), "no read");
            auto rows = (*lease)->prepare("SELECT count(*) FROM deliveries WHERE status = 1");
            must(rows.step().value_or(false) && rows.integer(0) == static_cast<std::int64_t>(count),
                 "not every delivery has its row");
        }
        std::filesystem::remove_all(pattern);
    }
    state.counters["delivered/s"] =
        benchmark::Counter(static_cast<double>(count) * static_cast<double>(state.iterations()),
                           benchmark::Counter::kIsRate);
}

BENCHMARK(from_memory)->Arg(1'024)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(durable)->Arg(1'024)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::notify

BENCHMARK_MAIN();
