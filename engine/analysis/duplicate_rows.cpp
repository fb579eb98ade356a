// Sorts rows by id, numbers words by their hash, and holds one row against another.
// SPDX-License-Identifier: MIT
#include "engine/analysis/duplicate_rows.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "engine/base/ascii.hpp"
#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t common_model_min = 4;  // characters that two spellings of a model share
constexpr unsigned word_bits = 30, bucket_bits = 16;  // of a hash; of which buckets are made
constexpr float price_close = 0.25F;                  // of the logarithm: within 28 %

constexpr std::uint32_t bucket_of(std::uint32_t hash) noexcept {
    static_assert(word_of(~FeatureToken{0}) >> word_bits == 0);
    return hash >> (word_bits - bucket_bits);
}

// Hashes are spread evenly: by buckets first, each of which is short, they are sorted in one go.
std::vector<std::uint32_t> sorted_words(const std::vector<FeatureToken>& tokens) {
    std::vector<std::uint32_t> next((std::size_t{1} << bucket_bits) + 1, 0);
    for (const FeatureToken token : tokens)
        ++next[bucket_of(word_of(token)) + 1];
    std::partial_sum(next.begin(), next.end(), next.begin());
    std::vector<std::uint32_t> sorted(tokens.size());
    for (const FeatureToken token : tokens)
        sorted[next[bucket_of(word_of(token))]++] = word_of(token);
    auto begin = sorted.begin();  // next[b] is where bucket b ends now
    for (std::size_t bucket = 0; bucket + 1 < next.size(); ++bucket) {
        const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(next[bucket]);
        std::sort(begin, end);
        begin = end;
    }
    return sorted;
}

}  // namespace

DuplicateRows::DuplicateRows(std::vector<FeatureBlock> blocks) {
    gather(std::move(blocks));
    number_words();
    list_holders();
    list_models();
}

void DuplicateRows::gather(std::vector<FeatureBlock> blocks) {
    std::size_t rows = 0, tokens = 0, texts = 0;
    for (const FeatureBlock& block : blocks) {
        rows += block.rows.size();
        tokens += block.tokens.size();
        texts += block.texts.size();
    }
    rows_.reserve(rows);
    tokens_.reserve(tokens);
    texts_.reserve(texts);
    for (FeatureBlock& block : blocks) {
        for (const ProductFeatures& features : block.rows) {
            Row& row = rows_.emplace_back(Row{features, 0, 0, 0});
            row.features.id_at += static_cast<std::uint32_t>(texts_.size());
            row.features.models_at += static_cast<std::uint32_t>(texts_.size());
            row.features.tokens_at += static_cast<std::uint32_t>(tokens_.size());
        }
        tokens_.insert(tokens_.end(), block.tokens.begin(), block.tokens.end());
        texts_ += block.texts;
        block = {};  // what was copied is needed no more
    }
    const auto id_of = [&](const Row& row) {
        return std::string_view(texts_).substr(row.features.id_at, row.features.id_size);
    };
    std::sort(rows_.begin(), rows_.end(),
              [&](const Row& a, const Row& b) { return id_of(a) < id_of(b); });
}

void DuplicateRows::number_words() {
    const std::vector<std::uint32_t> all = sorted_words(tokens_);
    for (std::size_t at = 0; at < all.size();) {
        std::size_t end = at;
        while (end < all.size() && all[end] == all[at])
            ++end;
        hashes_.push_back(all[at]);
        frequencies_.push_back(static_cast<std::uint32_t>(end - at));
        at = end;
    }
    bucket_from_.assign((std::size_t{1} << bucket_bits) + 1, 0);
    for (const std::uint32_t hash : hashes_)
        ++bucket_from_[bucket_of(hash) + 1];
    std::partial_sum(bucket_from_.begin(), bucket_from_.end(), bucket_from_.begin());
    const auto count = static_cast<double>(rows_.size());
    for (const std::uint32_t frequency : frequencies_) {
        weights_.push_back(static_cast<float>(std::log1p(count / frequency)));
    }
    for (FeatureToken& token : tokens_) {
        const auto number = static_cast<std::uint32_t>(place_of(word_of(token)) - hashes_.begin());
        token = number << 2 | (token & 3U);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        for (const FeatureToken token : this->tokens(i))
            rows_[i].weight += weights_[word_of(token)];
    }
}

std::vector<std::uint32_t>::const_iterator DuplicateRows::place_of(
    std::uint32_t hash) const noexcept {
    const auto at = [&](std::uint32_t bucket) {
        return hashes_.begin() + static_cast<std::ptrdiff_t>(bucket_from_[bucket]);
    };
    return std::lower_bound(at(bucket_of(hash)), at(bucket_of(hash) + 1), hash);
}

void DuplicateRows::list_holders() {
    holders_from_.assign(hashes_.size() + 1, 0);
    const auto listed = [&](std::uint32_t word) {
        return frequencies_[word] >= 2 && frequencies_[word] <= rare_frequency_max;
    };
    for (std::uint32_t word = 0; word < hashes_.size(); ++word) {
        holders_from_[word + 1] = holders_from_[word] + (listed(word) ? frequencies_[word] : 0);
    }
    holders_.resize(holders_from_.back());
    std::vector<std::uint32_t> next(holders_from_.begin(), holders_from_.end() - 1);
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        for (const FeatureToken token : tokens(row)) {
            if (listed(word_of(token))) holders_[next[word_of(token)]++] = row;
        }
    }
}

void DuplicateRows::list_models() {
    for (Row& row : rows_) {
        row.models_from = static_cast<std::uint32_t>(models_.size());
        std::string_view rest =
            std::string_view(texts_).substr(row.features.models_at, row.features.models_size);
        while (!rest.empty()) {
            const std::string_view text = rest.substr(0, rest.find(' '));
            rest.remove_prefix(text.size() + 1);
            const auto hash = static_cast<std::uint32_t>(hash64(text) >> 34);
            const auto place = place_of(hash);
            if (place == hashes_.end() || *place != hash) continue;  // beyond the tokens kept
            const auto word = static_cast<std::size_t>(place - hashes_.begin());
            if (frequencies_[word] > rare_frequency_max) continue;
            const bool part = std::all_of(text.begin(), text.end(), is_digit);
            models_.push_back({text, part ? FeatureKind::part : FeatureKind::model});
        }
        row.models_until = static_cast<std::uint32_t>(models_.size());
    }
}

namespace {

enum class Agreement : std::uint8_t { unknown, contrary, same };

// JFS516 and JFS516NA, W150 and DSCW150: one maker's and one shop's way to write it.
bool is_same_model(std::string_view a, std::string_view b) noexcept {
    if (a.size() > b.size()) std::swap(a, b);
    if (a.size() < common_model_min) return false;
    return b.starts_with(a) || b.ends_with(a);
}

Agreement compare_models(std::span<const DuplicateRows::Model> a,
                         std::span<const DuplicateRows::Model> b) noexcept {
    bool a_names = false, b_names = false;
    for (const auto& one : a) {
        a_names = a_names || one.kind == FeatureKind::model;
        for (const auto& other : b) {
            if (is_same_model(one.text, other.text)) return Agreement::same;
        }
    }
    for (const auto& other : b)
        b_names = b_names || other.kind == FeatureKind::model;
    // A long number may be anything, so it contradicts nothing.
    return a_names && b_names ? Agreement::contrary : Agreement::unknown;
}

template <class Value>
bool contradict(Value a, Value b) noexcept {
    return a != Value{} && b != Value{} && a != b;
}

// 330 ml against 500 ml, or one of them against a pack of six; not ml against g.
bool contents_contradict(const ProductFeatures& a, const ProductFeatures& b) noexcept {
    if (a.content >> 14 != b.content >> 14 || a.content == 0) return false;
    return a.content != b.content || a.lot_quantity != b.lot_quantity;
}

bool contradict(const ProductFeatures& a, const ProductFeatures& b) noexcept {
    return contradict(a.gtin, b.gtin) || contradict(a.asin, b.asin) ||
           contradict(a.storage_gb, b.storage_gb) || contradict(a.region, b.region) ||
           contradict(a.size, b.size) || contradict(a.color, b.color) ||
           contents_contradict(a, b) ||
           contradict(a.lot_quantity - 1, b.lot_quantity - 1) ||  // of one: not said
           a.is_bundle != b.is_bundle || a.box_only != b.box_only;
}

// Two sets of which nothing is common: the home and the professional edition, for Mac and for PC.
bool are_disjoint(std::uint16_t a, std::uint16_t b) noexcept {
    return a != 0 && b != 0 && (a & b) == 0;
}

struct Overlap {
    float shared = 0;  // weight of common words
    int words = 0;     // how many they are
    int numbers_a = 0, numbers_b = 0, numbers_shared = 0;
};

Overlap overlap_of(const DuplicateRows& rows, std::size_t a, std::size_t b) noexcept {
    Overlap overlap;
    const auto one = rows.tokens(a), other = rows.tokens(b);
    std::size_t i = 0, j = 0;
    const auto is_number = [](FeatureToken token) {
        return kind_of(token) == FeatureKind::number ? 1 : 0;
    };
    while (i < one.size() && j < other.size()) {
        const std::uint32_t left = word_of(one[i]), right = word_of(other[j]);
        if (left == right) {
            overlap.shared += rows.weight(left);
            ++overlap.words;
            overlap.numbers_shared += is_number(one[i]);
            overlap.numbers_a += is_number(one[i++]);
            overlap.numbers_b += is_number(other[j++]);
        } else if (left < right) {
            overlap.numbers_a += is_number(one[i++]);
        } else {
            overlap.numbers_b += is_number(other[j++]);
        }
    }
    for (; i < one.size(); ++i)
        overlap.numbers_a += is_number(one[i]);
    for (; j < other.size(); ++j)
        overlap.numbers_b += is_number(other[j]);
    return overlap;
}

}  // namespace

PairScore score_pair(const DuplicateRows& rows, std::size_t a, std::size_t b,
                     const Defaults& defaults) noexcept {
    if (a > b) std::swap(a, b);  // the same additions in the same order
    const ProductFeatures& one = rows.row(a).features;
    const ProductFeatures& other = rows.row(b).features;
    PairScore pair;
    const auto agree = [&](std::uint64_t x, std::uint64_t y, DuplicateSignal signal) {
        if (x != 0 && x == y) pair.signals |= bit(signal);
        return x != 0 && x == y;
    };
    const bool exact = agree(one.gtin, other.gtin, DuplicateSignal::gtin);
    const bool same_asin = agree(one.asin, other.asin, DuplicateSignal::asin);
    const bool same_device = agree(one.imei, other.imei, DuplicateSignal::imei);
    const bool exact_too = same_asin || same_device;
    if (!exact && contradict(one, other)) {
        pair.conflict = true;  // most pairs end here: two codes, two sizes
        return pair;
    }
    const bool same_title = agree(one.title, other.title, DuplicateSignal::title);
    const Agreement models = compare_models(rows.models(a), rows.models(b));
    if (models == Agreement::same) pair.signals |= bit(DuplicateSignal::model);
    const Overlap overlap = overlap_of(rows, a, b);
    const bool numbers_contrary =
        overlap.numbers_a > 0 && overlap.numbers_b > 0 && overlap.numbers_shared == 0;
    // Volume 1 and volume 2, 2006 and 2007; one model may be described by different numbers.
    const bool lines_contrary = numbers_contrary || are_disjoint(one.editions, other.editions) ||
                                are_disjoint(one.platforms, other.platforms);
    const bool others =
        models == Agreement::contrary ? !same_title : lines_contrary && models != Agreement::same;
    pair.conflict = !exact && others && !exact_too;

    const float left = rows.row(a).weight - overlap.shared;
    const float right = rows.row(b).weight - overlap.shared;
    const auto extra = static_cast<float>(defaults.duplicate_extra_weight);
    const float against = (1 - extra) * std::max(0.F, std::min(left, right)) +
                          extra * std::max(0.F, std::max(left, right));
    // One word in common names no product.
    const bool some = overlap.words > 1 || models == Agreement::same;
    float score = some && overlap.shared > 0 ? overlap.shared / (overlap.shared + against) : 0;
    const bool numbers_differ =
        overlap.numbers_a != overlap.numbers_b || overlap.numbers_a != overlap.numbers_shared;
    const auto penalty = static_cast<float>(defaults.duplicate_version_penalty);
    if (numbers_differ) score *= 1 - (numbers_contrary ? penalty : penalty / 2);
    if (score > 0) pair.signals |= bit(DuplicateSignal::words);
    if (one.price != PriceKind::none && one.price == other.price &&
        one.currency == other.currency) {
        const float apart = std::abs(one.log_price - other.log_price);
        if (apart <= price_close) pair.signals |= bit(DuplicateSignal::price);
        score -= static_cast<float>(defaults.duplicate_price_weight) * std::min(apart, 1.5F);
    }
    if (models == Agreement::same) {
        score += static_cast<float>(defaults.duplicate_model_weight) * (1 - score);
    }
    pair.score = exact || exact_too ? 1.F : std::clamp(score, 0.F, 1.F);
    return pair;
}

}  // namespace assay::engine
