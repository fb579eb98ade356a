// Reads, packs chunks, keeps the graph fed, and writes what comes out in its turn.
// SPDX-License-Identifier: MIT
#include "tools/cli/local_analysis.hpp"

#include <cassert>
#include <condition_variable>
#include <istream>
#include <map>
#include <mutex>

#include "engine/batch/chunk.hpp"
#include "tools/cli/chunk_spool.hpp"

namespace assay::tools {

namespace {

using namespace engine;

// Chunks out of the graph, waiting for those before them. The graph's threads add, one takes.
class ReorderWindow {
  public:
    void add(ChunkDone&& done) {
        const std::lock_guard lock(mutex_);
        const std::uint64_t number = done.token;
        waiting_.emplace(number, std::move(done));
        if (number == next_) arrived_.notify_one();
    }
    // The next chunk in order; waits for it when `wait` is set, which needs it to be under way.
    std::optional<ChunkDone> take(bool wait) {
        std::unique_lock lock(mutex_);
        if (wait) arrived_.wait(lock, [this] { return waiting_.count(next_) > 0; });
        const auto found = waiting_.find(next_);
        if (found == waiting_.end()) return std::nullopt;
        ChunkDone done = std::move(found->second);
        waiting_.erase(found);
        ++next_;
        return done;
    }

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::map<std::uint64_t, ChunkDone> waiting_;
    std::uint64_t next_ = 0;
};

class Run {
  public:
    explicit Run(LocalAnalysisOptions options)
        : options_(std::move(options)),
          graph_(graph_options(), [this](ChunkDone&& done) { window_.add(std::move(done)); }),
          intake_(options_.intake, [this](const IntakeItem& item) { return take(item); }) {}

    Result<LocalAnalysis> all(std::istream& in) {
        std::string block(limits::mebibyte, '\0');
        while (in) {
            in.read(block.data(), static_cast<std::streamsize>(block.size()));
            const auto count = static_cast<std::size_t>(in.gcount());
            bytes_ += count;
            const auto fed = intake_.feed(std::string_view(block).substr(0, count));
            if (!fed) return fed.error();
            report_progress();
        }
        if (in.bad()) return fail(ErrorCode::io_error, "the input cannot be read to its end");
        auto report = intake_.finish();
        if (!report) return report.error();
        if (builder_.count() > 0) {
            const auto sent = send();
            if (!sent) return sent.error();
        }
        auto drained = drain();
        if (drained && two_passes()) drained = second_pass();
        if (!drained) return drained.error();
        result_.report = std::move(*report);
        result_.batch = intake_.batch_options();
        result_.timings = graph_.timings();
        for (auto& [name, time] : result_.timings) {
            if (name == "duplicates") time += decision_time_;
        }
        result_.threads = graph_.threads();
        return std::move(result_);
    }

  private:
    BatchGraphOptions graph_options() const {
        BatchGraphOptions graph;
        graph.threads = options_.threads;
        graph.tokens = options_.window;
        graph.clock = options_.clock;
        return graph;
    }

    Result<void> take(const IntakeItem& item) {
        builder_.append(item);
        if (!builder_.full()) return {};
        return send();
    }

    // Options of a JSON document are known when its first product comes.
    Result<void> make_plan() {
        const BatchOptions& batch = intake_.batch_options();
        auto plan = AnalysisPlan::make(
            options_.only.empty() ? batch.analyzers : options_.only, options_.tables,
            options_.comps,
            options_.bootstrap ? IntervalMethod::bootstrap : interval_method(batch));
        if (!plan) return plan.error();
        plan_ = std::make_shared<const AnalysisPlan>(std::move(*plan));
        return {};
    }

    Result<void> send() {
        if (!plan_) {
            auto made = make_plan();
            if (!made) return made;
        }
        const auto first_index = static_cast<std::int64_t>(builder_.first_index());
        std::string chunk = builder_.take();
        return put(std::move(chunk), first_index);
    }

    bool two_passes() const noexcept { return plan_ && plan_->compares_products(); }
    bool first_pass() const noexcept { return two_passes() && !groups_; }

    Result<void> second_pass() {
        const auto clock_now = [&] {
            return options_.clock != nullptr ? options_.clock->steady_now() : SteadyTime{};
        };
        const SteadyTime start = clock_now();
        groups_ = std::make_shared<const DuplicateGroups>(
            decide_duplicates(std::move(features_), options_.tables->defaults, result_.threads));
        decision_time_ = clock_now() - start;
        result_.duplicates = groups_->members();
        result_.duplicate_groups = groups_->groups();
        for (std::size_t number = 0; number < spool_.size(); ++number) {
            auto chunk = spool_.take(number);
            if (!chunk) return chunk.error();
            auto sent = put(*std::move(chunk), first_indices_[number]);
            if (!sent) return sent;
        }
        return drain();
    }

    Result<void> drain() {
        while (taken_ < sent_) {
            auto taken = take_next(true);
            if (!taken) return taken;
        }
        return {};
    }

    Result<void> put(std::string chunk, std::int64_t first_index) {
        const BatchOptions& batch = intake_.batch_options();
        ChunkWork work;
        work.plan = plan_;
        work.first_index = first_index;
        work.input = std::move(chunk);
        work.features = first_pass();
        work.groups = groups_;
        work.money_unit = batch.money_unit;
        work.as_of = options_.as_of ? *options_.as_of : batch.as_of.value_or(options_.now);
        work.token = sent_;
        work.digest = options_.digest;
        while (graph_.tokens_free() == 0) {
            auto taken = take_next(true);
            if (!taken) return taken;
        }
        const bool taken = graph_.try_put(std::move(work));
        assert(taken);  // only this thread takes tokens
        static_cast<void>(taken);
        ++sent_;
        return take_next(false);
    }

    Result<void> take_next(bool wait) {
        std::optional<ChunkDone> done = window_.take(wait);
        if (!done) return {};
        assert(!done->damaged && !done->cancelled);
        ++taken_;
        graph_.release();
        if (first_pass()) {
            const std::size_t room = limits::compared_products_max - compared_;
            if (done->features.rows.size() <= room) {
                compared_ += done->features.rows.size();
                features_.push_back(std::move(done->features));
            }
            first_indices_.push_back(done->first_index);
            auto kept = spool_.add(std::move(done->input));
            if (!kept) return kept;
            report_progress();
            return {};
        }
        return write(*done);
    }

    Result<void> write(ChunkDone& done) {
        result_.completed += done.completed;
        result_.failed += done.failed;
        for (std::size_t at = 0; at < decision_count; ++at) {
            result_.by_decision[at] += done.by_decision[at];
        }
        result_.lot.insert(result_.lot.end(), done.lot.begin(), done.lot.end());
        result_.cost.merge(done.cost);
        std::move(done.digests.begin(), done.digests.end(), std::back_inserter(result_.digests));
        if (options_.write) {
            auto taken = options_.write(done.results);
            if (!taken) return taken;
        }
        report_progress();
        return {};
    }

    // With two passes each of them is half of the way.
    void report_progress() {
        if (!options_.progress) return;
        std::uint64_t bytes = bytes_;
        if (first_pass()) bytes = bytes_ / 2;
        if (two_passes() && !first_pass()) {
            const std::uint64_t chunks = spool_.size();
            bytes = bytes_ / 2 + (chunks > 0 ? (bytes_ / 2) * (taken_ - chunks) / chunks : 0);
        }
        options_.progress(bytes, result_.completed + result_.failed);
    }

    const LocalAnalysisOptions options_;
    LocalAnalysis result_;
    std::shared_ptr<const AnalysisPlan> plan_;
    std::uint64_t bytes_ = 0, sent_ = 0, taken_ = 0;
    ChunkSpool spool_;  // what the second pass reads
    std::vector<std::int64_t> first_indices_;
    std::vector<FeatureBlock> features_;
    std::size_t compared_ = 0;
    std::shared_ptr<const DuplicateGroups> groups_;  // set when the first pass has ended
    std::chrono::nanoseconds decision_time_{0};
    ReorderWindow window_;
    BatchGraph graph_;  // behind the window that its sink fills
    Intake intake_;
    ChunkBuilder builder_;
};

}  // namespace

Result<LocalAnalysis> analyse_stream(std::istream& in, LocalAnalysisOptions options) {
    return Run(std::move(options)).all(in);
}

}  // namespace assay::tools
