// The feeder's way with one chunk: load, analyse or give up on it, settle, free its slot.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cassert>

#include "engine/batch/chunk.hpp"
#include "engine/feeder.hpp"
#include "engine/progress/tally.hpp"

namespace assay::engine {

namespace {

constexpr std::size_t loads_per_lease = 8;  // a read transaction stays short
// Parts of a split chunk are numbered behind all whole chunks: 100,000 products make fewer.
constexpr std::int64_t part_numbers_from = 1'000'000;
constexpr std::int64_t part_numbers_per_chunk = 10'000;
static_assert(limits::chunk_products <= part_numbers_per_chunk);
static_assert(limits::products_per_batch_max <= part_numbers_from);

// Errors after which a chunk is nobody's business any more: its batch is gone.
bool is_final(ErrorCode code) {
    return code == ErrorCode::not_found || code == ErrorCode::already_settled ||
           code == ErrorCode::archived;
}

}  // namespace

bool Feeder::feed_graph(Lock& lock) {
    if (claimed_.empty() || writer_gone_) return false;
    std::vector<Claimed> batch;
    while (!claimed_.empty() && batch.size() < loads_per_lease) {
        batch.push_back(std::move(claimed_.front()));
        claimed_.pop_front();
    }
    lock.unlock();
    std::vector<Claimed> unread;
    {
        auto lease = database_.read();
        for (Claimed& claimed : batch) {
            if (!lease || !load_and_put(Claimed(claimed), **lease)) unread.push_back(claimed);
        }
    }
    lock.lock();
    if (unread.empty()) return true;
    back_off();
    claimed_.insert(claimed_.begin(), unread.begin(), unread.end());
    if (stopping_) writer_gone_ = true;  // the store is closed: the next start takes them up
    return false;
}

// --- the first pass ------------------------------------------------------------------------------

std::optional<batch_store::ChunkRef> Feeder::next_of_first_pass(Turn& turn) {
    BatchRun& run = *turn.run;
    if (!may_read(turn)) return std::nullopt;
    while (!turn.pending.empty() && run.leaves_out(turn.pending.front().number)) {
        run.features_arrived(turn.pending.front().first_index, turn.pending.front().count, {});
        turn.pending.pop_front();
    }
    if (turn.pending.empty()) return std::nullopt;
    const batch_store::ChunkRef chunk = turn.pending.front();
    if (run.reads_one_by_one()) {
        if (turn.read && !run.has_features_of(turn.read->first_index)) return std::nullopt;
        if (!note_read(turn, chunk.number)) return std::nullopt;
        turn.read = chunk;
    }
    turn.pending.pop_front();
    return chunk;
}

// Durable before the chunk is read. False: not now.
bool Feeder::note_read(Turn& turn, std::optional<std::int64_t> chunk) {
    const auto noted = writer_.run(
        [&](Tx& tx) { return batch_store::note_first_pass(tx, turn.run->id(), chunk); });
    if (noted) return true;
    if (is_final(noted.error().code)) {
        turn.run->stop_claims();  // somebody removed it
        return false;
    }
    const std::lock_guard lock(mutex_);
    if (noted.error().code == ErrorCode::cancelled) writer_gone_ = true;
    back_off();
    return false;
}

// Whether the features of its products may be kept beside those that are.
bool Feeder::may_read(Turn& turn) {
    if (turn.admitted) return true;
    const auto products = static_cast<std::size_t>(turn.run->products());
    const bool small = products <= limits::compared_without_asking_max;
    if (!small && features_kept_ > 0 && features_kept_ + products > limits::compared_products_max) {
        return false;
    }
    features_kept_ += products;
    turn.admitted = true;
    return true;
}

void Feeder::end_first_pass(Turn& turn) {
    if (turn.admitted) features_kept_ -= static_cast<std::size_t>(turn.run->products());
    turn.admitted = false;
}

// False: not now.
bool Feeder::begin_second_pass(Turn& turn) {
    if (turn.run->reads_one_by_one() && !note_read(turn, std::nullopt)) return false;
    end_first_pass(turn);
    turn.first_pass = false;
    turn.pending.clear();
    turn.from_number = 0;
    turn.exhausted = false;
    return true;
}

// False: the store could not be read; nothing has happened.
bool Feeder::load_features(Claimed&& claimed, Connection& connection) {
    auto input = batch_store::chunk_input(connection, claimed.chunk);
    const bool unreadable = !input && (input.error().code == ErrorCode::corrupt ||
                                       input.error().code == ErrorCode::not_found);
    if (!input && !unreadable) return false;
    if (input) {
        put(std::move(claimed), std::move(*input));
    } else {
        features_read(claimed, {}, false);  // the second pass says why its products fail
    }
    return true;
}

// With the batch's last chunk the groups are decided here; then its token and slot are free.
void Feeder::features_read(const Claimed& claimed, FeatureBlock&& block, bool in_graph) {
    claimed.run->features_arrived(claimed.chunk.first_index, claimed.chunk.count, std::move(block));
    if (in_graph) graph_->release();
    const std::lock_guard lock(mutex_);
    assert(slots_used_ > 0);
    --slots_used_;
    change();
}

// --- a chunk on its way --------------------------------------------------------------------------

// False: the store could not be read; nothing has happened.
bool Feeder::load_and_put(Claimed&& claimed, Connection& connection) {
    if (claimed.features) return load_features(std::move(claimed), connection);
    auto input = batch_store::chunk_input(connection, claimed.chunk);
    const bool unreadable = !input && (input.error().code == ErrorCode::corrupt ||
                                       input.error().code == ErrorCode::not_found);
    if (unreadable) {
        fail_whole(std::move(claimed), {}, input.error());
        return true;
    }
    if (!input) return false;
    const int deaths = claimed.chunk.attempt - 1;  // this attempt is not one yet
    if (deaths >= limits::chunk_attempts_max) {
        fail_whole(std::move(claimed), *input,
                   fail(ErrorCode::internal, "the program ended " + std::to_string(deaths) +
                                                 " times while it analysed this product"));
        return true;
    }
    live_.items_started(*claimed.run, *input);
    put(std::move(claimed), std::move(*input));
    return true;
}

void Feeder::put(Claimed&& claimed, std::string input) {
    ChunkWork work;
    work.plan = claimed.run->plan();
    work.input = std::move(input);
    work.first_index = claimed.chunk.first_index;
    work.money_unit = claimed.run->options().money_unit;
    work.as_of = claimed.run->as_of();
    work.features = claimed.features;
    work.groups = claimed.run->groups();
    {
        const std::lock_guard lock(mutex_);
        work.token = next_token_++;
        in_graph_.emplace(work.token, std::move(claimed));
    }
    const bool taken = graph_->try_put(std::move(work));
    assert(taken);  // there are as many graph tokens as slots, and it holds a slot
    static_cast<void>(taken);
}

// Each product of the chunk fails with `fault`; those that cannot be read go by their number.
void Feeder::fail_products(ChunkDone& done, const batch_store::ChunkRef& chunk,
                           std::string_view input, const Error& fault) {
    done.first_index = chunk.first_index;
    const auto read = for_each_item(input, [&](const ChunkItem& item) {
        if (done.failed == chunk.count) return;
        append_failed_line(done.results, item.product_id,
                           item.json.starts_with('{') ? item.json : std::string_view{}, fault,
                           "analysis");
        done.failed_at.push_back(done.failed++);
    });
    static_cast<void>(read);  // damaged behind the last readable item: the loop below fills up
    while (done.failed < chunk.count) {
        const std::string name = "#" + std::to_string(done.first_index + done.failed);
        done.failed_at.push_back(done.failed++);
        append_failed_line(done.results, name, {}, fault, "analysis");
    }
}

void Feeder::fail_whole(Claimed&& claimed, std::string_view input, const Error& fault) {
    auto finished = std::make_shared<Finished>();
    fail_products(finished->done, claimed.chunk, input, fault);
    finished->of = std::move(claimed);
    finish(std::move(finished));
}

// The chunk becomes chunks of one product each, so that only the guilty one is lost. One that
// cannot be read is left whole: it will be claimed once more and fail as a whole. One that is gone
// was split by a commit whose answer was an error.
Feeder::Split Feeder::split(Turn& turn, const batch_store::ChunkRef& chunk) {
    auto lease = database_.read();
    auto input =
        lease ? batch_store::chunk_input(**lease, chunk) : Result<std::string>(lease.error());
    if (!input && input.error().code == ErrorCode::corrupt) return Split::impossible;
    if (!input && input.error().code == ErrorCode::not_found) return Split::gone;
    if (!input) {
        const std::lock_guard lock(mutex_);
        back_off();
        return Split::not_now;
    }
    std::vector<std::string> blobs;
    const auto read = for_each_item(*input, [&](const ChunkItem& item) {
        IntakeItem again;
        again.index = item.index;
        again.line = item.line;
        again.product_id = item.product_id;
        again.json = item.json;
        again.fault = item.fault;
        ChunkBuilder builder;
        builder.append(again);
        blobs.push_back(builder.take());
    });
    if (!read || static_cast<std::int64_t>(blobs.size()) != chunk.count) {
        return Split::impossible;
    }
    std::vector<batch_store::NewChunk> parts;
    for (std::size_t part = 0; part < blobs.size(); ++part) {
        const auto offset = static_cast<std::int64_t>(part);
        parts.push_back({chunk.batch,
                         part_numbers_from + chunk.number * part_numbers_per_chunk + offset,
                         chunk.first_index + offset, 1, blobs[part]});
    }
    const auto done =
        writer_.run([&](Tx& tx) { return batch_store::split_chunk(tx, chunk, parts); });
    if (!done) {
        const ErrorCode code = done.error().code;
        if (code == ErrorCode::not_found || code == ErrorCode::conflict) return Split::gone;
        if (code == ErrorCode::internal || code == ErrorCode::corrupt) return Split::impossible;
        const std::lock_guard lock(mutex_);
        if (code == ErrorCode::cancelled) writer_gone_ = true;
        back_off();
        return Split::not_now;
    }
    turn.from_number = std::min(turn.from_number, parts.front().number);
    turn.exhausted = false;
    return Split::done;
}

// --- out of the graph ----------------------------------------------------------------------------

// On a TBB thread.
void Feeder::on_done(ChunkDone&& done) {
    auto finished = std::make_shared<Finished>();
    {
        const std::lock_guard lock(mutex_);
        const auto found = in_graph_.find(done.token);
        assert(found != in_graph_.end());
        finished->of = std::move(found->second);
        ++jobs_out_;  // before it leaves the graph's books: may_leave() must not miss it
        in_graph_.erase(found);
    }
    finished->in_graph = true;
    if (finished->of.features) {
        features_read(finished->of, std::move(done.features), true);
        const std::lock_guard lock(mutex_);
        --jobs_out_;
        change();
        return;
    }
    const bool whole = !done.damaged && done.completed + done.failed == finished->of.chunk.count;
    if (whole) {
        finished->done = std::move(done);
        finish(std::move(finished));
    } else {
        graph_->release();
        fail_whole(std::move(finished->of), {},
                   fail(ErrorCode::corrupt, "the stored product cannot be read back"));
    }
    const std::lock_guard lock(mutex_);
    --jobs_out_;
    change();
}

void Feeder::finish(std::shared_ptr<Finished> finished) {
    finished->sums = encode_sums(finished->done);
    finished->of.run->arrived(finished->done, finished->of.chunk.count);
    settle(finished);
}

void Feeder::settle(const std::shared_ptr<Finished>& finished) {
    {
        const std::lock_guard lock(mutex_);
        ++jobs_out_;
    }
    const auto submitted = writer_.submit(
        [this, finished](Tx& tx) -> Result<void> {
            batch_store::ChunkResults results;
            results.chunk = finished->of.chunk;
            results.results = finished->done.results;
            results.lot = finished->sums;
            results.completed = finished->done.completed;
            results.failed = finished->done.failed;
            results.by_verdict = named_decisions(finished->done.by_decision);
            results.failed_at = finished->done.failed_at;
            auto settled = batch_store::settle_chunk(tx, results, clock_.now(), random_,
                                                     [&] { return finished->of.run->summary(); });
            if (!settled) return settled.error();
            finished->settled = *settled;
            return {};
        },
        [this, finished](const Result<void>& answer) { on_settled(finished, answer); });
    if (!submitted) on_settled(finished, submitted);
}

// On the writer's thread, or where it refused to take the job.
void Feeder::on_settled(const std::shared_ptr<Finished>& finished, const Result<void>& answer) {
    if (answer && finished->settled.accepted) moved(finished->of.run, finished->settled);
    const std::lock_guard lock(mutex_);
    --jobs_out_;
    if (answer || is_final(answer.error().code) || give_up(*finished, answer.error())) {
        if (!answer || !finished->settled.accepted) doubtful_.push_back(finished->of.run);
        if (answer) pause_.reset();
        free_slot(*finished);
    } else {
        // Settling is fenced by the attempt, so offering it again can never count it twice.
        hand_over_.push_back(finished);
        back_off();
        const ErrorCode code = answer.error().code;
        if (code == ErrorCode::cancelled || (stopping_ && code != ErrorCode::busy)) {
            writer_gone_ = true;
        }
    }
    change();
}

// Under the lock. Whether nothing more can be done for a chunk whose results were refused. The
// first time, each of its products fails instead; should the store refuse that too, it stays
// claimed, and the next start takes it up.
bool Feeder::give_up(Finished& finished, const Error& error) {
    const ErrorCode code = error.code;
    const bool passes = code == ErrorCode::busy || code == ErrorCode::unavailable ||
                        code == ErrorCode::storage_full || code == ErrorCode::io_error ||
                        code == ErrorCode::cancelled;
    if (passes) return false;
    if (finished.refused) return true;
    finished.refused = true;
    finished.done = ChunkDone{};
    fail_products(finished.done, finished.of.chunk, {}, error);
    finished.sums = encode_sums(finished.done);
    return false;
}

// Under the lock.
void Feeder::free_slot(const Finished& finished) {
    clear_suspect(finished.of.chunk);
    assert(slots_used_ > 0);
    --slots_used_;
    if (finished.in_graph) graph_->release();
}

// On the writer's thread, after the commit: what a step did to a batch.
void Feeder::moved(const std::shared_ptr<BatchRun>& run, const batch_store::Settled& step) {
    run->counts = step.counts;
    if (is_settled(step.status)) end(run->id());
    hub_.publish(run->id(), step.status, step.counts);
    live_.progress(*run, step.status);
}

void Feeder::end(const BatchId& batch) {
    const std::lock_guard lock(mutex_);
    open_.erase(batch);
}

}  // namespace assay::engine
