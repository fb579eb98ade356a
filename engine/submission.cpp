// Streams a submission into chunk rows of a `receiving` batch and seals it.
// SPDX-License-Identifier: MIT
#include "engine/submission.hpp"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <utility>

#include "engine/base/hash.hpp"
#include "engine/batch/chunk.hpp"

namespace assay::engine {

namespace {

constexpr std::size_t jobs_out_max = 8;  // chunks on their way to disk: bounds memory per upload

// The writer's answers to a job whose commit may have reached the disk all the same.
bool is_unclear(ErrorCode code) {
    return code == ErrorCode::unavailable || code == ErrorCode::storage_full ||
           code == ErrorCode::io_error;
}

// Fingerprint of a request: the same for any split of the bytes. Blocks are chained.
class Fingerprint {
  public:
    void update(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t taken = std::min(bytes.size(), block_bytes - block_.size());
            block_.append(bytes.substr(0, taken));
            bytes.remove_prefix(taken);
            if (block_.size() == block_bytes) chain();
        }
    }
    std::string finish() {
        chain();
        return hex_of(state_.high) + hex_of(state_.low);
    }

  private:
    static constexpr std::size_t block_bytes = 64 * limits::kibibyte;

    static std::string hex_of(std::uint64_t number) {
        static constexpr char digits[] = "0123456789abcdef";
        std::string text(16, '0');
        for (std::size_t at = 16; at-- > 0; number >>= 4U)
            text[at] = digits[number & 15U];
        return text;
    }
    void chain() {
        block_ += hex_of(state_.high) + hex_of(state_.low);
        state_ = hash128(block_);
        block_.clear();
    }

    std::string block_;
    Hash128 state_;
};

// What the writer has answered so far. Shared with the jobs.
class JobBoard {
  public:
    void wait_for_room() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return out_ < jobs_out_max; });
    }
    void wait_all() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return out_ == 0; });
    }
    // Until an answer has come or a moment has passed: the writer's queue was full.
    void wait_a_moment() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::milliseconds(5));
    }
    void sent() {
        const std::lock_guard lock(mutex_);
        ++out_;
    }
    void answered(const Result<void>& answer) {
        const std::lock_guard lock(mutex_);
        --out_;
        if (!answer && !error_) error_ = answer.error();
        changed_.notify_all();
    }
    std::optional<Error> error() const {
        const std::lock_guard lock(mutex_);
        return error_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t out_ = 0;
    std::optional<Error> error_;
};

}  // namespace

Error rejected_for_faults(const IntakeReport& report) {
    return fail(ErrorCode::invalid_input,
                std::to_string(report.faults) + " of " + std::to_string(report.items) +
                    " products are faulty and on_invalid is reject: nothing was stored",
                {}, "mend them, or submit with on_invalid=fail_item");
}

class StoredSubmission final : public Engine::Submission {
  public:
    StoredSubmission(SubmissionDesk& desk, SubmitRequest request,
                     std::optional<batch_store::IdempotentAnswer> first_answer)
        : desk_(desk),
          request_(std::move(request)),
          first_answer_(std::move(first_answer)),
          batch_(make_uuid(desk.services().random)),
          created_at_(desk.services().clock.now()),
          intake_(request_.intake, [this](const IntakeItem& item) { return take(item); }),
          last_used_(desk.services().clock.steady_now()) {
        // The same bytes read in another way are another request.
        fingerprint_.update(request_.intake.gzip ? "gzip " : "plain ");
        fingerprint_.update(std::to_string(static_cast<int>(request_.intake.format)));
        fingerprint_.update(to_json(request_.intake.batch));
        for (const auto& [field, header] : request_.intake.columns) {
            fingerprint_.update(field + "=" + header + "\n");
        }
        if (!request_.intake.sheet.empty()) fingerprint_.update("sheet=" + request_.intake.sheet);
    }

    ~StoredSubmission() override {
        desk_.close(*this);
        jobs_->wait_all();
        if (inserted_ && !sealed_) desk_.drop(batch_);
    }

    Result<void> feed(std::string_view bytes) override {
        const std::lock_guard lock(mutex_);
        last_used_ = desk_.services().clock.steady_now();
        if (failure_) return *failure_;
        fingerprint_.update(bytes);
        const auto taken = intake_.feed(bytes);
        if (!taken) return refuse(taken.error());
        return {};
    }

    Result<Receipt> finish() override {
        const std::lock_guard lock(mutex_);
        if (failure_) return *failure_;
        auto report = intake_.finish();
        if (!report) return refuse(report.error());
        report_ = std::move(*report);
        const BatchOptions& options = intake_.batch_options();
        auto plan = AnalysisPlan::make(options.analyzers, desk_.services().tables);
        if (!plan) return refuse(plan.error());
        if (options.on_invalid == OnInvalid::reject && report_.faults > 0) {
            return refuse(rejected_for_faults(report_));
        }
        const std::string fingerprint = fingerprint_.finish();
        if (first_answer_) return replay(fingerprint);
        if (builder_.count() > 0) {
            const auto stored = store_chunk();
            if (!stored) return refuse(stored.error());
        }
        return seal_with_comps(fingerprint);
    }

    const IntakeReport& report() const noexcept override { return report_; }

    const SubmitRequest& request() const noexcept { return request_; }

    struct Expiry {
        bool expired = false;  // false: it is in use
        std::optional<BatchId> to_drop;
    };
    // Gives up when nothing has come for too long.
    Expiry expire(SteadyTime now) {
        const std::unique_lock lock(mutex_, std::try_to_lock);
        if (!lock || failure_ || sealed_) return {};
        if (now - last_used_ < limits::receiving_idle_max) return {};
        failure_ =
            fail(ErrorCode::timeout, "nothing came for 10 minutes and the submission was dropped",
                 {}, "send it again");
        jobs_->wait_all();
        Expiry expiry{true, std::nullopt};
        if (std::exchange(inserted_, false)) expiry.to_drop = batch_;
        return expiry;
    }

  private:
    Error refuse(const Error& error) {
        failure_ = error;
        return error;
    }

    // The batch works with the sold prices that are in force in the moment of its acceptance.
    Result<Receipt> seal_with_comps(const std::string& fingerprint) {
        for (;;) {
            auto comps = desk_.services().comps.in_force(request_.tenant);
            if (!comps) return refuse(comps.error());
            auto plan = make_plan(*comps ? (*comps)->book : nullptr);
            if (!plan) return refuse(plan.error());
            bool replaced = false;
            const auto sealed = seal(fingerprint, *comps, replaced);
            if (!sealed) {
                // A commit that failed may be on disk: then the batch is there, and has to run.
                if (is_unclear(sealed.error().code)) {
                    desk_.services().perhaps_queued(make_run(*std::move(plan)));
                }
                return refuse(sealed.error());
            }
            if (replaced) continue;  // other prices came in the moment between
            desk_.services().queued(make_run(*std::move(plan)));
            desk_.close(*this);
            return Receipt{batch_, report_, false};
        }
    }

    Result<std::shared_ptr<const AnalysisPlan>> make_plan(
        std::shared_ptr<const ComparableSource> comps) const {
        const BatchOptions& options = intake_.batch_options();
        auto plan = AnalysisPlan::make(options.analyzers, desk_.services().tables, std::move(comps),
                                       interval_method(options));
        if (!plan) return plan.error();
        return std::make_shared<const AnalysisPlan>(std::move(*plan));
    }

    Result<Receipt> replay(const std::string& fingerprint) {
        if (fingerprint != first_answer_->fingerprint) {
            return refuse(fail(ErrorCode::key_reused,
                               "this idempotency key was used with another request",
                               "Idempotency-Key", "use a new key for a new request"));
        }
        // Whoever sealed it may have had an error for an answer: nobody else would take it up.
        auto lease = desk_.services().database.read();
        if (!lease) return refuse(lease.error());
        auto row = batch_store::find_batch(**lease, request_.tenant, first_answer_->batch);
        if (!row) return refuse(row.error());
        if (*row && (*row)->status == BatchStatus::queued) {
            auto comps = desk_.services().comps.of_batch(first_answer_->batch);
            if (!comps) return refuse(comps.error());
            auto plan = make_plan(*std::move(comps));
            if (!plan) return refuse(plan.error());
            desk_.services().perhaps_queued(
                std::make_shared<BatchRun>(std::move(**row), *std::move(plan)));
        }
        sealed_ = true;
        desk_.close(*this);
        return Receipt{first_answer_->batch, report_, true};
    }

    // The intake's sink.
    Result<void> take(const IntakeItem& item) {
        if (first_answer_ || rejecting_) return {};  // nothing of it will be stored
        if (item.fault && intake_.batch_options().on_invalid == OnInvalid::reject) {
            rejecting_ = true;  // the rest is read for its faults only
            return {};
        }
        builder_.append(item);
        ++products_;
        if (!builder_.full()) return {};
        return store_chunk();
    }

    Result<void> store_chunk() {
        if (!inserted_) {
            const auto inserted = send([this](Tx& tx) { return insert(tx); });
            if (!inserted) return inserted;
            inserted_ = true;
        }
        struct Chunk {
            BatchId batch;
            std::int64_t number, first_index, count;
            std::string input;
        };
        const auto count = static_cast<std::int64_t>(builder_.count());
        auto chunk = std::make_shared<Chunk>(Chunk{
            batch_, next_number_, static_cast<std::int64_t>(builder_.first_index()), count, {}});
        chunk->input = builder_.take();
        ++next_number_;
        return send([chunk](Tx& tx) {
            return batch_store::append_chunk(
                tx, {chunk->batch, chunk->number, chunk->first_index, chunk->count, chunk->input});
        });
    }

    Result<void> insert(Tx& tx) const {
        batch_store::BatchRow row;
        row.id = batch_;
        row.tenant = request_.tenant;
        row.options = request_.intake.batch;
        row.created_at = created_at_;
        return batch_store::insert_batch(tx, row);
    }

    // Hands a job to the writer, a bounded number at a time. A failed job fails those behind it.
    Result<void> send(Writer::Job job) {
        constexpr int tries_max = 400;  // of 5 ms: two seconds of a full queue
        jobs_->wait_for_room();
        for (int tries = 0;; ++tries) {
            if (const auto error = jobs_->error()) return *error;
            jobs_->sent();
            auto submitted = desk_.services().writer.submit(
                [job, board = jobs_](Tx& tx) -> Result<void> {
                    if (const auto error = board->error()) return *error;
                    return job(tx);
                },
                [board = jobs_](const Result<void>& answer) { board->answered(answer); });
            if (submitted) return submitted;
            jobs_->answered({});
            if (submitted.error().code != ErrorCode::busy || tries == tries_max) return submitted;
            jobs_->wait_a_moment();
        }
    }

    // `replaced`: the sold prices are in force no longer, and nothing was written.
    Result<void> seal(const std::string& fingerprint,
                      const std::optional<CompsShelf::Snapshot>& comps, bool& replaced) {
        batch_store::Seal seal;
        seal.batch = batch_;
        seal.options = intake_.batch_options();
        seal.total = products_;
        seal.idempotency_key = request_.idempotency_key;
        seal.fingerprint = fingerprint;
        seal.now = desk_.services().clock.now();
        const auto sent = send([&](Tx& tx) -> Result<void> {
            if (comps) {
                const auto pinned = batch_store::pin_comps_book(tx, batch_, comps->version);
                if (!pinned) return pinned.error();
                replaced = !*pinned;
                if (replaced) return {};
            }
            // Asked in the transaction in which subscriptions change too: none slips in between.
            const Audience* const audience = desk_.services().audience;
            seal.item_events = audience != nullptr &&
                               (audience->wants(request_.tenant, event_type::item_completed) ||
                                audience->wants(request_.tenant, event_type::item_failed));
            return batch_store::seal_batch(tx, seal, desk_.services().random);
        });
        if (!sent) return sent;
        jobs_->wait_all();  // durable from here on
        if (const auto error = jobs_->error()) return *error;
        sealed_ = !replaced;
        return {};
    }

    std::shared_ptr<BatchRun> make_run(std::shared_ptr<const AnalysisPlan> plan) const {
        batch_store::BatchRow row;
        row.id = batch_;
        row.tenant = request_.tenant;
        row.status = BatchStatus::queued;
        row.options = intake_.batch_options();
        row.created_at = created_at_;
        row.counts.total = products_;
        row.counts.pending = products_;
        return std::make_shared<BatchRun>(std::move(row), std::move(plan));
    }

    SubmissionDesk& desk_;
    const SubmitRequest request_;
    const std::optional<batch_store::IdempotentAnswer> first_answer_;
    const BatchId batch_;
    const TimePoint created_at_;
    const std::shared_ptr<JobBoard> jobs_ = std::make_shared<JobBoard>();

    std::mutex mutex_;  // between the submitter and expire()
    Fingerprint fingerprint_;
    Intake intake_;
    ChunkBuilder builder_;
    IntakeReport report_;
    SteadyTime last_used_;
    std::optional<Error> failure_;
    std::int64_t products_ = 0;
    std::int64_t next_number_ = 0;
    bool inserted_ = false;
    bool rejecting_ = false;
    bool sealed_ = false;
};

SubmissionDesk::SubmissionDesk(Services services, EngineOptions options)
    : services_(std::move(services)), options_(options) {}

Result<std::unique_ptr<Engine::Submission>> SubmissionDesk::open(SubmitRequest request) {
    expire_idle();
    drop_again();
    services_.comps.tidy();
    const auto plan = AnalysisPlan::make(request.intake.batch.analyzers, services_.tables);
    if (!plan) return plan.error();
    if (const auto room = check_room(); !room) return room.error();

    std::optional<batch_store::IdempotentAnswer> first_answer;
    const std::lock_guard lock(mutex_);
    if (under_way_.size() >= options_.receiving_max) {
        return fail(ErrorCode::busy,
                    std::to_string(under_way_.size()) + " submissions are under way already", {},
                    "try again soon");
    }
    if (services_.open_batches() + under_way_.size() >= options_.open_batches_max) {
        return fail(ErrorCode::busy, "as many batches are open as this server takes", {},
                    "wait until one has ended");
    }
    if (request.idempotency_key) {
        if (keys_.count({request.tenant, *request.idempotency_key}) > 0) {
            return fail(ErrorCode::conflict, "a request with this idempotency key is still running",
                        "Idempotency-Key", "wait for its answer");
        }
        auto lease = services_.database.read();
        if (!lease) return lease.error();
        auto known = batch_store::find_idempotent(**lease, request.tenant, *request.idempotency_key,
                                                  services_.clock.now());
        if (!known) return known.error();
        first_answer = std::move(*known);
        keys_.insert({request.tenant, *request.idempotency_key});
    }
    auto submission =
        std::make_unique<StoredSubmission>(*this, std::move(request), std::move(first_answer));
    under_way_.push_back(submission.get());
    return std::unique_ptr<Engine::Submission>(std::move(submission));
}

// Before the first byte is taken: what is under way may pass the limit by its own size.
Result<void> SubmissionDesk::check_room() const {
    auto lease = services_.database.read();
    if (!lease) return lease.error();
    const auto size = store_size(**lease);
    if (!size) return size.error();
    if (size->used() < options_.store_bytes_max) return {};
    const auto mebibytes = [](std::uint64_t bytes) {
        return std::to_string(bytes / limits::mebibyte) + " MiB";
    };
    return fail(ErrorCode::storage_full,
                "the store holds " + mebibytes(size->used()) + " of the " +
                    mebibytes(options_.store_bytes_max) + " that it may",
                {}, "delete batches, keep results for fewer days, or raise the limit");
}

void SubmissionDesk::close(StoredSubmission& submission) {
    const std::lock_guard lock(mutex_);
    const auto at = std::find(under_way_.begin(), under_way_.end(), &submission);
    if (at == under_way_.end()) return;  // it has expired, or has ended
    under_way_.erase(at);
    const SubmitRequest& request = submission.request();
    if (request.idempotency_key) keys_.erase({request.tenant, *request.idempotency_key});
}

// There is no timer: whoever submits next clears away who has gone quiet.
void SubmissionDesk::expire_idle() {
    const SteadyTime now = services_.clock.steady_now();
    std::vector<BatchId> dropped;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(under_way_, [&](StoredSubmission* submission) {
            const StoredSubmission::Expiry expiry = submission->expire(now);
            if (!expiry.expired) return false;
            if (expiry.to_drop) dropped.push_back(*expiry.to_drop);
            const SubmitRequest& request = submission->request();
            if (request.idempotency_key) {
                keys_.erase({request.tenant, *request.idempotency_key});
            }
            return true;
        });
    }
    for (const BatchId& batch : dropped)
        drop(batch);
}

void SubmissionDesk::drop(const BatchId& batch) {
    const auto submitted = services_.writer.submit(
        [batch](Tx& tx) { return batch_store::drop_batch(tx, batch); }, [](const Result<void>&) {});
    if (submitted || submitted.error().code == ErrorCode::cancelled) return;
    const std::lock_guard lock(mutex_);
    to_drop_.push_back(batch);
}

void SubmissionDesk::drop_again() {
    std::vector<BatchId> waiting;
    {
        const std::lock_guard lock(mutex_);
        waiting.swap(to_drop_);
    }
    for (const BatchId& batch : waiting)
        drop(batch);
}

}  // namespace assay::engine
