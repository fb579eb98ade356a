// Adds up what chunks bring, keeps it through a crash, and writes the summary of a batch.
// SPDX-License-Identifier: MIT
#include "engine/batch_run.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <thread>
#include <type_traits>

#include "engine/base/json_writer.hpp"

namespace assay::engine {

namespace {

// Head of a stored blob; lines follow. Written and read by memcpy, in the machine's byte order: a
// data directory stays on its kind of machine.
struct SumsHead {
    std::uint32_t layout = 1;
    std::uint32_t line_bytes = sizeof(LotLine);
    std::uint64_t lines = 0;
    std::array<std::int64_t, decision_count> by_decision{};
    CostSum cost;
};
static_assert(std::is_trivially_copyable_v<LotLine>);
static_assert(std::is_trivially_copyable_v<SumsHead>);

void append_bytes(std::string& out, const void* from, std::size_t count) {
    out.append(static_cast<const char*>(from), count);
}

}  // namespace

std::string encode_sums(const ChunkDone& done) {
    SumsHead head;
    head.lines = done.lot.size();
    head.by_decision = done.by_decision;
    head.cost = done.cost;
    std::string blob;
    blob.reserve(sizeof head + done.lot.size() * sizeof(LotLine));
    append_bytes(blob, &head, sizeof head);
    append_bytes(blob, done.lot.data(), done.lot.size() * sizeof(LotLine));
    return blob;
}

Result<void> decode_sums(std::string_view blob, BatchSums& sums) {
    SumsHead head;
    if (blob.size() < sizeof head) {
        return fail(ErrorCode::corrupt, "the sums of a chunk are cut short");
    }
    std::memcpy(&head, blob.data(), sizeof head);
    blob.remove_prefix(sizeof head);
    const bool fits = head.layout == SumsHead{}.layout && head.line_bytes == sizeof(LotLine) &&
                      blob.size() % sizeof(LotLine) == 0 &&
                      blob.size() / sizeof(LotLine) == head.lines;
    if (!fits) return fail(ErrorCode::corrupt, "the sums of a chunk have another layout");
    const std::size_t before = sums.lot.size();
    sums.lot.resize(before + head.lines);
    if (head.lines > 0) std::memcpy(&sums.lot[before], blob.data(), blob.size());
    for (std::size_t decision = 0; decision < decision_count; ++decision) {
        sums.by_decision[decision] += head.by_decision[decision];
    }
    sums.cost.merge(head.cost);
    return {};
}

std::vector<std::pair<std::string, std::int64_t>> named_decisions(
    const std::array<std::int64_t, decision_count>& by_decision) {
    std::vector<std::pair<std::string, std::int64_t>> named;
    for (std::size_t decision = 0; decision < decision_count; ++decision) {
        if (by_decision[decision] == 0) continue;
        named.emplace_back(to_string(static_cast<Decision>(decision)), by_decision[decision]);
    }
    return named;
}

std::string make_summary(BatchSums sums, const BatchOptions& options, const Tables& tables,
                         bool with_lot, const DuplicateGroups* groups) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("by_verdict").begin_object();
    for (const auto& [name, count] : named_decisions(sums.by_decision))
        json.member(name, count);
    json.end_object();
    if (groups != nullptr && is_asked_for(options.analyzers, "duplicates")) {
        json.member("duplicates", groups->members()).member("duplicate_groups", groups->groups());
    }
    if (with_lot && sums.lost) {
        if (is_asked_for(options.analyzers, "lot")) {
            LotSummary lot;
            lot.caveats.push_back(
                "The lot has no price: what its products added up to before a restart could not be"
                " read back.");
            append_lot_members(json, lot);
        }
    } else if (with_lot) {
        append_cost_members(json, sums.cost);
        if (is_asked_for(options.analyzers, "lot")) {
            // Chunks arrive in any order; the answer must not depend on it.
            std::sort(sums.lot.begin(), sums.lot.end(),
                      [](const LotLine& a, const LotLine& b) { return a.index < b.index; });
            append_lot_members(json, value_lot(sums.lot, options.lot, tables));
        }
    }
    json.end_object();
    return text;
}

BatchRun::BatchRun(batch_store::BatchRow row, std::shared_ptr<const AnalysisPlan> plan)
    : counts(row.counts),
      row_(std::move(row)),
      plan_(std::move(plan)),
      wants_features_(plan_->compares_products()),
      products_left_(row_.counts.total - row_.counts.settled()),
      features_left_(row_.counts.total) {
    assert(plan_ != nullptr);
    assert(products_left_ >= 0);
}

void BatchRun::features_arrived(std::int64_t first_index, std::int64_t products,
                                FeatureBlock&& block) {
    std::vector<FeatureBlock> all;
    {
        const std::lock_guard lock(mutex_);
        if (!wants_features() || !features_.emplace(first_index, std::move(block)).second) return;
        features_left_ -= products;
        assert(features_left_ >= 0);
        if (features_left_ > 0) return;
        for (auto& [index, features] : features_)
            all.push_back(std::move(features));
    }
    // Only the last chunk comes here.
    auto groups = std::make_shared<const DuplicateGroups>(
        decide_duplicates(std::move(all), plan_->tables().defaults,
                          static_cast<int>(std::thread::hardware_concurrency())));
    const std::lock_guard lock(mutex_);
    features_.clear();
    groups_ = std::move(groups);
    wants_features_.store(false, std::memory_order_release);  // with the groups in place
}

bool BatchRun::has_features_of(std::int64_t first_index) const {
    const std::lock_guard lock(mutex_);
    return !wants_features() || features_.contains(first_index);
}

std::shared_ptr<const DuplicateGroups> BatchRun::groups() const {
    const std::lock_guard lock(mutex_);
    return groups_;
}

bool BatchRun::leaves_out(std::int64_t chunk) const noexcept {
    const auto& left_out = first_pass_.left_out;
    return std::find(left_out.begin(), left_out.end(), chunk) != left_out.end();
}

Result<void> BatchRun::restore(std::string_view blob) {
    const std::lock_guard lock(mutex_);
    return decode_sums(blob, sums_);
}

void BatchRun::lose_sums() {
    const std::lock_guard lock(mutex_);
    sums_ = {};
    sums_.lost = true;
    for (std::size_t decision = 0; decision < decision_count; ++decision) {
        for (const auto& [name, count] : row_.by_verdict) {
            if (name == to_string(static_cast<Decision>(decision))) {
                sums_.by_decision[decision] = count;
            }
        }
    }
}

void BatchRun::arrived(const ChunkDone& done, std::int64_t products) {
    BatchSums all;
    {
        const std::lock_guard lock(mutex_);
        sums_.lot.insert(sums_.lot.end(), done.lot.begin(), done.lot.end());
        for (std::size_t decision = 0; decision < decision_count; ++decision) {
            sums_.by_decision[decision] += done.by_decision[decision];
        }
        sums_.cost.merge(done.cost);
        products_left_ -= products;
        assert(products_left_ >= 0);
        if (products_left_ != 0) return;
        all = std::move(sums_);
        sums_ = {};
        sums_.by_decision = all.by_decision;
    }
    // Only the last chunk comes here, and it is settled after this: who ends the batch finds it.
    std::string text =
        make_summary(std::move(all), row_.options, plan_->tables(), true, groups().get());
    const std::lock_guard lock(mutex_);
    parked_ = std::move(text);
}

std::string BatchRun::summary() const {
    BatchSums verdicts;
    {
        const std::lock_guard lock(mutex_);
        if (!parked_.empty()) return parked_;
        verdicts.by_decision = sums_.by_decision;
    }
    return make_summary(std::move(verdicts), row_.options, plan_->tables(), false);
}

}  // namespace assay::engine
