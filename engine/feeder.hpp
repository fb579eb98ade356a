// Moves chunks: claims them durably, feeds the graph, and hands its results to the writer.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/random.hpp"
#include "engine/batch_run.hpp"
#include "engine/graph/batch_graph.hpp"
#include "engine/live_events.hpp"
#include "engine/progress_hub.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"

namespace assay::engine {

struct FeederOptions {
    int threads = 0;
    std::size_t tokens = limits::chunks_in_flight_max;
};

// A thread of its own, without TBB, that sleeps while there is nothing to do. Open batches take
// turns, a chunk each, so a small batch never waits for a large one. A chunk holds one of `tokens`
// slots from before its claim until its results are durable; that bounds everything here. A claim
// is durable before its chunk runs: the attempt number fences late results and counts deaths.
// A chunk that one more death would condemn is a suspect: at most one is under way at a time, so
// that one that only stood beside the guilty is never condemned with it.
// Where products are compared, a batch is read twice. The first pass claims nothing and leaves
// nothing in the store, so its products stay pending and a crash repeats it; it is fair to other
// batches like the second. When its last chunk is in, the groups are decided on that thread of the
// graph, and the second pass begins. A program that died in it again and again reads chunks one by
// one, each noted before, and leaves out of the comparison the one that it was reading.
// Results that the writer cannot take at the moment wait here and are offered again; none is lost.
// Thread safety: every public call from any thread but the feeder's; none blocks but stop().
class Feeder {
  public:
    Feeder(Database& database, Writer& writer, Clock& clock, Random& random, ProgressHub& hub,
           LiveEvents& live, FeederOptions options);
    ~Feeder();  // stop()
    Feeder(const Feeder&) = delete;
    Feeder& operator=(const Feeder&) = delete;

    void start();
    // Claims nothing more; what is claimed is analysed and stored, unless the writer has stopped or
    // the store is closed: then its chunks are left for the next start. Idempotent.
    void stop();

    // A queued batch, whose chunks are all stored.
    void add(std::shared_ptr<BatchRun> run);
    // One of which only the store can say whether it is queued: taken up when it says so, unless
    // it is open already.
    void add_if_queued(std::shared_ptr<BatchRun> run);
    std::shared_ptr<BatchRun> find(const BatchId& batch) const;
    std::size_t open_batches() const;
    // Its row says cancelling or cancelled: no more claims, and listeners hear of it.
    void cancelled(const std::shared_ptr<BatchRun>& run);

  private:
    struct Claimed {
        std::shared_ptr<BatchRun> run;
        batch_store::ChunkRef chunk;
        bool features = false;  // of the first pass: read, but not claimed
    };
    // An analysed chunk until it is durable.
    struct Finished {
        Claimed of;
        ChunkDone done;
        std::string sums;
        bool refused = false;   // its results can never be stored; each product fails instead
        bool in_graph = false;  // its graph token is to be given back
        batch_store::Settled settled;
    };
    // A batch in the round; the feeder's thread only.
    struct Turn {
        explicit Turn(std::shared_ptr<BatchRun> batch)
            : run(std::move(batch)), first_pass(run->wants_features()) {}
        std::shared_ptr<BatchRun> run;
        bool admitted = false;                      // its features are among those kept
        bool first_pass;                            // all its chunks are read, none is claimed
        std::optional<batch_store::ChunkRef> read;  // the last one, where they go one by one
        std::deque<batch_store::ChunkRef> pending;  // read ahead
        std::int64_t from_number = 0;
        bool exhausted = false;                      // the store has no further ones
        std::deque<batch_store::ChunkRef> suspects;  // left aside while another one is out
        std::set<std::int64_t> not_found;            // chunks for which it was read again
    };
    enum class Split : std::uint8_t { done, not_now, impossible, gone };
    using Lock = std::unique_lock<std::mutex>;

    void loop();
    bool may_leave() const;        // under the lock
    bool offer_again(Lock& lock);  // each of these: whether it did something
    bool feed_graph(Lock& lock);
    bool claim_more(Lock& lock);
    bool reclaim(Lock& lock);
    bool look_after_doubtful(Lock& lock);
    void doubt(const std::shared_ptr<BatchRun>& run);
    Result<void> look_up(Tx& tx, const BatchRun& run, std::optional<batch_store::BatchRow>& row);
    void change();    // under the lock: something to look at
    void back_off();  // under the lock
    std::vector<Claimed> choose(std::size_t count);
    std::optional<batch_store::ChunkRef> next_of(Turn& turn);
    std::optional<batch_store::ChunkRef> next_of_first_pass(Turn& turn);
    bool note_read(Turn& turn, std::optional<std::int64_t> chunk);
    bool may_read(Turn& turn);
    bool begin_second_pass(Turn& turn);
    void end_first_pass(Turn& turn);
    bool may_try_suspect(const batch_store::ChunkRef& chunk);
    void clear_suspect(const batch_store::ChunkRef& chunk);  // under the lock
    bool refill(Turn& turn);
    Split split(Turn& turn, const batch_store::ChunkRef& chunk);
    std::shared_ptr<BatchRun> take_up_unknown(const std::shared_ptr<BatchRun>& run);
    void on_looked_after(const std::shared_ptr<BatchRun>& run,
                         const std::optional<batch_store::BatchRow>& row,
                         const Result<void>& answer);
    void on_claimed(const std::vector<Claimed>& wanted, std::vector<batch_store::ChunkRef> granted,
                    const Result<void>& answer);
    void announce_claims(const std::vector<Claimed>& granted);
    bool load_and_put(Claimed&& claimed, Connection& connection);
    bool load_features(Claimed&& claimed, Connection& connection);
    void features_read(const Claimed& claimed, FeatureBlock&& block, bool in_graph);
    void put(Claimed&& claimed, std::string input);
    static void fail_products(ChunkDone& done, const batch_store::ChunkRef& chunk,
                              std::string_view input, const Error& fault);
    bool give_up(Finished& finished, const Error& error);  // under the lock
    void fail_whole(Claimed&& claimed, std::string_view input, const Error& fault);
    void on_done(ChunkDone&& done);
    void finish(std::shared_ptr<Finished> finished);
    void settle(const std::shared_ptr<Finished>& finished);
    void on_settled(const std::shared_ptr<Finished>& finished, const Result<void>& answer);
    void moved(const std::shared_ptr<BatchRun>& run, const batch_store::Settled& step);
    void free_slot(const Finished& finished);
    void end(const BatchId& batch);

    Database& database_;
    Writer& writer_;
    Clock& clock_;
    Random& random_;
    ProgressHub& hub_;
    LiveEvents& live_;
    const std::size_t tokens_;

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable wake_;
    std::unordered_map<BatchId, std::shared_ptr<BatchRun>> open_;
    std::vector<std::shared_ptr<BatchRun>> incoming_;
    std::vector<Claimed> returned_;                        // chosen, but the claim was refused
    std::deque<Claimed> claimed_;                          // to be loaded and put into the graph
    std::unordered_map<std::uint64_t, Claimed> in_graph_;  // by token
    std::deque<std::shared_ptr<Finished>> hand_over_;      // the writer would not take them yet
    std::vector<std::shared_ptr<BatchRun>> doubtful_;      // the store has to say how far they are
    std::uint64_t next_token_ = 1;
    std::size_t slots_used_ = 0;
    std::size_t jobs_out_ = 0;
    bool claim_out_ = false;
    std::optional<batch_store::ChunkRef> suspect_;  // the one that is claimed, or about to be
    bool claims_unclear_ = false;                   // a claim failed on its way to the disk
    bool stopping_ = false;
    bool writer_gone_ = false;   // it refuses for good, or we are leaving without it
    std::uint64_t changes_ = 0;  // so that no wake-up is missed and none is needless
    bool trouble_ = false;       // in this round of the loop
    std::optional<std::chrono::milliseconds> pause_;  // before the next try; unset: no trouble

    std::list<Turn> turns_;          // the feeder's thread only
    std::size_t features_kept_ = 0;  // products of first passes under way; the same
    std::thread thread_;
    std::unique_ptr<BatchGraph> graph_;  // last: its sink uses all of the above
};

}  // namespace assay::engine
