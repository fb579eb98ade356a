// Commits events while a notifier delivers them, until every outcome has its row.
// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "engine/batch_store/batch_store.hpp"
#include "notify/notifier.hpp"
#include "tools/load/load_roads.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t events_per_commit = 1'000;
constexpr std::uint64_t commits_ahead = 4;  // submitted and not yet durable
constexpr std::size_t envelope_bytes = 67;  // what the profile writes around an event's data

// A directory of its own that goes with it.
class OwnDirectory {
  public:
    static Result<OwnDirectory> make(std::filesystem::path base) {
        if (base.empty()) base = std::filesystem::temp_directory_path();
        std::string pattern = (base / "assay-load-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            return fail(ErrorCode::io_error, "cannot make a directory below " + base.string());
        }
        return OwnDirectory(std::move(pattern));
    }
    OwnDirectory(OwnDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    OwnDirectory& operator=(OwnDirectory&&) = delete;
    ~OwnDirectory() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const noexcept { return path_; }

  private:
    explicit OwnDirectory(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

std::vector<engine::Migration> all_migrations() {
    std::vector<engine::Migration> all;
    for (const auto& module :
         {engine::batch_store::migrations(), notify::notify_store::migrations()}) {
        all.insert(all.end(), module.begin(), module.end());
    }
    return all;
}

// Submits the events of a load, as fast as they become durable or at a rate.
class Producer {
  public:
    Producer(const LoadOptions& options, engine::Writer& writer)
        : options_(options),
          writer_(writer),
          events_((options.deliveries + options.endpoints - 1) / options.endpoints),
          random_(1) {}

    std::size_t events() const noexcept { return events_; }

    Result<void> run(SteadyTime begun) {
        std::size_t appended = 0;
        std::uint64_t submitted = 0;
        while (appended < events_) {
            std::size_t upto = std::min(events_, appended + events_per_commit);
            if (options_.rate > 0) upto = std::min(upto, due_by_now(options_.rate, begun, events_));
            if (upto == appended || (options_.rate == 0 && submitted >= durable_ + commits_ahead)) {
                pause();
                continue;
            }
            if (failed_) return fail(ErrorCode::io_error, "an event could not be committed");
            const auto sent =
                writer_.submit([this, appended, upto, begun](
                                   engine::Tx& tx) { return append(tx, appended, upto, begun); },
                               [this](const Result<void>& done) {
                                   if (!done) failed_ = true;
                                   durable_.fetch_add(1);
                               });
            if (!sent) return sent;
            ++submitted;
            appended = upto;
        }
        return wait_until_reached(submitted, "commits", options_.patience,
                                  [this] { return durable_.load(); });
    }

  private:
    Result<void> append(engine::Tx& tx, std::size_t first, std::size_t end, SteadyTime begun) {
        const TimePoint now = SystemClock().now();
        for (std::size_t i = first; i < end; ++i) {
            engine::Event event;
            event.id = EventId("evt_" + make_uuid(random_));
            event.tenant = TenantId("default");
            event.type = "load.test";
            event.created_at = now;
            const std::int64_t due =
                options_.rate > 0 ? due_time(options_.rate, begun, i).time_since_epoch().count()
                                  : 0;
            event.data = load_body(options_.body_bytes - envelope_bytes, due);
            event.dedupe_key = event.id.text();
            const auto seq = engine::batch_store::append_event(tx, event);
            if (!seq) return seq.error();
        }
        return {};
    }

    const LoadOptions& options_;
    engine::Writer& writer_;
    const std::size_t events_;
    SeededRandom random_;  // of the writer's thread
    std::atomic<std::uint64_t> durable_{0};
    std::atomic<bool> failed_{false};
};

Result<void> rows_are_complete(engine::Database& database, std::size_t deliveries) {
    auto lease = database.read();
    if (!lease) return lease.error();
    auto rows = (*lease)->prepare("SELECT count(*) FROM deliveries WHERE status = 1");
    const auto stepped = rows.step();
    if (!stepped) return stepped.error();
    if (*stepped && rows.integer(0) == static_cast<std::int64_t>(deliveries)) return {};
    return fail(ErrorCode::internal, "not every delivery has its row");
}

}  // namespace

Result<LoadReport> run_durable(const LoadOptions& options, FastReceiver* receiver) {
    const auto directory = OwnDirectory::make(options.directory);
    if (!directory) return directory.error();
    SystemClock clock;
    SystemRandom random;
    const auto migrations = all_migrations();
    auto database = engine::Database::open({directory->path(), false, {}}, migrations);
    if (!database) return database.error();
    engine::Writer writer(**database, clock);
    const notify::SecretBox box(std::array<unsigned char, 32>{});
    const notify::ResultsLinks links("https://assay.example", "key");
    notify::NotifierOptions settings;
    settings.urls = {true, true};
    settings.addresses.allow_loopback = true;
    settings.ca_bundle = options.ca_bundle;
    settings.connections_idle_max = std::max(settings.connections_idle_max, options.endpoints);
    notify::Notifier notifier({**database, writer, clock, random, box, links}, settings);
    writer.add_listener(notifier);
    std::vector<notify::Endpoint> endpoints;
    for (notify::Endpoint& wanted : load_endpoints(options, random)) {
        auto made = notifier.create(std::move(wanted));
        if (!made) return made.error();
        endpoints.push_back(*std::move(made));
    }
    if (const auto started = notifier.start(); !started) return started.error();
    Producer producer(options, writer);
    const std::size_t deliveries = producer.events() * options.endpoints;
    const Stopwatch watch;
    auto done = producer.run(watch.begun());
    if (done) {
        done = wait_until_reached(deliveries, "answers", options.patience,
                                  [&] { return notifier.status().delivered; });
    }
    const std::uint64_t failed = notifier.status().failed_attempts;
    notifier.stop();  // every outcome has its row when this returns
    LoadReport report;
    report.seconds = watch.seconds();
    report.processor_seconds = watch.processor_seconds();
    if (!done) return done.error();
    if (const auto rows = rows_are_complete(**database, deliveries); !rows) return rows.error();
    report.delivered = deliveries;
    report.failed = failed;
    if (receiver != nullptr) {
        const auto verified = verify_samples(*receiver, endpoints, report.delivered, clock);
        if (!verified) return verified.error();
        report.verified = *verified;
        report.latency = percentiles_of(receiver->latencies());
    }
    return report;
}

}  // namespace assay::tools
