// A stream of products through the graph and out again in input order, without server or store.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/batch/intake.hpp"
#include "engine/graph/batch_graph.hpp"

namespace assay::tools {

struct LocalAnalysisOptions {
    engine::IntakeOptions intake;
    std::shared_ptr<const engine::Tables> tables;
    bool bootstrap = false;  // the interval of a price; false: as the document says
    std::shared_ptr<const engine::ComparableSource> comps;  // sold prices of one's own; may be none
    std::vector<std::string> only;   // empty: what the document asks for, else all
    std::optional<TimePoint> as_of;  // empty: what the document says, else `now`
    TimePoint now;
    int threads = 0;
    std::size_t window = limits::chunks_in_flight_max;  // chunks held for their turn to be written
    const Clock* clock = nullptr;                       // set: takes the time of each analyzer
    bool digest = false;  // keep what a person is shown of each product
    // Takes result lines in input order. An error ends the run and is its answer.
    std::function<Result<void>(std::string_view lines)> write;
    // Called now and then with the bytes read and the products written so far.
    std::function<void(std::uint64_t bytes, std::int64_t products)> progress;
};

struct LocalAnalysis {
    engine::IntakeReport report;
    engine::BatchOptions batch;  // as given and as the document says
    std::int64_t completed = 0, failed = 0;
    std::array<std::int64_t, engine::decision_count> by_decision{};
    std::vector<engine::LotLine> lot;  // by index
    engine::CostSum cost;
    std::vector<engine::ProductDigest> digests;  // by index
    std::optional<std::int64_t> duplicates;      // second copies; none: products were not compared
    std::int64_t duplicate_groups = 0;
    std::vector<std::pair<std::string_view, std::chrono::nanoseconds>> timings;
    int threads = 0;
};

// Where products are compared with each other the input is gone through twice: what was read is
// kept meanwhile (ChunkSpool), and nothing is written before all of it has been read.
// Memory: the window; per product a lot line and, if asked for, a digest; for two passes
// limits::spool_memory_max and the features of the first limits::compared_products_max products
// (later ones are not compared). Errors: those of engine::Intake, invalid_argument (unknown
// analyzer), io_error (reading), storage_full (the temporary file), those of `write`.
Result<LocalAnalysis> analyse_stream(std::istream& in, LocalAnalysisOptions options);

}  // namespace assay::tools
