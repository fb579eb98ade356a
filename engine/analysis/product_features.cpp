// Tokens become hashes with their kind; identifiers become hashes; nothing else is kept.
// SPDX-License-Identifier: MIT
#include "engine/analysis/product_features.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "engine/analysis/title_synonyms.hpp"
#include "engine/base/ascii.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

static_assert(limits::product_id_bytes_max <= std::numeric_limits<std::uint8_t>::max());

std::uint64_t hash_or_none(std::string_view text) noexcept {
    return text.empty() ? 0 : std::max<std::uint64_t>(hash64(text), 1);
}

FeatureKind feature_kind(TokenKind kind) noexcept {
    switch (kind) {
        case TokenKind::number:
            return FeatureKind::number;
        case TokenKind::part:
            return FeatureKind::part;
        case TokenKind::model:
            return FeatureKind::model;
        case TokenKind::word:
        case TokenKind::measure:
            break;
    }
    return FeatureKind::word;
}

FeatureToken make_token(std::string_view key, FeatureKind kind) noexcept {
    const auto upper = static_cast<std::uint32_t>(hash64(key) >> 32);
    return (upper & ~std::uint32_t{3}) | static_cast<std::uint32_t>(kind);
}

// The tokens of one product, each word once, with the kind that says most.
class Tokens {
  public:
    void add(std::string_view key, FeatureKind kind) noexcept {
        const FeatureToken token = make_token(key, kind);
        for (std::size_t i = 0; i < count_; ++i) {
            if (word_of(tokens_[i]) != word_of(token)) continue;
            tokens_[i] = std::max(tokens_[i], token);
            return;
        }
        if (count_ < tokens_.size()) tokens_[count_++] = token;
    }
    std::uint8_t keep(std::vector<FeatureToken>& out) {
        const auto end = tokens_.begin() + static_cast<std::ptrdiff_t>(count_);
        std::sort(tokens_.begin(), end);
        out.insert(out.end(), tokens_.begin(), end);
        return static_cast<std::uint8_t>(count_);
    }

  private:
    std::array<FeatureToken, feature_tokens_max> tokens_{};
    std::size_t count_ = 0;
};

void add_brand(std::string_view brand, Tokens& tokens) noexcept {
    while (!brand.empty()) {
        const std::string_view word = brand.substr(0, brand.find(' '));
        brand.remove_prefix(std::min(word.size() + 1, brand.size()));
        if (word.size() > 1) tokens.add(word, FeatureKind::word);
    }
}

// A model that a field gives, as a title's tokens have it: DSC-W120 is dscw120.
class GivenModel {
  public:
    // `model` in normal form. Left empty by several words, by what has no digit, and by what is too
    // short to name anything.
    explicit GivenModel(std::string_view model) noexcept {
        std::size_t digits = 0;
        for (const char c : model) {
            if (c == '-' || c == '/' || c == '.') continue;
            if (c == ' ' || size_ == bytes_.size()) {
                size_ = 0;
                return;
            }
            if (is_digit(c)) ++digits;
            bytes_[size_++] = c;
        }
        const bool numeric = digits == size_;
        kind_ = numeric ? FeatureKind::part : FeatureKind::model;
        if (digits == 0 || size_ < (numeric ? 5 : 4)) size_ = 0;
    }
    std::string_view key() const noexcept { return {bytes_.data(), size_}; }
    FeatureKind kind() const noexcept { return kind_; }

  private:
    std::array<char, 32> bytes_{};
    std::size_t size_ = 0;
    FeatureKind kind_ = FeatureKind::model;
};

std::uint8_t short_hash(std::string_view name) noexcept {
    return name.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(hash64(name) | 1U);
}

// 330ml, 0.33l and 6x33cl hold the same; 0: the token names no content.
std::uint16_t content_of(std::string_view key) noexcept {
    struct Dimension {
        std::string_view unit;
        unsigned number;
        std::int64_t factor;
    };
    constexpr std::array<Dimension, 7> dimensions{{{"ml", 1, 1},
                                                   {"cl", 1, 10},
                                                   {"l", 1, 1'000},
                                                   {"g", 2, 1},
                                                   {"kg", 2, 1'000},
                                                   {"oz", 3, 1},
                                                   {"lb", 3, 16}}};
    const std::size_t end = key.find_last_of("0123456789");
    if (end == std::string_view::npos || end > 15) return 0;
    const std::string_view unit = key.substr(end + 1);
    const auto* found = std::find_if(dimensions.begin(), dimensions.end(),
                                     [&](const Dimension& of) { return of.unit == unit; });
    if (found == dimensions.end()) return 0;
    const std::string_view number = key.substr(0, end + 1).substr(key.rfind('x', end) + 1);
    std::int64_t thousandths = 0;
    int decimals = -1;  // behind a point
    for (const char c : number) {
        if (decimals >= 3) break;
        if (c == '.') {
            if (decimals >= 0) return 0;
            decimals = 0;
            continue;
        }
        thousandths = thousandths * 10 + (c - '0');
        if (decimals >= 0) ++decimals;
    }
    for (decimals = std::max(decimals, 0); decimals < 3; ++decimals)
        thousandths *= 10;
    const std::int64_t amount = thousandths * found->factor;
    const std::uint64_t hash = hash64({reinterpret_cast<const char*>(&amount), sizeof(amount)});
    return static_cast<std::uint16_t>(found->number << 14 | (hash & 0x3FFFU));
}

// Of a whole title: the one content that it names.
std::uint16_t content_of(const TokenList& tokens) noexcept {
    std::uint16_t content = 0;
    for (const TitleToken& token : tokens.tokens()) {
        if (token.kind != TokenKind::measure) continue;
        const std::uint16_t found = content_of(token.key);
        if (found == 0) continue;
        if (content != 0 && content != found) return 0;
        content = found;
    }
    return content;
}

void set_price(const Product& product, ProductFeatures& row) noexcept {
    const auto& [amount, kind] = product.msrp ? std::pair(product.msrp, PriceKind::msrp)
                                 : product.target_price
                                     ? std::pair(product.target_price, PriceKind::target)
                                     : std::pair(product.unit_cost, PriceKind::cost);
    if (!amount || *amount <= 0) return;
    row.price = kind;
    row.log_price = std::log(static_cast<float>(*amount));
    const std::string_view code = product.currency.code();
    std::copy_n(code.begin(), std::min(code.size(), row.currency.size()), row.currency.begin());
}

std::uint8_t quality_of(const Product& product, const Identity& identity,
                        const Attributes& attributes, std::size_t tokens) noexcept {
    int quality = identity.valid && identity.conflicts.empty() ? 16 : 0;
    quality += attributes.brand.empty() ? 0 : 6;
    quality += attributes.model.empty() ? 0 : 6;
    quality += product.condition == Condition::unknown ? 0 : 4;
    quality += product.unit_cost ? 4 : 0;
    quality += product.msrp ? 4 : 0;
    quality += product.has_comparables || !product.comparables.empty() ? 8 : 0;
    quality += product.description.empty() ? 0 : 3;
    quality += product.category.empty() ? 0 : 3;
    quality += product.image_count > 0 ? 3 : 0;
    quality += product.weight_grams ? 1 : 0;
    return static_cast<std::uint8_t>(quality + static_cast<int>(std::min<std::size_t>(tokens, 12)));
}

}  // namespace

void append_features(const Product& product, std::uint64_t index, const Identity& identity,
                     const Attributes& attributes, FeatureBlock& out) {
    assert(product.product_id.size() <= limits::product_id_bytes_max);
    ProductFeatures row;
    row.index = index;
    const bool sound = identity.conflicts.empty();
    if (sound && identity.gtin_usable) row.gtin = hash_or_none(identity.gtin14);
    if (sound) row.asin = hash_or_none(identity.asin);
    row.imei = hash_or_none(identity.imei);

    row.id_at = static_cast<std::uint32_t>(out.texts.size());
    row.id_size = static_cast<std::uint8_t>(product.product_id.size());
    out.texts += product.product_id;
    row.models_at = static_cast<std::uint32_t>(out.texts.size());
    Tokens tokens;
    bool named = false;
    const auto keep_model = [&](std::string_view key) {
        const std::size_t used = out.texts.size() - row.models_at;
        if (used + key.size() + 1 <= feature_models_bytes_max) out.texts.append(key).push_back(' ');
    };
    const GivenModel given(attributes.model_from_title ? std::string_view() : attributes.model);
    if (!given.key().empty()) {
        tokens.add(given.key(), given.kind());
        keep_model(given.key());
    }
    for (const TitleToken& token : attributes.tokens.tokens()) {
        const Synonym known = synonym_table.find(word_key(token.key));
        const FeatureKind kind = known.is_number ? FeatureKind::number : feature_kind(token.kind);
        tokens.add(known.text.empty() ? token.key : known.text, kind);
        row.editions |= known.editions;
        row.platforms |= known.platforms;
        named = named || kind == FeatureKind::model;
        const bool kept = kind == FeatureKind::model || kind == FeatureKind::part;
        if (kept && token.key != given.key()) keep_model(token.key);
    }
    row.models_size = static_cast<std::uint8_t>(out.texts.size() - row.models_at);
    add_brand(attributes.brand, tokens);
    row.tokens_at = static_cast<std::uint32_t>(out.tokens.size());
    row.token_count = tokens.keep(out.tokens);
    // A title of one or two words ("mixed lot") names no product.
    if (named || attributes.tokens.tokens().size() >= 3) row.title = attributes.tokens_hash;

    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    row.storage_gb =
        static_cast<std::int32_t>(std::clamp<std::int64_t>(attributes.variant.storage_gb, 0, most));
    row.lot_quantity =
        static_cast<std::int32_t>(std::clamp<std::int64_t>(attributes.lot_quantity, 1, most));
    row.region = short_hash(attributes.variant.region);
    row.size = short_hash(attributes.variant.size);
    row.color = short_hash(attributes.variant.color);
    row.content = content_of(attributes.tokens);
    row.is_bundle = attributes.is_bundle;
    row.box_only = attributes.box_only;
    set_price(product, row);
    row.quality = quality_of(product, identity, attributes, row.token_count);
    out.rows.push_back(row);
}

}  // namespace assay::engine
