// Wires the engine's parts together, takes up what a crash left, and answers the facade's calls.
// SPDX-License-Identifier: MIT
#include "engine/engine.hpp"

#include <cassert>

#include "engine/batch_run.hpp"
#include "engine/feeder.hpp"
#include "engine/progress_hub.hpp"
#include "engine/rehearsal.hpp"
#include "engine/submission.hpp"

namespace assay::engine {

namespace {

// Ids are made on callers' threads and on the writer's.
class SharedRandom final : public Random {
  public:
    explicit SharedRandom(Random& random) : random_(random) {}
    void fill(std::span<std::byte> bytes) override {
        const std::lock_guard lock(mutex_);
        random_.fill(bytes);
    }

  private:
    std::mutex mutex_;
    Random& random_;
};

EngineOptions checked(EngineOptions options) {
    assert(validate(options).has_value());
    return options;
}

}  // namespace

Result<void> validate(const EngineOptions& options) {
    if (options.threads < 0 || options.threads > limits::engine_threads_max) {
        return fail(
            ErrorCode::invalid_argument,
            "must be from 0 (one per core) to " + std::to_string(limits::engine_threads_max),
            "threads");
    }
    if (options.tokens < 1 || options.tokens > limits::commit_group_max) {
        return fail(ErrorCode::invalid_argument,
                    "must be from 1 to " + std::to_string(limits::commit_group_max), "tokens");
    }
    if (options.open_batches_max < 1) {
        return fail(ErrorCode::invalid_argument, "must be at least 1", "open_batches_max");
    }
    if (options.receiving_max < 1) {
        return fail(ErrorCode::invalid_argument, "must be at least 1", "receiving_max");
    }
    if (options.progress.interval < std::chrono::milliseconds(0)) {
        return fail(ErrorCode::invalid_argument, "must not be negative", "progress_interval");
    }
    if (options.progress.step < 1 || options.progress.step > 100) {
        return fail(ErrorCode::invalid_argument, "must be 1 to 100", "progress_step");
    }
    return {};
}

struct Engine::Body {
    Body(Database& database_to_use, Writer& writer_to_use, Clock& clock_to_use, Random& source,
         std::shared_ptr<const Tables> tables_to_use, EngineOptions options, Audience* audience)
        : database(database_to_use),
          writer(writer_to_use),
          clock(clock_to_use),
          random(source),
          tables(std::move(tables_to_use)),
          comps(database, writer, clock, tables->vocabulary),
          live(clock, random, audience, options.progress),
          feeder(database, writer, clock, random, hub, live, {options.threads, options.tokens}),
          desk({database, writer, clock, random, tables, comps,
                [this](std::shared_ptr<BatchRun> run) { feeder.add(std::move(run)); },
                [this](std::shared_ptr<BatchRun> run) { feeder.add_if_queued(std::move(run)); },
                [this] { return feeder.open_batches(); }, audience},
               options) {}

    Result<void> take_up();
    Result<std::shared_ptr<BatchRun>> restore(const batch_store::BatchRow& row,
                                              Connection& connection);
    Result<void> cancel_in_store(const TenantId& tenant, const BatchId& batch,
                                 const std::shared_ptr<BatchRun>& run);

    Database& database;
    Writer& writer;
    Clock& clock;
    SharedRandom random;
    const std::shared_ptr<const Tables> tables;
    CompsShelf comps;
    ProgressHub hub;
    LiveEvents live;
    Feeder feeder;
    SubmissionDesk desk;
};

// What the last run of the program left unfinished.
Result<void> Engine::Body::take_up() {
    auto cleared = writer.run([](Tx& tx) -> Result<void> {
        auto dropped = batch_store::drop_receiving(tx);
        if (!dropped) return dropped.error();
        auto released = batch_store::release_claims(tx);
        if (!released) return released.error();
        return {};
    });
    if (!cleared) return cleared;
    std::vector<std::shared_ptr<BatchRun>> cancelling, open;
    {
        auto lease = database.read();
        if (!lease) return lease.error();
        auto rows = batch_store::open_batches(**lease);
        if (!rows) return rows.error();
        for (const batch_store::BatchRow& row : *rows) {
            auto run = restore(row, **lease);
            if (!run) return run.error();
            if (row.status == BatchStatus::cancelling) {
                cancelling.push_back(std::move(*run));
            } else {
                open.push_back(std::move(*run));
            }
        }
    }
    auto noted = writer.run([&](Tx& tx) -> Result<void> {
        for (const auto& run : open) {
            if (!run->wants_features()) continue;
            auto note = batch_store::restart_first_pass(tx, run->id());
            if (!note) return note.error();
            run->take_note(*std::move(note));
        }
        return {};
    });
    if (!noted) return noted;
    for (auto& run : open)
        feeder.add(std::move(run));
    for (const auto& run : cancelling) {  // nothing of these runs any more, so they settle now
        auto settled = cancel_in_store(run->tenant(), run->id(), run);
        if (!settled && settled.error().code != ErrorCode::already_settled) return settled;
    }
    return {};
}

Result<std::shared_ptr<BatchRun>> Engine::Body::restore(const batch_store::BatchRow& row,
                                                        Connection& connection) {
    auto book = comps.of_batch(row.id);
    if (!book) return book.error();
    const IntervalMethod interval = interval_method(row.options);
    auto plan = AnalysisPlan::make(row.options.analyzers, tables, *book, interval);
    // An analyzer that this version does not know: the batch still gets every other answer.
    if (!plan) plan = AnalysisPlan::make({}, tables, *book, interval);
    if (!plan) return plan.error();
    auto run =
        std::make_shared<BatchRun>(row, std::make_shared<const AnalysisPlan>(std::move(*plan)));
    auto blobs = batch_store::lot_blobs(connection, row.id);
    if (!blobs && blobs.error().code != ErrorCode::corrupt) return blobs.error();
    bool whole = blobs.has_value();
    if (whole) {
        for (const auto& [first_index, blob] : *blobs)
            whole = run->restore(blob).has_value() && whole;
    }
    // Damaged, or of another version's layout: the batch goes on and says that its lot has no
    // price.
    if (!whole) run->lose_sums();
    return run;
}

Result<void> Engine::Body::cancel_in_store(const TenantId& tenant, const BatchId& batch,
                                           const std::shared_ptr<BatchRun>& run) {
    return writer.run([&](Tx& tx) -> Result<void> {
        auto done = batch_store::cancel_batch(
            tx, tenant, batch, clock.now(), random,
            [&] { return run ? run->summary() : std::string("{}"); }, append_cancelled_line);
        if (!done) return done.error();
        return {};
    });
}

Engine::Engine(Database& database, Writer& writer, Clock& clock, Random& random,
               std::shared_ptr<const Tables> tables, EngineOptions options, Audience* audience)
    : body_(std::make_unique<Body>(database, writer, clock, random, std::move(tables),
                                   checked(options), audience)) {
    assert(body_->tables != nullptr);
}

Engine::~Engine() {
    stop();
}

Result<void> Engine::start() {
    auto taken = body_->take_up();
    if (!taken) return taken;
    // After the batches: what they work with is not cleared away.
    taken = body_->comps.start();
    if (!taken) return taken;
    body_->feeder.start();
    return {};
}

void Engine::stop() {
    body_->feeder.stop();
}

Result<std::unique_ptr<Engine::Submission>> Engine::submit(SubmitRequest request) {
    return body_->desk.open(std::move(request));
}

Result<std::unique_ptr<Engine::Submission>> Engine::rehearse(SubmitRequest request) {
    auto plan = AnalysisPlan::make(request.intake.batch.analyzers, body_->tables);
    if (!plan) return plan.error();
    return std::unique_ptr<Submission>(std::make_unique<Rehearsal>(
        body_->database, body_->clock, body_->tables, std::move(request)));
}

Result<void> Engine::remove(const TenantId& tenant, const BatchId& batch) {
    return body_->writer.run(
        [&](Tx& tx) { return batch_store::delete_batch(tx, tenant, batch, body_->clock.now()); });
}

Result<batch_store::BatchRow> Engine::cancel(const TenantId& tenant, const BatchId& batch) {
    const auto run = body_->feeder.find(batch);
    auto cancelled = body_->cancel_in_store(tenant, batch, run);
    if (!cancelled) return cancelled.error();
    if (run) body_->feeder.cancelled(run);
    return find(tenant, batch);
}

Result<batch_store::BatchRow> Engine::find(const TenantId& tenant, const BatchId& batch) {
    auto lease = body_->database.read();
    if (!lease) return lease.error();
    auto row = batch_store::find_batch(**lease, tenant, batch);
    if (!row) return row.error();
    if (!*row) {
        return fail(ErrorCode::not_found, "there is no batch with this id", "batch",
                    "list batches to see which there are");
    }
    return std::move(**row);
}

CompsShelf& Engine::comps() noexcept {
    return body_->comps;
}

ProgressPace Engine::progress_pace() const noexcept {
    return body_->live.pace();
}

std::shared_ptr<void> Engine::subscribe(const BatchId& batch, ProgressListener listener) {
    return body_->hub.subscribe(batch, std::move(listener));
}

}  // namespace assay::engine
