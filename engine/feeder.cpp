// The feeder's loop: offer what waits, feed the graph, claim more, else sleep.
// SPDX-License-Identifier: MIT
#include "engine/feeder.hpp"

#include <algorithm>
#include <cassert>

namespace assay::engine {

namespace {
constexpr std::int64_t read_ahead = 64;  // chunk references of one batch
constexpr std::chrono::milliseconds pause_first{10};
constexpr std::chrono::milliseconds pause_max{1'000};

// One more death would condemn it. (`attempt`: the claims before the one to come.)
bool is_suspect(const batch_store::ChunkRef& chunk) {
    return chunk.attempt == limits::chunk_attempts_max - 1;
}
}  // namespace

Feeder::Feeder(Database& database, Writer& writer, Clock& clock, Random& random, ProgressHub& hub,
               LiveEvents& live, FeederOptions options)
    : database_(database),
      writer_(writer),
      clock_(clock),
      random_(random),
      hub_(hub),
      live_(live),
      tokens_(options.tokens) {
    BatchGraphOptions graph;
    graph.threads = options.threads;
    graph.tokens = options.tokens;
    graph_ =
        std::make_unique<BatchGraph>(graph, [this](ChunkDone&& done) { on_done(std::move(done)); });
}

Feeder::~Feeder() {
    stop();
}

void Feeder::start() {
    assert(!thread_.joinable());
    thread_ = std::thread([this] { loop(); });
}

void Feeder::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        change();
    }
    if (thread_.joinable()) thread_.join();
    graph_->wait_idle();
}

void Feeder::add(std::shared_ptr<BatchRun> run) {
    {
        const std::lock_guard lock(mutex_);
        open_.insert_or_assign(run->id(), run);
        incoming_.push_back(std::move(run));
        change();
    }
}

void Feeder::add_if_queued(std::shared_ptr<BatchRun> run) {
    const std::lock_guard lock(mutex_);
    doubtful_.push_back(std::move(run));
    change();
}

void Feeder::cancelled(const std::shared_ptr<BatchRun>& run) {
    run->stop_claims();
    {
        const std::lock_guard lock(mutex_);
        doubtful_.push_back(run);  // looked up through the writer, in order with its other steps
        change();
    }
}

std::shared_ptr<BatchRun> Feeder::find(const BatchId& batch) const {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(batch);
    return found == open_.end() ? nullptr : found->second;
}

std::size_t Feeder::open_batches() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
}

// --- the loop ----------------------------------------------------------------------------------

void Feeder::loop() {
    Lock lock(mutex_);
    while (!may_leave()) {
        for (auto& run : incoming_)
            turns_.push_back(Turn(std::move(run)));
        incoming_.clear();
        const std::uint64_t seen = changes_;
        trouble_ = false;
        bool worked = offer_again(lock);
        worked = feed_graph(lock) || worked;
        worked = look_after_doubtful(lock) || worked;
        worked = claim_more(lock) || worked;
        if (!trouble_ && hand_over_.empty() && returned_.empty() && doubtful_.empty()) {
            pause_.reset();
        }
        if (may_leave()) break;
        const auto changed = [&] { return changes_ != seen; };
        if (writer_gone_) {
            wake_.wait(lock, changed);  // only for what is under way
        } else if (pause_) {  // the store is closed or the writer's queue is full: no hurry
            wake_.wait_for(lock, *pause_);
        } else if (!worked) {
            wake_.wait(lock, changed);
        }
    }
}

// Under the lock, which stop() needs before it may destroy what the notification touches.
void Feeder::change() {
    ++changes_;
    wake_.notify_all();
}

bool Feeder::may_leave() const {
    if (!stopping_ || jobs_out_ > 0 || !in_graph_.empty()) return false;
    if (writer_gone_) return true;  // what is left runs again after the next start
    return claimed_.empty() && hand_over_.empty();
}

void Feeder::back_off() {
    trouble_ = true;
    pause_ = pause_ ? std::min(*pause_ * 2, pause_max) : pause_first;
}

bool Feeder::offer_again(Lock& lock) {
    if (hand_over_.empty() || writer_gone_) return false;
    std::deque<std::shared_ptr<Finished>> waiting;
    waiting.swap(hand_over_);
    lock.unlock();
    for (const auto& finished : waiting)
        settle(finished);
    lock.lock();
    return true;
}

void Feeder::doubt(const std::shared_ptr<BatchRun>& run) {
    const std::lock_guard lock(mutex_);
    doubtful_.push_back(run);
    change();
}

// Runs of which a step was refused or answered unclearly (a commit may survive an I/O error): the
// store is asked, through the writer, so that what listeners hear stays in order.
// One that is being cancelled while nothing of it runs has lost the step that was to end it.
Result<void> Feeder::look_up(Tx& tx, const BatchRun& run,
                             std::optional<batch_store::BatchRow>& row) {
    auto found = batch_store::find_batch(*tx, run.tenant(), run.id());
    if (found && *found && (*found)->status == BatchStatus::cancelling &&
        (*found)->counts.processing == 0) {
        auto ended = batch_store::cancel_batch(
            tx, run.tenant(), run.id(), clock_.now(), random_, [&] { return run.summary(); },
            append_cancelled_line);
        if (!ended) return ended.error();
        found = batch_store::find_batch(*tx, run.tenant(), run.id());
    }
    if (!found) return found.error();
    row = std::move(*found);
    return {};
}

bool Feeder::look_after_doubtful(Lock& lock) {
    if (doubtful_.empty() || writer_gone_) return false;
    std::vector<std::shared_ptr<BatchRun>> doubtful;
    doubtful.swap(doubtful_);
    std::sort(doubtful.begin(), doubtful.end());
    doubtful.erase(std::unique(doubtful.begin(), doubtful.end()), doubtful.end());
    jobs_out_ += doubtful.size();
    lock.unlock();
    for (const auto& run : doubtful) {
        auto row = std::make_shared<std::optional<batch_store::BatchRow>>();
        const auto submitted = writer_.submit(
            [this, run, row](Tx& tx) -> Result<void> { return look_up(tx, *run, *row); },
            [this, run, row](const Result<void>& answer) { on_looked_after(run, *row, answer); });
        if (!submitted) on_looked_after(run, std::nullopt, submitted);
    }
    lock.lock();
    return true;
}

// Its row says that it is to run. An open batch leaves open_ only after its end, so one that is not
// there was never added. Gives the run that is open.
std::shared_ptr<BatchRun> Feeder::take_up_unknown(const std::shared_ptr<BatchRun>& run) {
    const std::lock_guard lock(mutex_);
    const auto [known, is_new] = open_.emplace(run->id(), run);
    if (is_new) incoming_.push_back(run);
    return known->second;
}

void Feeder::on_looked_after(const std::shared_ptr<BatchRun>& run,
                             const std::optional<batch_store::BatchRow>& row,
                             const Result<void>& answer) {
    if (answer && row && row->status == BatchStatus::receiving) {
        run->stop_claims();  // its seal did not arrive; who submitted it drops it
    } else if (answer && row) {
        const bool runs =
            row->status == BatchStatus::queued || row->status == BatchStatus::in_progress;
        if (!runs) run->stop_claims();
        moved(runs ? take_up_unknown(run) : run,
              batch_store::Settled{true, row->counts, row->status, false});
    } else if (answer) {
        run->stop_claims();
        end(run->id());  // somebody removed it
    }
    // Damaged, or deleted meanwhile: nothing can be stored of it. Set aside, so that the others go
    // on.
    const bool set_aside = !answer && (answer.error().code == ErrorCode::corrupt ||
                                       answer.error().code == ErrorCode::archived);
    if (set_aside) {
        run->stop_claims();
        end(run->id());
    }
    const std::lock_guard lock(mutex_);
    --jobs_out_;
    if (!answer && !set_aside) {
        if (answer.error().code == ErrorCode::cancelled) writer_gone_ = true;
        doubtful_.push_back(run);
        back_off();
    }
    change();
}

// --- claiming ----------------------------------------------------------------------------------

bool Feeder::claim_more(Lock& lock) {
    if (stopping_ || writer_gone_ || claim_out_ || slots_used_ >= tokens_) return false;
    if (claims_unclear_) return reclaim(lock);
    std::vector<Claimed> wanted = std::move(returned_);
    returned_.clear();
    const std::size_t room = tokens_ - slots_used_;
    if (wanted.size() < room && !turns_.empty()) {
        lock.unlock();
        std::vector<Claimed> chosen = choose(room - wanted.size());
        lock.lock();
        std::move(chosen.begin(), chosen.end(), std::back_inserter(wanted));
    }
    if (wanted.size() > room) {
        returned_.assign(std::make_move_iterator(wanted.begin() + static_cast<long>(room)),
                         std::make_move_iterator(wanted.end()));
        wanted.resize(room);
    }
    // What the first pass reads needs no claim.
    const auto to_claim = std::stable_partition(wanted.begin(), wanted.end(),
                                                [](const Claimed& c) { return c.features; });
    slots_used_ += wanted.size();
    const bool reads = to_claim != wanted.begin();
    claimed_.insert(claimed_.end(), wanted.begin(), to_claim);
    wanted.erase(wanted.begin(), to_claim);
    if (wanted.empty()) return reads;

    claim_out_ = true;
    ++jobs_out_;
    lock.unlock();
    struct Step {
        std::vector<Claimed> wanted;
        std::vector<batch_store::ChunkRef> granted;
    };
    auto step = std::make_shared<Step>();
    step->wanted = std::move(wanted);
    const auto submitted = writer_.submit(
        [this, step](Tx& tx) -> Result<void> {
            std::vector<batch_store::ChunkRef> chunks;
            for (const Claimed& claimed : step->wanted)
                chunks.push_back(claimed.chunk);
            auto granted = batch_store::claim_chunks(tx, chunks, clock_.now(), random_);
            if (!granted) return granted.error();
            step->granted = std::move(*granted);
            return {};
        },
        [this, step](const Result<void>& answer) {
            on_claimed(step->wanted, step->granted, answer);
        });
    if (!submitted) on_claimed(step->wanted, {}, submitted);
    lock.lock();
    return true;
}

// After a claim whose fate is unknown, once nothing is under way: all claims are given back, which
// only this feeder can hold, and every open batch is looked through from its beginning.
bool Feeder::reclaim(Lock& lock) {
    if (slots_used_ > 0) return false;
    lock.unlock();
    const auto released = writer_.run([](Tx& tx) -> Result<void> {
        auto count = batch_store::release_claims(tx);
        if (!count) return count.error();
        return {};
    });
    lock.lock();
    if (!released) {
        if (released.error().code == ErrorCode::cancelled) writer_gone_ = true;
        back_off();
        return false;
    }
    claims_unclear_ = false;
    returned_.clear();
    suspect_.reset();
    incoming_.clear();  // they are among the open ones
    turns_.clear();
    features_kept_ = 0;
    for (const auto& [id, run] : open_) {
        turns_.push_back(Turn(run));
        if (run->claims_stopped()) doubtful_.push_back(run);  // what was to end it may be released
    }
    return true;
}

// Up to `count` chunks, one of each batch in turn. Reads the store; the feeder's thread only.
std::vector<Feeder::Claimed> Feeder::choose(std::size_t count) {
    std::vector<Claimed> chosen;
    std::size_t barren = 0;  // turns in a row that gave nothing
    while (chosen.size() < count && !turns_.empty() && barren < turns_.size()) {
        Turn& turn = turns_.front();
        if (turn.run->claims_stopped()) {
            end_first_pass(turn);
            turns_.pop_front();
            continue;
        }
        if (turn.first_pass && !turn.run->wants_features() && !begin_second_pass(turn)) {
            ++barren;
            turns_.splice(turns_.end(), turns_, turns_.begin());
            continue;
        }
        if (turn.pending.empty() && !turn.exhausted && !refill(turn)) {
            ++barren;
            turns_.splice(turns_.end(), turns_, turns_.begin());
            continue;
        }
        if (turn.pending.empty() && !turn.exhausted) continue;
        if (turn.first_pass && turn.pending.empty() && turn.from_number > 0) {
            ++barren;  // the rest of its features are on their way
            turns_.splice(turns_.end(), turns_, turns_.begin());
            continue;
        }
        if (turn.pending.empty() && turn.suspects.empty()) {
            // Nothing from its beginning: it was cancelled before it came here, or has ended.
            if (turn.from_number == 0) doubt(turn.run);
            end_first_pass(turn);
            turns_.pop_front();
            continue;
        }
        const auto chunk = turn.first_pass ? next_of_first_pass(turn) : next_of(turn);
        if (chunk) chosen.push_back({turn.run, *chunk, turn.first_pass});
        const bool to_be_read = turn.pending.empty() && !turn.exhausted;
        barren = chunk || to_be_read ? 0 : barren + 1;
        turns_.splice(turns_.end(), turns_, turns_.begin());  // to the back of the round
    }
    return chosen;
}

// What may be claimed of a batch; nullopt: nothing at the moment.
std::optional<batch_store::ChunkRef> Feeder::next_of(Turn& turn) {
    if (!turn.suspects.empty() && may_try_suspect(turn.suspects.front())) {
        const batch_store::ChunkRef suspect = turn.suspects.front();
        turn.suspects.pop_front();
        return suspect;
    }
    while (!turn.pending.empty()) {
        const batch_store::ChunkRef chunk = turn.pending.front();
        if (chunk.attempt >= limits::chunk_attempts_max && chunk.count > 1) {
            const Split split_up = split(turn, chunk);
            if (split_up == Split::not_now) return std::nullopt;
            // What was read ahead is not what is there. Once: it may be there without its input.
            if (split_up == Split::gone && turn.not_found.insert(chunk.number).second) {
                turn.pending.clear();
                turn.suspects.clear();
                turn.from_number = 0;
                turn.exhausted = false;
                return std::nullopt;
            }
            if (split_up == Split::done) {
                turn.pending.pop_front();
                continue;
            }
        }
        turn.pending.pop_front();
        if (!is_suspect(chunk)) return chunk;
        if (turn.suspects.empty() && may_try_suspect(chunk)) return chunk;
        turn.suspects.push_back(chunk);
    }
    return std::nullopt;
}

// Takes the place of the one suspect, if it is free.
bool Feeder::may_try_suspect(const batch_store::ChunkRef& chunk) {
    const std::lock_guard lock(mutex_);
    if (suspect_) return false;
    suspect_ = chunk;
    return true;
}

void Feeder::clear_suspect(const batch_store::ChunkRef& chunk) {
    if (suspect_ && suspect_->batch == chunk.batch && suspect_->number == chunk.number) {
        suspect_.reset();
    }
}

bool Feeder::refill(Turn& turn) {
    auto lease = database_.read();
    const auto list = turn.first_pass ? &batch_store::all_chunks : &batch_store::pending_chunks;
    auto chunks = lease ? list(**lease, turn.run->id(), turn.from_number, read_ahead)
                        : Result<std::vector<batch_store::ChunkRef>>(lease.error());
    if (!chunks) {
        const std::lock_guard lock(mutex_);
        back_off();
        return false;
    }
    for (const auto& chunk : *chunks) {
        turn.pending.push_back(chunk);
        turn.from_number = chunk.number + 1;
    }
    turn.exhausted = static_cast<std::int64_t>(chunks->size()) < read_ahead;
    return true;
}

void Feeder::on_claimed(const std::vector<Claimed>& wanted,
                        std::vector<batch_store::ChunkRef> granted, const Result<void>& answer) {
    std::vector<Claimed> got;
    std::vector<Claimed> refused;  // of batches that run no longer
    for (const Claimed& claimed : wanted) {
        const auto grant = std::find_if(granted.begin(), granted.end(), [&](const auto& chunk) {
            return claimed.chunk.batch == chunk.batch && claimed.chunk.number == chunk.number;
        });
        if (answer && grant == granted.end()) refused.push_back(claimed);
        if (!answer || grant == granted.end()) continue;
        got.push_back({claimed.run, *grant});
        granted.erase(grant);  // a chunk that was wanted twice is granted once
    }
    announce_claims(got);
    {
        const std::lock_guard lock(mutex_);
        claim_out_ = false;
        --jobs_out_;
        slots_used_ -= wanted.size() - got.size();
        if (!answer) {
            const ErrorCode code = answer.error().code;
            if (code == ErrorCode::cancelled) writer_gone_ = true;
            // Not taken at all, or failed on the way to the disk, where it may have arrived.
            if (code != ErrorCode::cancelled && code != ErrorCode::busy) claims_unclear_ = true;
            returned_.insert(returned_.end(), wanted.begin(), wanted.end());
            back_off();
        } else {
            pause_.reset();
            for (const Claimed& claimed : refused) {
                clear_suspect(claimed.chunk);
                doubtful_.push_back(claimed.run);
            }
        }
        std::move(got.begin(), got.end(), std::back_inserter(claimed_));
        change();
    }
}

// On the writer's thread, after the commit.
void Feeder::announce_claims(const std::vector<Claimed>& granted) {
    for (const Claimed& claimed : granted) {
        ProductCounts& counts = claimed.run->counts;
        const std::int64_t started = std::min(counts.pending, claimed.chunk.count);
        counts.pending -= started;
        counts.processing += started;
        hub_.publish(claimed.run->id(), BatchStatus::in_progress, counts);
    }
}

}  // namespace assay::engine
