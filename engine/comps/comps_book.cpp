// Finds a key's rows, and says what a book holds.
// SPDX-License-Identifier: MIT
#include "engine/comps/comps_book.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

static_assert(std::is_trivially_copyable_v<CompsRow>);
static_assert(std::has_unique_object_representations_v<CompsRow>, "its bytes are hashed");

template <class T>
std::string_view bytes_of(const std::vector<T>& values) noexcept {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// Of all that a join can show. Never 0.
std::uint64_t hash_of(const CompsTable& table) noexcept {
    std::uint64_t hash = hash64({reinterpret_cast<const char*>(&table.products), 8});
    for (const std::string_view section :
         {bytes_of(table.rows), bytes_of(table.keys), bytes_of(table.begins),
          bytes_of(table.postings), std::string_view(table.texts)})
        hash = hash64(section, hash);
    for (const std::string& source : table.sources)
        hash = hash64(source, hash);
    for (const Currency& currency : table.currencies)
        hash = hash64(currency.code(), hash);
    return hash == 0 ? 1 : hash;
}

}  // namespace

CompsBook::CompsBook(CompsTable table) : table_(std::move(table)), hash_(hash_of(table_)) {
    assert(table_.begins.size() == table_.keys.size() + 1);
    since_ = span().oldest;
    // About four keys to a place. Keys are hashes: they spread evenly.
    int bits = 1;
    while (bits < 31 && (std::size_t{4} << bits) < table_.keys.size())
        ++bits;
    shift_ = 64 - bits;
    directory_.resize((std::size_t{1} << bits) + 1);
    std::size_t key = 0;
    for (std::size_t place = 0; place < directory_.size(); ++place) {
        while (key < table_.keys.size() && (table_.keys[key] >> shift_) < place)
            ++key;
        directory_[place] = static_cast<std::uint32_t>(key);
    }
}

std::span<const std::uint32_t> CompsBook::find(std::uint64_t key) const noexcept {
    const auto place = static_cast<std::size_t>(key >> shift_);
    const auto first = table_.keys.begin() + directory_[place];
    const auto last = table_.keys.begin() + directory_[place + 1];
    const auto found = std::lower_bound(first, last, key);
    if (found == last || *found != key) return {};
    const auto at = static_cast<std::size_t>(found - table_.keys.begin());
    return std::span(table_.postings)
        .subspan(table_.begins[at], table_.begins[at + 1] - table_.begins[at]);
}

CompsBook::Span CompsBook::span() const noexcept {
    Span span;
    for (const CompsRow& row : table_.rows) {
        if (row.sold_at == CompsRow::undated) {
            ++span.undated;
            continue;
        }
        const TimePoint time = from_unix_milliseconds(row.sold_at);
        span.oldest = std::min(span.oldest.value_or(time), time);
        span.newest = std::max(span.newest.value_or(time), time);
    }
    return span;
}

std::size_t CompsBook::memory_bytes() const noexcept {
    return sizeof *this + bytes_of(table_.rows).size() + bytes_of(table_.keys).size() +
           bytes_of(table_.begins).size() + bytes_of(table_.postings).size() + table_.texts.size() +
           bytes_of(directory_).size();
}

}  // namespace assay::engine
