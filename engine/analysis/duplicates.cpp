// Candidates, edges, rounds of mutual best, and the groups that they leave.
// SPDX-License-Identifier: MIT
#include "engine/analysis/duplicates.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "engine/analysis/duplicate_rows.hpp"

namespace assay::engine {
namespace {

constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();
constexpr int rounds_max = 16;                 // each joins what is left; a few are enough
constexpr std::size_t pairs_checked_max = 64;  // of two clusters before they are joined
constexpr float score_tie = 1e-6F;

struct Edge {
    std::uint32_t a = 0, b = 0;  // a < b
    float score = 0;
    std::uint8_t signals = 0;
};

// Clusters of rows with what is known of them: disjoint sets, and each one's rows as a ring.
class Clusters {
  public:
    Clusters(const DuplicateRows& rows, const Defaults& defaults)
        : rows_(rows),
          defaults_(defaults),
          root_(rows.size()),
          next_(rows.size()),
          size_(rows.size(), 1),
          known_(rows.size()) {
        std::iota(root_.begin(), root_.end(), 0U);
        std::iota(next_.begin(), next_.end(), 0U);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const ProductFeatures& of = rows.row(i).features;
            known_[i] = {of.gtin, of.asin, of.storage_gb, of.region, of.size, of.color, of.content};
        }
    }

    std::uint32_t find(std::uint32_t row) noexcept {
        while (root_[row] != row)
            row = root_[row] = root_[root_[row]];
        return row;
    }
    std::uint32_t size_of(std::uint32_t row) noexcept { return size_[find(row)]; }

    // Whether nothing that is known of the two clusters, and no pair of their rows, contradicts.
    bool may_join(std::uint32_t a, std::uint32_t b) noexcept {
        const std::uint32_t one = find(a), other = find(b);
        if (one == other || contradict(known_[one], known_[other])) return false;
        if (size_[one] == 1 && size_[other] == 1) return true;  // their edge says so
        std::size_t checked = 0;
        for (std::uint32_t x = one;;) {
            for (std::uint32_t y = other;;) {
                if (score_pair(rows_, x, y, defaults_).conflict) return false;
                if (++checked == pairs_checked_max) return true;
                y = next_[y];
                if (y == other) break;
            }
            x = next_[x];
            if (x == one) return true;
        }
    }

    // The smaller number stays the root.
    void join(std::uint32_t a, std::uint32_t b) noexcept {
        std::uint32_t one = find(a), other = find(b);
        if (one == other) return;
        if (one > other) std::swap(one, other);
        root_[other] = one;
        size_[one] += size_[other];
        std::swap(next_[one], next_[other]);
        Known& all = known_[one];
        const Known& more = known_[other];
        if (all.gtin == 0) all.gtin = more.gtin;
        if (all.asin == 0) all.asin = more.asin;
        if (all.storage == 0) all.storage = more.storage;
        if (all.region == 0) all.region = more.region;
        if (all.size == 0) all.size = more.size;
        if (all.color == 0) all.color = more.color;
        if (all.content == 0) all.content = more.content;
    }

  private:
    struct Known {
        std::uint64_t gtin = 0, asin = 0;
        std::int32_t storage = 0;
        std::uint8_t region = 0, size = 0, color = 0;
        std::uint16_t content = 0;
    };
    static bool contradict(const Known& a, const Known& b) noexcept {
        const auto differ = [](auto x, auto y) { return x != 0 && y != 0 && x != y; };
        return differ(a.gtin, b.gtin) || (a.gtin != b.gtin && differ(a.asin, b.asin)) ||
               differ(a.storage, b.storage) || differ(a.region, b.region) ||
               differ(a.size, b.size) || differ(a.color, b.color) ||
               (a.content >> 14 == b.content >> 14 && differ(a.content, b.content));
    }

    const DuplicateRows& rows_;
    const Defaults& defaults_;
    std::vector<std::uint32_t> root_, next_, size_;
    std::vector<Known> known_;
};

// What of `row`'s holders deserves a closer look, the likeliest first where there are too many.
class CandidateFinder {
  public:
    explicit CandidateFinder(const DuplicateRows& rows) : rows_(rows), sum_(rows.size(), 0) {}

    const std::vector<std::uint32_t>& of(std::uint32_t row) {
        found_.clear();
        for (const FeatureToken token : rows_.tokens(row)) {
            const float weight = rows_.weight(word_of(token));
            for (const std::uint32_t other : rows_.holders(word_of(token))) {
                if (other == row) continue;
                if (sum_[other] == 0) found_.push_back(other);
                sum_[other] += weight;
            }
        }
        cut_ = found_.size() > candidates_max;
        if (cut_) {
            const auto likelier = [&](std::uint32_t a, std::uint32_t b) {
                return sum_[a] != sum_[b] ? sum_[a] > sum_[b] : a < b;
            };
            std::nth_element(found_.begin(),
                             found_.begin() + static_cast<std::ptrdiff_t>(candidates_max),
                             found_.end(), likelier);
            for (std::size_t i = candidates_max; i < found_.size(); ++i)
                sum_[found_[i]] = 0;
            found_.resize(candidates_max);
        }
        for (const std::uint32_t other : found_)
            sum_[other] = 0;
        return found_;
    }
    // Whether the last row had more: then it may be a candidate of rows that are none of its own.
    bool was_cut() const noexcept { return cut_; }

  private:
    const DuplicateRows& rows_;
    bool cut_ = false;
    std::vector<float> sum_;
    std::vector<std::uint32_t> found_;
};

// Threads cost some 50 us to start: fewer rows than this are not worth another one.
constexpr std::size_t rows_per_thread_min = 2'048;

class Decider {
  public:
    Decider(const DuplicateRows& rows, const Defaults& defaults, int threads)
        : rows_(rows),
          defaults_(defaults),
          threads_(std::clamp<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)), 1,
                                           1 + rows.size() / rows_per_thread_min)),
          clusters_(rows, defaults),
          closest_(rows.size()) {}

    void run() {
        for (const auto member : {&ProductFeatures::gtin, &ProductFeatures::asin,
                                  &ProductFeatures::imei, &ProductFeatures::title}) {
            for_neighbours(member);
        }
        join_exact();
        find_edges();
        float least = static_cast<float>(defaults_.duplicate_score);
        for (int round = 0; round < rounds_max; ++round) {
            const bool joined = join_mutual(least);
            if (!joined && round > 0) break;
            least = static_cast<float>(defaults_.duplicate_score_strong);
        }
    }

    std::uint32_t cluster(std::uint32_t row) noexcept { return clusters_.find(row); }
    bool alone(std::uint32_t row) noexcept { return clusters_.size_of(row) == 1; }
    const Edge& closest(std::uint32_t row) const noexcept { return closest_[row]; }

  private:
    // Rows that share an identifier or a whole title, each with the next one.
    void for_neighbours(std::uint64_t ProductFeatures::*member) {
        std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed;
        for (std::uint32_t row = 0; row < rows_.size(); ++row) {
            const std::uint64_t key = rows_.row(row).features.*member;
            if (key != 0) keyed.emplace_back(key, row);
        }
        std::sort(keyed.begin(), keyed.end());
        for (std::size_t i = 1; i < keyed.size(); ++i) {
            if (keyed[i - 1].first == keyed[i].first) add(keyed[i - 1].second, keyed[i].second);
        }
    }

    void add(std::uint32_t a, std::uint32_t b) { add(a, b, edges_); }
    void add(std::uint32_t a, std::uint32_t b, std::vector<Edge>& edges) const {
        const PairScore pair = score_pair(rows_, a, b, defaults_);
        if (pair.conflict || pair.score < static_cast<float>(defaults_.duplicate_score)) return;
        edges.push_back({std::min(a, b), std::max(a, b), pair.score, pair.signals});
    }

    // An identifier in common needs no more proof.
    void join_exact() {
        constexpr std::uint8_t exact =
            bit(DuplicateSignal::gtin) | bit(DuplicateSignal::asin) | bit(DuplicateSignal::imei);
        for (const Edge& edge : edges_) {
            const bool same_gtin = (edge.signals & bit(DuplicateSignal::gtin)) != 0;
            if ((edge.signals & exact) == 0) continue;
            if (same_gtin || clusters_.may_join(edge.a, edge.b)) join(edge);
        }
    }

    // Calls `look(row, its candidates, edges)` for every row; rows are shared out among threads,
    // each with edges of its own, which all end up in edges_.
    template <class Look>
    void for_candidates(const Look& look) {
        constexpr std::uint32_t rows_at_once = 256;
        std::atomic<std::uint32_t> next = 0;  // rows are claimed; nothing else is shared
        std::vector<std::vector<Edge>> found(threads_);
        const auto work = [&](std::vector<Edge>& edges) {
            CandidateFinder candidates(rows_);
            const auto count = static_cast<std::uint32_t>(rows_.size());
            for (;;) {
                const std::uint32_t from = next.fetch_add(rows_at_once, std::memory_order_relaxed);
                if (from >= count) return;
                for (std::uint32_t row = from; row < std::min(count, from + rows_at_once); ++row)
                    look(row, candidates, edges);
            }
        };
        {
            std::vector<std::jthread> others;
            for (std::size_t i = 1; i < threads_; ++i)
                others.emplace_back([&, i] { work(found[i]); });
            work(found[0]);
        }
        for (const std::vector<Edge>& edges : found)
            edges_.insert(edges_.end(), edges.begin(), edges.end());
    }

    void find_edges() {
        // A byte each: threads write to neighbours.
        std::vector<std::uint8_t> cut(rows_.size());
        std::atomic<bool> any_cut = false;
        for_candidates([&](std::uint32_t row, CandidateFinder& candidates, auto& edges) {
            for (const std::uint32_t other : candidates.of(row)) {
                if (other > row) add(row, other, edges);
            }
            if (!candidates.was_cut()) return;
            cut[row] = 1;
            any_cut.store(true, std::memory_order_relaxed);
        });
        if (any_cut) {
            // The earlier one has seen the later one, unless its candidates were cut.
            for_candidates([&](std::uint32_t row, CandidateFinder& candidates, auto& edges) {
                for (const std::uint32_t other : candidates.of(row)) {
                    if (other < row && cut[other] != 0) add(row, other, edges);
                }
            });
        }
        std::sort(edges_.begin(), edges_.end(),
                  [](const Edge& x, const Edge& y) { return x.a != y.a ? x.a < y.a : x.b < y.b; });
        const auto same = [](const Edge& x, const Edge& y) { return x.a == y.a && x.b == y.b; };
        edges_.erase(std::unique(edges_.begin(), edges_.end(), same), edges_.end());
    }

    // Joins each pair of rows of different clusters of which each is the other's best. Whether
    // any was.
    bool join_mutual(float least) {
        std::vector<float> best(rows_.size(), 0);
        std::vector<const Edge*> open;
        for (const Edge& edge : edges_) {
            if (edge.score < least || !clusters_.may_join(edge.a, edge.b)) continue;
            open.push_back(&edge);
            best[edge.a] = std::max(best[edge.a], edge.score);
            best[edge.b] = std::max(best[edge.b], edge.score);
        }
        std::erase_if(open, [&](const Edge* edge) {
            return edge->score < best[edge->a] - score_tie ||
                   edge->score < best[edge->b] - score_tie;
        });
        std::stable_sort(open.begin(), open.end(),
                         [](const Edge* x, const Edge* y) { return x->score > y->score; });
        bool joined = false;
        for (const Edge* edge : open) {
            if (!clusters_.may_join(edge->a, edge->b)) continue;
            join(*edge);
            joined = true;
        }
        return joined;
    }

    void join(const Edge& edge) {
        clusters_.join(edge.a, edge.b);
        for (const std::uint32_t row : {edge.a, edge.b}) {
            if (edge.score > closest_[row].score) closest_[row] = edge;
        }
    }

    const DuplicateRows& rows_;
    const Defaults& defaults_;
    std::size_t threads_;
    Clusters clusters_;
    std::vector<Edge> edges_;
    std::vector<Edge> closest_;  // by row: the edge that joined it with its closest
};

}  // namespace

DuplicateGroups decide_duplicates(std::vector<FeatureBlock> blocks, const Defaults& defaults,
                                  int threads) {
    const DuplicateRows rows(std::move(blocks));
    Decider decider(rows, defaults, threads);
    decider.run();

    DuplicateGroups groups;
    const auto count = static_cast<std::uint32_t>(rows.size());
    // A cluster's root is its smallest row, which is the one with the smallest id.
    std::vector<std::uint32_t> best(count, nobody);
    for (std::uint32_t row = 0; row < count; ++row) {
        std::uint32_t& canonical = best[decider.cluster(row)];
        const auto quality = [&](std::uint32_t of) { return rows.row(of).features.quality; };
        if (canonical == nobody || quality(row) > quality(canonical)) canonical = row;
    }
    const auto keep_name = [&](std::uint32_t row) {
        if (!groups.names_.empty() && groups.names_.back().row == row) return;
        const std::string_view id = rows.id(row);
        groups.names_.push_back({row, static_cast<std::uint32_t>(groups.ids_.size()),
                                 static_cast<std::uint32_t>(id.size())});
        groups.ids_ += id;
    };
    for (std::uint32_t row = 0; row < count; ++row) {
        const ProductFeatures& features = rows.row(row).features;
        if (decider.alone(row)) {
            groups.alone_.push_back(features.index);
            continue;
        }
        const std::uint32_t group = decider.cluster(row);
        const Edge& closest = decider.closest(row);
        groups.places_.push_back(
            {features.index, group, best[group], closest.score, closest.signals});
        ++(row == group ? groups.groups_ : groups.members_);
        if (row == group || row == best[group]) keep_name(row);
    }
    std::sort(groups.places_.begin(), groups.places_.end(),
              [](const auto& a, const auto& b) { return a.index < b.index; });
    std::sort(groups.alone_.begin(), groups.alone_.end());
    return groups;
}

std::string_view DuplicateGroups::id(std::uint32_t row) const noexcept {
    const auto name = std::lower_bound(names_.begin(), names_.end(), row,
                                       [](const Name& n, std::uint32_t r) { return n.row < r; });
    assert(name != names_.end() && name->row == row);
    return std::string_view(ids_).substr(name->at, name->size);
}

Duplicates DuplicateGroups::find(std::uint64_t index, std::string_view product_id) const noexcept {
    Duplicates found;
    found.group = product_id;
    const auto place =
        std::lower_bound(places_.begin(), places_.end(), index,
                         [](const Place& p, std::uint64_t i) { return p.index < i; });
    if (place == places_.end() || place->index != index) {
        found.compared = std::binary_search(alone_.begin(), alone_.end(), index);
        return found;
    }
    found.compared = true;
    found.group = id(place->group);
    found.of = id(place->best);
    found.role = found.of == product_id ? DuplicateRole::canonical : DuplicateRole::member;
    if (found.role == DuplicateRole::canonical) found.of = {};
    found.score = static_cast<double>(place->score);
    found.signals = place->signals;
    return found;
}

std::string_view to_string(DuplicateRole role) noexcept {
    switch (role) {
        case DuplicateRole::canonical:
            return "canonical";
        case DuplicateRole::member:
            return "member";
        case DuplicateRole::unique:
            break;
    }
    return "unique";
}

std::string_view to_string(DuplicateSignal signal) noexcept {
    constexpr std::array<std::string_view, duplicate_signal_count> names = {
        "gtin", "asin", "imei", "model", "title", "words", "price"};
    return names[static_cast<std::size_t>(signal)];
}

void explain_duplicates(const Duplicates& duplicates, EvidenceList& out) {
    if (!duplicates.compared) {
        // Nothing was asked of it, or it came behind the most that are compared.
        if (!duplicates.group.empty()) {
            out.add("duplicates", "batch", "not_compared").detail +=
                "more products than are held against each other";
        }
        return;
    }
    if (duplicates.role == DuplicateRole::unique) return;
    std::string& detail = out.add("duplicates", "batch", "mutual_best").detail;
    if (duplicates.role == DuplicateRole::member) detail.append("of ").append(duplicates.of);
    for (std::size_t i = 0; i < duplicate_signal_count; ++i) {
        const auto signal = static_cast<DuplicateSignal>(i);
        if ((duplicates.signals & bit(signal)) == 0) continue;
        if (!detail.empty()) detail += detail.back() == ',' ? " " : ", ";
        detail += to_string(signal);
    }
}

}  // namespace assay::engine
