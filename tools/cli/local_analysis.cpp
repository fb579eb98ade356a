// Reads, packs chunks, keeps the graph fed, and writes what comes out in its turn.
// SPDX-License-Identifier: MIT
#include "tools/cli/local_analysis.hpp"

#include <cassert>
#include <condition_variable>
#include <istream>
#include <map>
#include <mutex>

#include "engine/batch/chunk.hpp"

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
        while (written_ < sent_) {
            const auto written = write_next(true);
            if (!written) return written.error();
        }
        result_.report = std::move(*report);
        result_.batch = intake_.batch_options();
        result_.timings = graph_.timings();
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
        const BatchOptions& batch = intake_.batch_options();
        ChunkWork work;
        work.plan = plan_;
        work.first_index = static_cast<std::int64_t>(builder_.first_index());
        work.input = builder_.take();
        work.money_unit = batch.money_unit;
        work.as_of = options_.as_of ? *options_.as_of : batch.as_of.value_or(options_.now);
        work.token = sent_;
        work.digest = options_.digest;
        while (graph_.tokens_free() == 0) {
            auto written = write_next(true);
            if (!written) return written;
        }
        const bool taken = graph_.try_put(std::move(work));
        assert(taken);  // only this thread takes tokens
        static_cast<void>(taken);
        ++sent_;
        return write_next(false);
    }

    Result<void> write_next(bool wait) {
        std::optional<ChunkDone> done = window_.take(wait);
        if (!done) return {};
        assert(!done->damaged && !done->cancelled);
        ++written_;
        graph_.release();
        result_.completed += done->completed;
        result_.failed += done->failed;
        for (std::size_t at = 0; at < decision_count; ++at) {
            result_.by_decision[at] += done->by_decision[at];
        }
        result_.lot.insert(result_.lot.end(), done->lot.begin(), done->lot.end());
        result_.cost.merge(done->cost);
        std::move(done->digests.begin(), done->digests.end(), std::back_inserter(result_.digests));
        if (options_.write) {
            auto taken = options_.write(done->results);
            if (!taken) return taken;
        }
        report_progress();
        return {};
    }

    void report_progress() {
        if (options_.progress) options_.progress(bytes_, result_.completed + result_.failed);
    }

    const LocalAnalysisOptions options_;
    LocalAnalysis result_;
    std::shared_ptr<const AnalysisPlan> plan_;
    std::uint64_t bytes_ = 0, sent_ = 0, written_ = 0;
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
