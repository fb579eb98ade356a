// Pushes deliveries at a dispatcher whose store is pretended, and times what comes back.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <numeric>
#include <random>
#include <unordered_map>

#include "engine/base/hash.hpp"
#include "notify/dispatch/dispatcher.hpp"
#include "tools/load/load_roads.hpp"

namespace assay::tools {
namespace {

using notify::Delivery;
using notify::DeliveryStatus;

constexpr std::uint64_t timed_every = 16;
constexpr std::uint64_t verified_every = 997;
constexpr std::size_t candidates_max = 16;
// As the relay's window does: only so much is handed over without having been answered.
constexpr std::size_t window = 6'000;

// What is looked at of the requests on their way out. Filled on the shard's thread, read after it
// has ended.
struct Seen {
    std::vector<double> latencies;  // microseconds
    std::uint64_t verified = 0;
    std::string fault;
};

// The real transport, with a look at a sample of what goes through it.
class SamplingTransport final : public notify::Transport {
  public:
    SamplingTransport(std::unique_ptr<Transport> inner, const LoadOptions& options,
                      std::span<const notify::Endpoint> endpoints, const Clock& clock, Seen& seen)
        : inner_(std::move(inner)), options_(options), clock_(clock), seen_(seen) {
        for (const notify::Endpoint& endpoint : endpoints)
            by_url_[endpoint.url].push_back(&endpoint);
    }

    void send(const notify::SignedRequest& request, Answer answer) override {
        const std::uint64_t number = count_++;
        if (number % verified_every == 0) verify(request);
        if (options_.rate > 0 || number % timed_every != 0) {
            inner_->send(request, std::move(answer));
            return;
        }
        const SteadyTime sent = clock_.steady_now();
        inner_->send(request, [this, sent, answer = std::move(answer)](notify::Outcome outcome) {
            const std::chrono::duration<double, std::micro> took = clock_.steady_now() - sent;
            if (outcome.kind == notify::OutcomeKind::response) {
                seen_.latencies.push_back(took.count());
            }
            answer(std::move(outcome));
        });
    }
    void forget(std::string_view origin) override { inner_->forget(origin); }

  private:
    void verify(const notify::SignedRequest& request) {
        const auto& candidates = by_url_.at(request.to->url);
        // Trying the secrets of many would hold up the shard that is measured.
        if (candidates.size() > candidates_max) return;
        notify::VerifyOptions options;
        options.now = to_unix_seconds(clock_.now());
        const std::vector<notify::Header> headers = request.headers.list();
        for (const notify::Endpoint* const endpoint : candidates) {
            if (notify::verify(notify::SignatureLayout::standard_webhooks, {&endpoint->secret, 1},
                               headers, *request.body, options)) {
                ++seen_.verified;
                return;
            }
        }
        seen_.fault = "a request's signature does not verify";
    }

    std::unique_ptr<Transport> inner_;
    const LoadOptions& options_;
    std::unordered_map<std::string_view, std::vector<const notify::Endpoint*>> by_url_;
    const Clock& clock_;
    Seen& seen_;
    std::uint64_t count_ = 0;
};

class OneBody final : public notify::DeliverySource {
  public:
    explicit OneBody(std::string text) {
        body_.hash = hash64(text);
        body_.bytes = std::make_shared<const std::string>(std::move(text));
    }
    Result<Body> body(const Delivery&, const notify::Endpoint&, const engine::Event*) override {
        return body_;
    }
    Result<DueRows> due(const EndpointId&, TimePoint, std::size_t) override { return DueRows{}; }

  private:
    Body body_;
};

// Counts outcomes, and calls everything durable at once.
class CountingSink final : public notify::AttemptSink {
  public:
    explicit CountingSink(bool timed) : timed_(timed) {}
    notify::Dispatcher* dispatcher = nullptr;
    std::atomic<std::uint64_t> delivered{0}, failed{0};  // relaxed: nothing hangs on their order
    std::uint64_t connections = 0;                       // of the shard's thread, as below
    std::vector<double> latencies;

    void log(int shard, notify::LogEntry entry) override {
        if (entry.record && !entry.record->outcome.connection_reused) ++connections;
        if (entry.status == DeliveryStatus::delivered) {
            if (timed_) {
                const std::chrono::nanoseconds now =
                    std::chrono::steady_clock::now().time_since_epoch();
                latencies.push_back(static_cast<double>(now.count() - entry.delivery.sequence) *
                                    1e-3);
            }
            delivered.fetch_add(1, std::memory_order_relaxed);
        } else if (entry.record) {
            failed.fetch_add(1, std::memory_order_relaxed);
        }
        ids_.push_back(std::move(entry.delivery.id));
        if (ids_.size() < 32 && entry.status == DeliveryStatus::delivered) return;
        dispatcher->recorded(shard, std::exchange(ids_, {}));
    }

  private:
    const bool timed_;
    std::vector<DeliveryId> ids_;
};

Delivery delivery_of(std::size_t number, const notify::Endpoint& endpoint) {
    Delivery delivery;
    delivery.id = DeliveryId("dlv_00000000-0000-8000-8000-" + std::to_string(number));
    delivery.event_id = EventId("evt_00000000-0000-4000-8000-000000000000");
    delivery.message_id = delivery.event_id.text();
    delivery.endpoint = endpoint.id;
    delivery.tenant = endpoint.tenant;
    return delivery;
}

// The order in which endpoints take turns: a mixed one, so that silent ones stand between others.
std::vector<std::size_t> turns_of(std::size_t endpoints) {
    std::vector<std::size_t> turns(endpoints);
    std::iota(turns.begin(), turns.end(), std::size_t{0});
    std::shuffle(turns.begin(), turns.end(), std::minstd_rand(1));
    return turns;
}

// Hands over all deliveries, one to each endpoint in turn.
Result<void> push_all(const LoadOptions& options, std::span<const notify::Endpoint> endpoints,
                      notify::Dispatcher& dispatcher, const CountingSink& sink, SteadyTime begun) {
    const std::vector<std::size_t> turns = turns_of(endpoints.size());
    std::size_t handed = 0;  // to endpoints that answer
    const auto answered = [&] { return sink.delivered.load(std::memory_order_relaxed); };
    for (std::size_t number = 0; handed < options.deliveries; ++number) {
        const std::size_t to = turns[number % turns.size()];
        Delivery delivery = delivery_of(number, endpoints[to]);
        if (to >= options.silent) {
            if (options.rate > 0) {
                delivery.sequence =
                    due_time(options.rate, begun, handed).time_since_epoch().count();
                while (due_by_now(options.rate, begun, options.deliveries) <= handed)
                    pause();
            } else if (handed >= answered() + window) {
                const auto room =
                    wait_until_reached(handed + 1 - window, "answers", options.patience, answered);
                if (!room) return room;
            }
            ++handed;
        }
        std::shared_ptr<const engine::Event> none;
        while (!dispatcher.try_push(0, delivery, none))
            pause();
    }
    return wait_until_reached(options.deliveries, "answers", options.patience, answered);
}

}  // namespace

Result<LoadReport> run_from_memory(const LoadOptions& options, FastReceiver* receiver) {
    SystemClock clock;
    SystemRandom random;
    const std::vector<notify::Endpoint> endpoints = load_endpoints(options, random);
    notify::EndpointRegistry registry;
    registry.replace(endpoints);
    CountingSink sink(options.rate > 0);
    Seen seen;
    seen.latencies.reserve(options.deliveries / timed_every + 1);
    auto resolver = notify::make_resolver({});
    if (!resolver) return resolver.error();
    notify::ClientOptions client;
    client.urls = {true, true};
    client.addresses.allow_loopback = true;
    client.ca_bundle = options.ca_bundle;
    client.connections_idle_max = std::max(client.connections_idle_max, options.endpoints);
    const auto transport =
        [&](boost::asio::io_context& io) -> Result<std::unique_ptr<notify::Transport>> {
        auto pool = notify::make_client_pool(io, clock, **resolver, client);
        if (!pool) return pool.error();
        return std::unique_ptr<notify::Transport>(
            std::make_unique<SamplingTransport>(*std::move(pool), options, endpoints, clock, seen));
    };
    notify::Dispatcher dispatcher(
        {registry,
         sink,
         clock,
         transport,
         [&] { return std::make_unique<OneBody>(load_body(options.body_bytes, 0)); },
         {}},
        {});
    sink.dispatcher = &dispatcher;
    if (const auto started = dispatcher.start(); !started) return started.error();
    const Stopwatch watch;
    const auto pushed = push_all(options, endpoints, dispatcher, sink, watch.begun());
    LoadReport report;
    report.seconds = watch.seconds();
    report.processor_seconds = watch.processor_seconds();
    dispatcher.stop(std::chrono::milliseconds(options.silent > 0 ? 0 : 1'000));
    if (!pushed) return pushed.error();
    if (!seen.fault.empty()) return fail(ErrorCode::internal, seen.fault);
    report.delivered = sink.delivered.load();
    report.failed = options.silent > 0 ? 0 : sink.failed.load();
    report.connections = sink.connections;
    report.verified = seen.verified;
    report.latency = percentiles_of(std::move(options.rate > 0 ? sink.latencies : seen.latencies));
    if (receiver != nullptr) {
        const auto verified = verify_samples(*receiver, endpoints, report.delivered, clock);
        if (!verified) return verified.error();
        report.verified += *verified;
    }
    return report;
}

}  // namespace assay::tools
