// The verb of this folder: which analyzers run, in which order, and the result line they leave.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/analysis.hpp"
#include "engine/base/clock.hpp"
#include "engine/base/error.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/batch.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// identity, attributes, duplicates, price, demand, fees, profit, risk, listing, verdict, lot: in
// the order in which they run.
std::span<const std::string_view> analyzer_names() noexcept;
// Whether `only` asks for the analyzer of that name; an empty list asks for all.
bool is_asked_for(std::span<const std::string> only, std::string_view analyzer) noexcept;

// What a batch asks for.
inline IntervalMethod interval_method(const BatchOptions& options) noexcept {
    return options.bootstrap ? IntervalMethod::bootstrap : IntervalMethod::exact;
}

// One thread's working memory: the analysis being filled and the analyzers' buffers.
struct Workspace {
    Analysis analysis;
    JoinScratch join;
    PriceScratch price;
    ProfitScratch profit;
    RiskScratch risk;
    ListingScratch listing;
    // Time spent per analyzer, taken only with a clock (analyze --timings); never in results.
    const Clock* clock = nullptr;
    std::array<std::chrono::nanoseconds, 16> time_by_analyzer{};  // as analyzer_names() orders
    // as_of as text, written once for all lines of a batch.
    std::optional<TimePoint> as_of;
    std::string as_of_text;
    std::uint64_t input_hash = 0;  // of the product at hand
};

struct ProductOutcome {
    bool completed = false;  // false: the product failed
    Decision decision = Decision::insufficient_data;
    LotLine lot;
};

// Immutable once made; any number of threads may use one, each with its own Workspace.
class AnalysisPlan {
  public:
    // `only` empty: all. What the named ones need runs too but is not printed. Errors:
    // invalid_argument for an unknown name, listing the known ones. `comps`: sold prices that are
    // added to a product's own comparables. The input hash of every line includes their hash and
    // that of the tables' exchange rates, where there are such.
    static Result<AnalysisPlan> make(std::span<const std::string> only,
                                     std::shared_ptr<const Tables> tables,
                                     std::shared_ptr<const ComparableSource> comps = nullptr,
                                     IntervalMethod interval = IntervalMethod::exact);

    // Analyses `product` and appends its result line (the envelope of the schema, one line, ended
    // by '\n') to `out`. Pure but for `workspace` and `out`: the same product, index, as_of, tables
    // and comps, and the same groups of its batch where products are compared, give the same bytes.
    // Does not throw; allocates only where `out` or a buffer grows.
    ProductOutcome run(const Product& product, std::uint64_t index,
                       std::string_view input_hash_source, TimePoint as_of, Workspace& workspace,
                       std::string& out, const DuplicateGroups* groups = nullptr) const;

    // Whether the batch is read twice: first for the features of all products, from which
    // decide_duplicates() makes the groups that run() takes.
    bool compares_products() const noexcept;
    // The first pass over a product. Pure but for `workspace` and `out`.
    void read_features(const Product& product, std::uint64_t index, Workspace& workspace,
                       FeatureBlock& out) const;

    const Tables& tables() const noexcept { return *tables_; }

  private:
    AnalysisPlan(std::shared_ptr<const Tables> tables,
                 std::shared_ptr<const ComparableSource> comps, IntervalMethod interval)
        : tables_(std::move(tables)), comps_(std::move(comps)), interval_(interval) {}
    std::span<const Comparable> comparables_of(const Product& product,
                                               const Workspace& workspace) const noexcept;
    std::uint64_t hash_input(std::string_view source) const noexcept;
    void find_price(const Product& product, TimePoint as_of, Workspace& workspace) const;
    struct Subject;
    void analyse(std::size_t analyzer, const Subject& subject, Workspace& workspace,
                 LotLine& line) const;

    std::shared_ptr<const Tables> tables_;
    std::shared_ptr<const ComparableSource> comps_;  // none: only the product's own
    IntervalMethod interval_ = IntervalMethod::exact;
    std::uint32_t runs_ = 0;    // bit per analyzer
    std::uint32_t prints_ = 0;  // bit per analyzer
};

// The line of a product that intake or the parser failed. `product_data`: a JSON object or empty.
void append_failed_line(std::string& out, std::string_view product_id,
                        std::string_view product_data, const Error& fault, std::string_view stage);
// The line of a product that was cancelled before it ran.
void append_cancelled_line(std::string& out, std::string_view product_id);

}  // namespace assay::engine
