// The facade of the engine: submit, cancel, status, results. Owns the graph and the open batches.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/analysis/tables.hpp"
#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/random.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "engine/comps_shelf.hpp"
#include "engine/event/audience.hpp"
#include "engine/progress/tally.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"

namespace assay::engine {

struct EngineOptions {
    int threads = 0;  // of the graph; 0: one per core
    std::size_t tokens = limits::chunks_in_flight_max;
    std::size_t open_batches_max = limits::open_batches_max;
    std::size_t receiving_max = limits::receiving_batches_max;
    std::uint64_t store_bytes_max = limits::store_bytes_max;  // then submit() answers storage_full
    ProgressPace progress{};  // of batch.progress, on streams and to endpoints
};
Result<void> validate(const EngineOptions& options);

struct SubmitRequest {
    TenantId tenant;
    IntakeOptions intake;
    std::optional<std::string> idempotency_key;
};

// How far a batch is; published only after the commit, so it never goes back.
struct Progress {
    BatchId batch;
    BatchStatus status = BatchStatus::queued;
    ProductCounts counts;
    int percent = 0;
};

// Thread safety: every call from any thread but the graph's and the writer's. Calls that write
// block until the write is durable (a fraction of a millisecond), so call them from a worker, never
// from an I/O loop.
class Engine {
  public:
    // A submission under way: bytes in, chunks stored as they come, a batch id once it is durable.
    // Destroying it before finish() drops what was stored. One thread at a time.
    class Submission {
      public:
        virtual ~Submission() = default;
        virtual Result<void> feed(std::string_view bytes) = 0;
        struct Receipt {
            BatchId batch;
            IntakeReport report;
            bool replayed = false;  // the idempotency key was known: this is the first answer
        };
        // Returns after the batch is on disk and queued. Errors: those of Intake, quota_exceeded,
        // key_reused, conflict, unavailable, storage_full; with on_invalid=reject, invalid_input
        // with the faults in `report`.
        virtual Result<Receipt> finish() = 0;
        virtual const IntakeReport& report() const noexcept = 0;  // the faults after a refusal
    };

    Engine(Database& database, Writer& writer, Clock& clock, Random& random,
           std::shared_ptr<const Tables> tables, EngineOptions options = {},
           Audience* audience = nullptr);  // none: nobody listens
    ~Engine();                             // stop()
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Drops submissions that never finished, takes up what a crash left, starts the feeder.
    Result<void> start();
    // No new chunks; those in the graph finish and are stored. Idempotent.
    void stop();

    // Errors: busy (too many submissions or open batches), invalid_argument (unknown analyzer),
    // storage_full (the store holds as much as it may).
    Result<std::unique_ptr<Submission>> submit(SubmitRequest request);
    // The same road without its end: every product is read and checked, and nothing is stored or
    // charged. finish() gives a receipt without a batch, and as an error what would refuse the
    // submission; `report` is complete either way. The idempotency key is not looked at.
    Result<std::unique_ptr<Submission>> rehearse(SubmitRequest request);
    Result<batch_store::BatchRow> cancel(const TenantId& tenant, const BatchId& batch);
    Result<batch_store::BatchRow> find(const TenantId& tenant, const BatchId& batch);
    // Of a batch that has ended: gone at once for everybody; its rows go by and by.
    // Errors: not_found, conflict (it has not ended), archived (it was deleted before).
    Result<void> remove(const TenantId& tenant, const BatchId& batch);

    // Whose sold prices are joined with which batches. Lives as long as the engine.
    CompsShelf& comps() noexcept;
    ProgressPace progress_pace() const noexcept;

    // Called after each commit that moved a batch; on the writer's thread: must not block. Returns
    // a handle whose destruction ends the subscription.
    using ProgressListener = std::function<void(const Progress&)>;
    [[nodiscard]] std::shared_ptr<void> subscribe(const BatchId& batch, ProgressListener listener);

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
