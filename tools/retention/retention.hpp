// Retention: what is old enough, and what was deleted, goes in small jobs beside all other work.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"
#include "engine/batch_store/tenants.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::tools {

struct RetentionOptions {
    engine::batch_store::Retention days;  // where a tenant has no wish of its own
    std::chrono::minutes interval{15};    // between passes; a deletion starts one at once
    // Free pages that stay in the file, since the next batch needs them; what is beyond goes back
    // to the file system.
    std::uint64_t free_bytes_kept = std::uint64_t{64} * 1024 * 1024;
};
// Errors: invalid_argument, naming the member.
Result<void> validate(const RetentionOptions& options);
// "results=30,events=7" over what `days` holds; results, events, deliveries, dead_letters. Errors:
// invalid_argument.
Result<engine::batch_store::Retention> parse_retention(std::string_view text,
                                                       engine::batch_store::Retention days);

// Whether a delivery is kept no longer: dead letters longer than the others, what still waits
// always. Pure.
bool is_past(const notify::notify_store::OldDelivery& delivery,
             const engine::batch_store::Retention& days, TimePoint now) noexcept;

// What one pass did.
struct RetentionReport {
    std::int64_t batches = 0;  // lost their inputs and results
    std::int64_t deliveries = 0, events = 0, idempotency_keys = 0;
    std::int64_t jobs = 0;                    // of the writer
    std::chrono::nanoseconds longest_job{0};  // how long the writer was held at most
};

// Every step is a transaction of its own that says by itself what is left to do, so a pass may end
// anywhere, also by a crash: the next one goes on. Thread safety: run_once() from one thread at a
// time, wake() from any.
class Retention {
  public:
    Retention(engine::Database& database, engine::Writer& writer, Clock& clock,
              RetentionOptions options = {});
    ~Retention();  // stop()
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

    // Passes on a thread of its own: at once, then every interval, and when it is woken. What a
    // pass could not do (the store was closed, say) waits for the next.
    void start(std::function<void(const Result<RetentionReport>&)> told = {});
    void wake();
    void stop();  // ends after the job under way

    const engine::batch_store::Retention& days() const noexcept { return options_.days; }

    // One pass: everything that is due by the clock.
    Result<RetentionReport> run_once();

  private:
    enum class Step : std::uint8_t { nothing, done, more };  // more: there may be more to do
    using Job = std::function<Result<Step>(engine::Tx&)>;
    static Step step_of(std::int64_t count) noexcept;

    void loop(const std::function<void(const Result<RetentionReport>&)>& told);
    Result<void> load_tenants();
    const engine::batch_store::Retention& days_of(const TenantId& tenant) const;
    Result<Step> run_job(const Job& job);
    Result<void> run_to_end(const Job& job);
    Result<void> pass_batches();
    Result<void> pass_deliveries();
    Result<void> pass_events();
    Result<void> pass_free_pages();
    bool stopping() const;

    engine::Database& database_;
    engine::Writer& writer_;
    Clock& clock_;
    const RetentionOptions options_;
    // Of the pass under way.
    TimePoint now_{};
    std::map<TenantId, engine::batch_store::Retention> tenants_;
    engine::batch_store::Retention shortest_;
    RetentionReport report_;

    mutable std::mutex mutex_;  // guards the flags
    std::condition_variable changed_;
    bool woken_ = false, stopping_ = false;
    std::thread thread_;
};

}  // namespace assay::tools
