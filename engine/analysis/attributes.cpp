// Attributes from a title's words: brand, model, variant, language; lot and condition as words say.
// SPDX-License-Identifier: MIT
#include "engine/analysis/attributes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "engine/analysis/key_table.hpp"
#include "engine/base/ascii.hpp"
#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

using Words = std::span<const std::string_view>;

// A title's words, and what they begin with for the tables of phrases.
struct Title {
    Words words;
    std::span<const std::uint64_t> starts;

    std::optional<PhraseTable::Match> find(const PhraseTable& table,
                                           std::size_t at) const noexcept {
        return table.find_at(words, at, starts[at]);
    }
};

// --- language ------------------------------------------------------------------------------------

enum class Speech : std::uint8_t { none, english, german };
constexpr WordGroup<Speech> speech_groups[] = {
    {Speech::english,
     "the and with for of new used in by from without not working condition box only sealed open "
     "black white silver red blue green yellow gray size set pack men women kids case cover lot "
     "wireless charger cable battery camera phone game kit set"},
    {Speech::german,
     "der die das und mit für fuer von neu gebraucht im aus ohne nicht defekt zustand nur ovp "
     "schwarz weiss silber rot blau grün gruen gelb grau grösse stück stueck stk herren damen "
     "kinder hülle huelle ladegerät ladegeraet kabel akku kamera handy spiel zoll gr inkl "
     "konvolut"},
};
constexpr KeyTable<Speech> speech_table(speech_groups);

std::string_view spoken(const TokenList& tokens) noexcept {
    int english = 0, german = 0;
    for (const std::string_view word : tokens.atoms()) {
        switch (speech_table.find(word_key(word))) {
            case Speech::english:
                ++english;
                break;
            case Speech::german:
                ++german;
                break;
            case Speech::none:
                break;
        }
    }
    if (english == german) return {};
    return english > german ? "en" : "de";
}

// The language of a tag where it is written soundly: "de-AT" is de.
std::string_view primary_language(std::string_view tag) noexcept {
    const std::string_view primary = tag.substr(0, tag.find('-'));
    const bool sound = primary.size() == 2 && primary[0] >= 'a' && primary[0] <= 'z' &&
                       primary[1] >= 'a' && primary[1] <= 'z';
    return sound ? primary : std::string_view();
}

// --- what the words name -------------------------------------------------------------------------

// Behind these a brand is whose things it fits, not who made it.
bool is_for(std::string_view word) noexcept {
    constexpr std::array<std::string_view, 9> words = {
        "for", "für", "fuer", "fits", "fit", "compatible", "kompatibel", "passend", "with"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<PhraseTable::Match> brand_in(const Title& title, const PhraseTable& brands) noexcept {
    for (std::size_t at = 0; at < title.words.size(); ++at) {
        const auto match = title.find(brands, at);
        if (match && !(at > 0 && is_for(title.words[at - 1]))) return match;
    }
    return std::nullopt;
}

bool is_company_word(std::string_view word) noexcept {
    constexpr std::array<std::string_view, 18> words = {
        "inc",     "corp",     "corporation", "co",       "company", "llc",
        "ltd",     "limited",  "gmbh",        "ag",       "kg",      "sa",
        "systems", "products", "electronics", "software", "usa",     "america"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The table's name for a brand as it was given; empty: it has none.
std::string_view known_brand(Words words, const PhraseTable& brands) noexcept {
    if (words.empty()) return {};
    const auto match = brands.find_at(words, 0);
    if (!match) return {};
    const Words rest = words.subspan(match->count);
    return std::all_of(rest.begin(), rest.end(), is_company_word) ? match->name
                                                                  : std::string_view();
}

bool holds(Words words, Words some) noexcept {
    return !some.empty() &&
           std::search(words.begin(), words.end(), some.begin(), some.end()) != words.end();
}

// The one name that the words have of a table; empty: none, or several.
std::string_view only_one(const Title& title, const PhraseTable& table, std::size_t skip_from,
                          std::size_t skip_count) noexcept {
    std::string_view name;
    for (std::size_t at = 0; at < title.words.size();) {
        if (at >= skip_from && at < skip_from + skip_count) {
            ++at;
            continue;
        }
        const auto match = title.find(table, at);
        if (!match) {
            ++at;
            continue;
        }
        if (!name.empty() && name != match->name) return {};
        name = match->name;
        at += match->count;
    }
    return name;
}

std::string_view carrier_in(const Title& title, const PhraseTable& carriers,
                            bool is_phone) noexcept {
    std::string_view name;
    for (std::size_t at = 0; at < title.words.size(); ++at) {
        const auto match = title.find(carriers, at);
        if (!match) continue;
        if (match->name == "unlocked") return match->name;
        if (is_phone && name.empty()) name = match->name;
        at += match->count - 1;
    }
    return name;
}

std::string_view size_in(Words words, const PhraseTable& sizes) noexcept {
    constexpr std::array<std::string_view, 6> introductions = {"size",   "sz",      "gr",
                                                               "grösse", "groesse", "taille"};
    for (std::size_t at = 0; at + 1 < words.size(); ++at) {
        if (std::find(introductions.begin(), introductions.end(), words[at]) ==
            introductions.end()) {
            continue;
        }
        const std::string_view next = words[at + 1];
        if (const auto named = sizes.find_at(words, at + 1)) return named->name;
        if (next.size() <= 4 && is_digit(next.front())) return next;
    }
    if (words.empty() || words.back().size() < 2) return {};
    return sizes.find_whole(words.last(1));
}

const TitleToken* best_model(const TokenList& list) noexcept {
    const TitleToken* best = nullptr;
    for (const TitleToken& token : list.tokens()) {
        if (token.kind != TokenKind::model) continue;
        if (best == nullptr || token.key.size() > best->key.size()) best = &token;
    }
    return best;
}

std::uint64_t hash_of_set(const TokenList& list, std::vector<std::uint64_t>& hashes) {
    hashes.clear();
    for (const TitleToken& token : list.tokens())
        hashes.push_back(hash64(token.key));
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    if (hashes.empty()) return 0;
    return hash64(
        {reinterpret_cast<const char*>(hashes.data()), hashes.size() * sizeof(hashes.front())});
}

// The product's own fields in normal form, one behind the other in a buffer of the analysis.
std::string_view keep_normal(std::string_view given, TextBuffer& kept) noexcept {
    if (given.empty()) return {};
    TextBuffer normal;
    normalise_text(given, DecimalMark::unknown, normal);
    const std::size_t begin = kept.size;
    if (!kept.append(normal.view())) return {};
    kept.close();
    return kept.view().substr(begin);
}

}  // namespace

void Attributes::clear() {
    title.clear();
    title.close();
    tokens.clear();
    title_facts.reset();
    given_.clear();
    brand = model = language = {};
    brand_from_title = model_from_title = language_from_title = condition_from_text = false;
    variant = {};
    tokens_hash = 0;
    condition = Condition::unknown;
    lot_quantity = 1;
    is_bundle = parts_only = box_only = false;
}

namespace {

TitleFacts facts_of_title(const TextFacts& facts) noexcept {
    return {facts.lot_quantity, facts.is_bundle, facts.parts_only, facts.box_only,
            facts.storage_gb};
}

struct BrandFound {
    std::string_view name;
    bool from_title = false;
    std::size_t first = 0, count = 0;  // of the words of the title
};

// The given one where it says the same as the title; else the given one too, unless the title
// begins with another and the given one (a distributor, often) is nowhere in it.
BrandFound find_brand(std::string_view given, const Title& title, const PhraseTable& brands,
                      TokenList& field) {
    BrandFound found;
    const auto match = brand_in(title, brands);
    if (match) found = {match->name, true, match->first, match->count};
    if (given.empty()) return found;
    field.read(given);
    const Words given_words(field.atoms());
    const std::string_view known = known_brand(given_words, brands);
    const std::string_view name = known.empty() ? given : known;
    const bool other = match && match->first == 0 && name != match->name &&
                       !name.starts_with(match->name) && !match->name.starts_with(name) &&
                       !holds(title.words, given_words);
    if (other) return found;
    found.name = name;
    found.from_title = false;
    return found;
}

void read_variant(const Product& product, const Tables& tables, const BrandFound& brand,
                  std::int64_t storage_gb, std::string_view given_color,
                  std::string_view given_size, const Title& title, TokenList& field,
                  Attributes& out) {
    Variant& variant = out.variant;
    variant.storage_gb = product.device.storage_gb.value_or(storage_gb);
    if (!given_color.empty()) {
        field.read(given_color);
        const std::string_view known = tables.variants.colors.find_whole(field.atoms());
        variant.color = known.empty() ? given_color : known;
    } else {
        variant.color = only_one(title, tables.variants.colors, brand.first, brand.count);
    }
    if (!given_size.empty()) {
        field.read(given_size);
        const std::string_view known = tables.variants.sizes.find_whole(field.atoms());
        variant.size = known.empty() ? given_size : known;
    } else {
        variant.size = size_in(title.words, tables.variants.sizes);
    }
    variant.region = only_one(title, tables.variants.regions, 0, 0);
    variant.carrier = carrier_in(title, tables.variants.carriers, variant.storage_gb > 0);
}

}  // namespace

TitleFacts read_title(std::string_view title, const TitleVocabulary& vocabulary,
                      DecimalMark mark) noexcept {
    return facts_of_title(read_words(title, vocabulary, mark));
}

void read_attributes(const Product& product, const Tables& tables, Attributes& out) {
    out.clear();
    normalise_text(product.title, decimal_mark_of(product.language), out.title);
    out.tokens.read(out.title.view());
    out.starts_.clear();
    for (const std::string_view word : out.tokens.atoms())
        out.starts_.push_back(PhraseTable::hash_of(word));
    const Title words{out.tokens.atoms(), out.starts_};
    const TextFacts title = read_words(out.title, product.title, tables.vocabulary);
    out.title_facts = facts_of_title(title);
    // Notes describe this very piece; their numbers ("2 pcs missing") are no lot.
    const TextFacts notes = product.condition_notes.empty()
                                ? TextFacts{}
                                : read_words(product.condition_notes, tables.vocabulary);

    const std::string_view given_brand = keep_normal(product.brand, out.given_);
    const std::string_view given_model =
        keep_normal(product.model.empty() ? product.mpn : product.model, out.given_);
    const std::string_view given_color = keep_normal(product.color, out.given_);
    const std::string_view given_size = keep_normal(product.size, out.given_);
    const BrandFound brand = find_brand(given_brand, words, tables.brands, out.field_);
    out.brand = brand.name;
    out.brand_from_title = brand.from_title;
    out.model = given_model;
    if (const TitleToken* model = given_model.empty() ? best_model(out.tokens) : nullptr) {
        out.model = model->text;
        out.model_from_title = true;
    }
    read_variant(product, tables, brand, title.storage_gb, given_color, given_size, words,
                 out.field_, out);
    out.tokens_hash = hash_of_set(out.tokens, out.hashes_);
    out.language = primary_language(product.language);
    if (out.language.empty()) {
        out.language = spoken(out.tokens);
        out.language_from_title = !out.language.empty();
    }

    out.condition = product.condition;
    if (out.condition == Condition::unknown) {
        // The ladder is not sorted by worth, but its words are: what is said worse counts.
        out.condition = worse(title.condition, notes.condition);
        out.condition_from_text = out.condition != Condition::unknown;
    }
    out.parts_only = out.condition == Condition::parts || title.parts_only || notes.parts_only;
    out.box_only = title.box_only || notes.box_only;
    out.is_bundle = title.is_bundle;
    out.lot_quantity = product.pack_size > 1 ? product.pack_size : title.lot_quantity;
}

void explain_attributes(const Attributes& attributes, EvidenceList& out) {
    if (attributes.brand_from_title) {
        out.add("attributes", "title", "brand_table").detail += attributes.brand;
    }
    if (attributes.model_from_title) {
        out.add("attributes", "title", "model_token").detail += attributes.model;
    }
    if (attributes.condition_from_text) {
        out.add("attributes", "title", "condition_words").detail += to_string(attributes.condition);
    }
}

}  // namespace assay::engine
