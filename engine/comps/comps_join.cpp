// The join: runs of a product's keys are merged by date, and what fits becomes a comparable.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cassert>

#include "engine/base/hash.hpp"
#include "engine/base/limits.hpp"
#include "engine/comps/comps_book.hpp"
#include "engine/comps/comps_keys.hpp"

namespace assay::engine {
namespace {

// A sale is known by its id at its source. Where one side names no source, the id alone decides.
class KnownSales {
  public:
    KnownSales(SaleMarks& marks, std::uint64_t seed) : marks_(marks), seed_(seed) {
        marks_.clear();
    }
    // False: it is known. Sales without an id are all different.
    bool add(std::string_view source, std::string_view id) {
        if (id.empty()) return true;
        const std::uint64_t plain = hash64(id, seed_);
        if (source.empty()) {
            const bool known = marks_.has(plain ^ sourced_mark) || marks_.has(plain);
            if (!known) marks_.add(plain);
            return !known;
        }
        const std::uint64_t full = hash64(source, plain);
        if (marks_.has(full) || marks_.has(plain)) return false;
        marks_.add(full);
        marks_.add(plain ^ sourced_mark);
        return true;
    }

  private:
    static constexpr std::uint64_t sourced_mark = 0x5bd1'e995'7fb5'd32aULL;
    SaleMarks& marks_;
    std::uint64_t seed_;  // of the book, so that nobody can choose ids that collide
};

// The runs of all keys as one, newest first, each row once with its strongest key.
class Runs {
  public:
    Runs(const CompsBook& book, const CompsKeys& keys) : rows_(book.table().rows) {
        for (const CompsKeys::Entry& entry : keys.all()) {
            const auto run = book.find(entry.key);
            if (!run.empty()) runs_[count_++] = {run, entry.kind};
        }
    }
    bool empty() const noexcept { return count_ == 0; }

    struct Found {
        std::uint32_t row;
        JoinKey kind;
    };
    bool next(Found& found) noexcept {
        const Run* best = nullptr;
        for (std::size_t i = 0; i < count_; ++i) {
            const Run& run = runs_[i];
            if (run.left.empty()) continue;
            if (best == nullptr || newer(run.left.front(), best->left.front())) best = &run;
        }
        if (best == nullptr) return false;
        found = {best->left.front(), best->kind};  // keys stand strongest first
        for (std::size_t i = 0; i < count_; ++i) {
            std::span<const std::uint32_t>& left = runs_[i].left;
            if (!left.empty() && left.front() == found.row) left = left.subspan(1);
        }
        return true;
    }
    // Leaves out all that is newer than `time`.
    void skip_to(std::int64_t time) noexcept {
        for (std::size_t i = 0; i < count_; ++i) {
            std::span<const std::uint32_t>& left = runs_[i].left;
            const auto first =
                std::partition_point(left.begin(), left.end(),
                                     [&](std::uint32_t row) { return rows_[row].sold_at > time; });
            left = left.subspan(static_cast<std::size_t>(first - left.begin()));
        }
    }

  private:
    struct Run {
        std::span<const std::uint32_t> left;
        JoinKey kind{};
    };
    bool newer(std::uint32_t a, std::uint32_t b) const noexcept {
        return is_newer(rows_[a].sold_at, a, rows_[b].sold_at, b);
    }

    const std::vector<CompsRow>& rows_;
    std::array<Run, 4> runs_{};
    std::size_t count_ = 0;
};

// The product's, or the one that its own comparables share; empty: neither says.
Currency currency_of(const Product& product) noexcept {
    if (!product.currency.empty()) return product.currency;
    Currency common;
    for (const Comparable& comparable : product.comparables) {
        if (common.empty()) common = comparable.currency;
        if (!comparable.currency.empty() && comparable.currency != common) return {};
    }
    return common;
}

constexpr std::uint32_t lower_half(CompsKey key) noexcept {
    return static_cast<std::uint32_t>(key);
}

// Brand and model agree, and an identifier says that it is another product after all.
bool is_other_product(const CompsRow& row, const CompsKeys& keys) noexcept {
    const auto differs = [](std::uint32_t theirs, CompsKey ours) {
        return theirs != 0 && ours != 0 && theirs != lower_half(ours);
    };
    return differs(row.gtin, keys.gtin) || differs(row.asin, keys.asin);
}

}  // namespace

Comparable CompsBook::comparable_of(const CompsRow& row, double trust) const noexcept {
    Comparable sale;
    sale.price = row.price;
    sale.shipping = row.shipping;
    sale.currency = table_.currencies[row.currency];
    if (row.sold_at != CompsRow::undated) sale.sold_at = from_unix_milliseconds(row.sold_at);
    sale.condition = static_cast<Condition>(row.condition);
    sale.quantity = row.quantity;
    sale.match = trust * static_cast<double>(row.match) / CompsRow::match_full;
    sale.source = table_.sources[row.source];
    if (row.id_at != 0) {
        const auto length = static_cast<unsigned char>(table_.texts[row.id_at]);
        sale.id = std::string_view(table_.texts).substr(row.id_at + 1, length);
    }
    const auto has = [&](CompsRow::Flag flag) { return (row.flags & flag) != 0; };
    sale.kind = has(CompsRow::active) ? ComparableKind::active : ComparableKind::sold;
    if (has(CompsRow::titled)) {
        sale.title_facts = TitleFacts{row.title_lot, has(CompsRow::bundle), has(CompsRow::parts),
                                      has(CompsRow::box_only), storage_of_code(row.storage)};
    }
    return sale;
}

void CompsBook::join(const Product& product, const Identity& identity, TimePoint as_of,
                     const JoinRules& rules, JoinScratch& out, ComparableJoin& found) const {
    found.clear();
    found.book_hash = hash_;
    found.since = since_;
    found.conflict = !identity.conflicts.empty();
    out.comparables.assign(product.comparables.begin(), product.comparables.end());
    const std::size_t own = out.comparables.size();
    const CompsKeys keys = keys_of(
        identity, product.brand, product.model.empty() ? product.mpn : product.model, product.mpn);
    Runs runs(*this, keys);
    if (runs.empty()) {
        found.conflict = false;  // it had no say
        return;
    }
    KnownSales known(out.marks, hash_);
    for (const Comparable& comparable : product.comparables)
        known.add(comparable.source, comparable.id);

    const std::int64_t until = to_unix_milliseconds(as_of);
    Currency currency = currency_of(product);
    const bool guessed = currency.empty();
    bool mixed = false;
    std::size_t scanned = 0;
    Runs::Found at{};
    while (scanned < limits::comps_scan_max && runs.next(at)) {
        const CompsRow& row = table_.rows[at.row];
        if (row.sold_at > until) {
            if (++found.after_as_of == static_cast<std::int64_t>(limits::comps_scan_max))
                runs.skip_to(until);
            continue;
        }
        ++scanned;
        if (at.kind == JoinKey::brand_model && is_other_product(row, keys)) {
            ++found.other_product;
            continue;
        }
        const Currency& its = table_.currencies[row.currency];
        if (guessed && currency.empty()) currency = its;
        if (its != currency && (guessed || !rules.other_currencies)) {
            mixed = mixed || guessed;
            ++found.other_currency;
            continue;
        }
        if (out.comparables.size() >= limits::comparables_max) {
            ++found.beyond_limit;
            continue;
        }
        const Comparable sale =
            comparable_of(row, at.kind == JoinKey::brand_model ? rules.brand_model_match : 1.0);
        if (!known.add(sale.source, sale.id)) {
            ++found.known_already;
            continue;
        }
        out.comparables.push_back(sale);
        ++found.rows[static_cast<std::size_t>(at.kind)];
    }
    if (!mixed) return;
    // Nobody says which currency the product is in: none of them is taken.
    out.comparables.resize(own);
    found.other_currency += found.joined() + found.beyond_limit;
    found.beyond_limit = 0;
    found.rows = {};
}

}  // namespace assay::engine
