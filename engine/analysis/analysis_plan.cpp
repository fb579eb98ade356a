// The list of analyzers with what each needs, and the loop that runs those that were asked for.
// SPDX-License-Identifier: MIT
#include "engine/analysis/analysis_plan.hpp"

#include <algorithm>
#include <cassert>

#include "engine/analysis/channel_choice.hpp"
#include "engine/analysis/collect_evidence.hpp"
#include "engine/analysis/input_checks.hpp"
#include "engine/analysis/result_line.hpp"
#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

// The order in which they run. Bits of the masks below.
enum Analyzer : std::size_t {
    identity,
    attributes,
    duplicates,
    price,
    demand,
    fees,
    profit,
    risk,
    listing,
    verdict,
    lot
};
constexpr std::size_t analyzer_count = 11;

constexpr std::uint32_t bit(std::size_t analyzer) noexcept {
    return std::uint32_t{1} << analyzer;
}

// Each gives the part of Analysis that bears its name; `fees` and `profit` share the channels.
struct Entry {
    std::string_view name;
    std::uint32_t needs = 0;
};
constexpr std::array<Entry, analyzer_count> entries{{
    {"identity", 0},
    {"attributes", 0},
    {"duplicates", bit(identity) | bit(attributes)},
    {"price", bit(identity) | bit(attributes)},
    {"demand", bit(attributes) | bit(price)},
    {"fees", bit(attributes) | bit(price)},
    {"profit", bit(price) | bit(demand) | bit(fees)},
    {"risk", bit(identity) | bit(attributes) | bit(price) | bit(profit)},
    {"listing", bit(identity)},
    {"verdict", bit(duplicates) | bit(price) | bit(demand) | bit(profit) | bit(risk)},
    {"lot", bit(attributes) | bit(price)},
}};

constexpr auto names = [] {
    std::array<std::string_view, analyzer_count> list{};
    for (std::size_t i = 0; i < analyzer_count; ++i)
        list[i] = entries[i].name;
    return list;
}();

// What is needed must have run before: the list is its own proof of order.
constexpr bool ordered() noexcept {
    for (std::size_t i = 0; i < analyzer_count; ++i) {
        if ((entries[i].needs & ~(bit(i) - 1)) != 0) return false;
    }
    return true;
}
static_assert(ordered(), "an analyzer needs one that runs after it");
static_assert(analyzer_count <= std::tuple_size_v<decltype(Workspace::time_by_analyzer)>);

std::string known_names() {
    std::string list;
    for (const std::string_view name : names) {
        if (!list.empty()) list += ", ";
        list += name;
    }
    return list;
}

// Whatever `wanted` needs, and what that needs.
std::uint32_t with_needs(std::uint32_t wanted) noexcept {
    for (std::size_t i = analyzer_count; i-- > 0;) {
        if ((wanted & bit(i)) != 0) wanted |= entries[i].needs;
    }
    return wanted;
}

PrintedParts printed_parts(std::uint32_t prints) noexcept {
    const auto has = [&](std::size_t analyzer) { return (prints & bit(analyzer)) != 0; };
    return {has(identity), has(attributes), has(duplicates), has(price),   has(demand),
            has(fees),     has(profit),     has(risk),       has(listing), has(verdict)};
}

}  // namespace

std::span<const std::string_view> analyzer_names() noexcept {
    return names;
}

bool is_asked_for(std::span<const std::string> only, std::string_view analyzer) noexcept {
    return only.empty() || std::find(only.begin(), only.end(), analyzer) != only.end();
}

void Analysis::clear() {
    identity.clear();
    attributes.clear();
    duplicates.clear();
    join.clear();
    price.clear();
    demand.clear();
    profit.clear();
    risks.clear();
    listing.clear();
    verdict.clear();
    evidence.clear();
}

Result<AnalysisPlan> AnalysisPlan::make(std::span<const std::string> only,
                                        std::shared_ptr<const Tables> tables,
                                        std::shared_ptr<const ComparableSource> comps,
                                        IntervalMethod interval) {
    assert(tables != nullptr);
    AnalysisPlan plan(std::move(tables), std::move(comps), interval);
    for (const std::string& wanted : only) {
        const auto found = std::find(names.begin(), names.end(), wanted);
        if (found == names.end()) {
            return fail(ErrorCode::invalid_argument,
                        "there is no analyzer \"" + wanted.substr(0, 64) + "\"", "analyzers",
                        "known: " + known_names());
        }
        plan.prints_ |= bit(static_cast<std::size_t>(found - names.begin()));
    }
    if (only.empty()) plan.prints_ = bit(analyzer_count) - 1;
    plan.runs_ = with_needs(plan.prints_);
    return plan;
}

std::span<const Comparable> AnalysisPlan::comparables_of(
    const Product& product, const Workspace& workspace) const noexcept {
    return comps_ ? std::span<const Comparable>(workspace.join.comparables) : product.comparables;
}

void AnalysisPlan::find_price(const Product& product, TimePoint as_of, Workspace& workspace) const {
    Analysis& all = workspace.analysis;
    if (comps_) {
        const JoinRules rules{tables_->defaults.comps_brand_model_match, tables_->rates != nullptr};
        comps_->join(product, all.identity, as_of, rules, workspace.join, all.join);
    }
    estimate_price(product, comparables_of(product, workspace), all.identity, all.attributes,
                   *tables_, as_of, workspace.price, all.price, {interval_, workspace.input_hash});
}

// Of everything that the line depends on beside the tables of the program.
std::uint64_t AnalysisPlan::hash_input(std::string_view source) const noexcept {
    std::uint64_t hash = comps_ ? hash64(source, comps_->hash()) : hash64(source);
    if (tables_->rates) hash = hash64(source, hash ^ tables_->rates->hash());
    return hash;
}

// What one product is analysed with beside the tables.
struct AnalysisPlan::Subject {
    const Product& product;
    std::uint64_t index = 0;
    TimePoint as_of;
    const DuplicateGroups* groups = nullptr;
};

void AnalysisPlan::analyse(std::size_t analyzer, const Subject& subject, Workspace& workspace,
                           LotLine& line) const {
    Analysis& all = workspace.analysis;
    const auto& [product, index, as_of, groups] = subject;
    switch (static_cast<Analyzer>(analyzer)) {
        case identity:
            return identify(product, all.identity);
        case attributes:
            return read_attributes(product, *tables_, all.attributes);
        case duplicates:
            if (groups != nullptr)
                all.duplicates = groups->find(index, product.product_id);
            else
                all.duplicates.group = product.product_id;
            return;
        case price:
            return find_price(product, as_of, workspace);
        case demand:
            return estimate_demand(product, comparables_of(product, workspace),
                                   all.attributes.condition, all.price, *tables_, as_of,
                                   product.comparables.empty() ? all.join.since : std::nullopt,
                                   all.demand);
        case fees:
            return choose_channels(product, all.attributes.condition, all.price, *tables_, as_of,
                                   all.profit);
        case profit:
            return estimate_profit(product, all.price, all.demand, *tables_, workspace.profit,
                                   all.profit);
        case risk:
            return assess_risks(product, all.identity, all.attributes, all.price, all.profit,
                                *tables_, workspace.risk, all.risks);
        case listing:
            return judge_listing(product, all.identity, *tables_, workspace.listing, all.listing);
        case verdict:
            return judge(product, all.duplicates, all.price, all.demand, all.profit, all.risks,
                         *tables_, all.verdict);
        case lot:
            line = make_lot_line(product, index, all.attributes, all.price, *tables_, as_of);
            return;
    }
}

ProductOutcome AnalysisPlan::run(const Product& product, std::uint64_t index,
                                 std::string_view input_hash_source, TimePoint as_of,
                                 Workspace& workspace, std::string& out,
                                 const DuplicateGroups* groups) const {
    assert(!product.product_id.empty());
    Analysis& all = workspace.analysis;
    all.clear();
    ProductOutcome outcome;
    outcome.lot.index = index;
    const Subject subject{product, index, as_of, groups};
    workspace.input_hash = hash_input(input_hash_source);
    for (std::size_t analyzer = 0; analyzer < analyzer_count; ++analyzer) {
        if ((runs_ & bit(analyzer)) == 0) continue;
        if (workspace.clock == nullptr) {
            analyse(analyzer, subject, workspace, outcome.lot);
            continue;
        }
        const SteadyTime start = workspace.clock->steady_now();
        analyse(analyzer, subject, workspace, outcome.lot);
        workspace.time_by_analyzer[analyzer] += workspace.clock->steady_now() - start;
    }
    collect_evidence(product, all, *tables_, all.evidence);
    check_input(product, *tables_, analyzer_names(), as_of, all.evidence);
    if (workspace.as_of != as_of) {
        workspace.as_of = as_of;
        workspace.as_of_text = to_rfc3339(as_of);
    }
    LineContext context;
    if (all.profit.used > 0) context.fee_version = all.profit.channels[all.profit.best].fee_version;
    context.as_of = workspace.as_of_text;
    context.input_hash = workspace.input_hash;
    append_result_line(out, product, all, printed_parts(prints_), context);
    outcome.completed = true;
    outcome.decision = all.verdict.decision;
    return outcome;
}

bool AnalysisPlan::compares_products() const noexcept {
    return (runs_ & bit(duplicates)) != 0;
}

void AnalysisPlan::read_features(const Product& product, std::uint64_t index, Workspace& workspace,
                                 FeatureBlock& out) const {
    Analysis& all = workspace.analysis;
    const auto timed = [&](std::size_t analyzer, const auto& step) {
        if (workspace.clock == nullptr) return step();
        const SteadyTime start = workspace.clock->steady_now();
        step();
        workspace.time_by_analyzer[analyzer] += workspace.clock->steady_now() - start;
    };
    timed(identity, [&] { identify(product, all.identity); });
    timed(attributes, [&] { read_attributes(product, *tables_, all.attributes); });
    timed(duplicates, [&] { append_features(product, index, all.identity, all.attributes, out); });
}

}  // namespace assay::engine
