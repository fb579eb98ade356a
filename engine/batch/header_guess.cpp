// Exact first, then by words in any order, then by letters, then by the words that are known.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/base/ascii.hpp"
#include "engine/batch/header_table.hpp"

namespace assay::engine {
namespace {

// What a weaker way of recognising adds to the tier: a header that is listed beats one that looks
// like it.
constexpr int words_penalty = 2;
constexpr int part_penalty = 4;
constexpr int similar_penalty = 5;
constexpr int partly_penalty = 35;

}  // namespace

// Every word of the header counts.
std::optional<HeaderGuess> HeaderTable::guess_whole(std::string_view header) const {
    const std::string normalised = normalise_header(header);
    if (normalised.empty() || normalised.size() > header_length_max) return std::nullopt;
    if (const auto at = exact_.find(normalised); at != exact_.end()) {
        const Entry& entry = entries_[at->second];
        return HeaderGuess{entry.field, entry.tier, HeaderMatch::synonym, 0.95, entry.text};
    }
    if (const Entry* entry = find_bag(bag_of(header))) {
        return HeaderGuess{entry->field, entry->tier + words_penalty, HeaderMatch::words, 0.92,
                           entry->text};
    }
    if (auto total = guess_total(bag_of(header))) return total;
    return guess_code(header);
}

// What is listed of a unit, with a word for its total: "Total Trade Price".
std::optional<HeaderGuess> HeaderTable::guess_total(Bag bag) const {
    const auto take_out = [&](std::string_view word) {
        const auto at = std::find(bag.begin(), bag.end(), word);
        if (at == bag.end()) return false;
        bag.erase(at);
        return true;
    };
    if (!take_out("total")) return std::nullopt;
    const Entry* unit = find_bag(bag);
    if (unit == nullptr && (take_out("unit") || take_out("quantity"))) unit = find_bag(bag);
    if (unit == nullptr || !unit->field) return std::nullopt;
    constexpr std::pair<CsvField, CsvField> totals[] = {{CsvField::msrp, CsvField::msrp_total},
                                                        {CsvField::unit_cost, CsvField::cost_total},
                                                        {CsvField::any_price, CsvField::any_total}};
    for (const auto& [of_unit, of_all] : totals) {
        if (*unit->field == of_unit)
            return HeaderGuess{of_all, unit->tier + words_penalty, HeaderMatch::words, 0.9,
                               unit->text};
    }
    return std::nullopt;
}

// "Réf. produit", "Cod. Art.", "Item Ident": some number of the product; the table decides which.
std::optional<HeaderGuess> HeaderTable::guess_code(std::string_view header) const {
    bool of_product = false, id = false, type = false, several = false, ref = false;
    std::size_t codes = 0;
    for (const std::string& word : split_header(header).words) {
        if (nouns_.count(word) > 0) {
            of_product = true;
            several = several || word.ends_with('s');
            continue;
        }
        Bag meant;
        put_word(word, meant);
        for (const std::string& one : meant) {
            if (one != "number" && one != "code" && one != "ref" && one != "id" && one != "type")
                return std::nullopt;
            id = id || one == "id";
            type = type || one == "type";
            ref = ref || one == "ref";
            ++codes;
        }
    }
    of_product = of_product || (ref && codes > 1);  // "Nº ref."
    if (!of_product || codes == 0 || (type && codes > 1)) return std::nullopt;
    constexpr int tier = 12;
    if (several && !id && codes == 1 && normalise_header(header).find("n") == 0)
        return HeaderGuess{CsvField::quantity, tier, HeaderMatch::words, 0.85, "Number of Items"};
    if (type) return HeaderGuess{CsvField::category, tier, HeaderMatch::words, 0.9, "Product Type"};
    return HeaderGuess{id ? CsvField::any_id : CsvField::any_code, tier, HeaderMatch::words, 0.9,
                       id ? "Item ID" : "Item Number"};
}

// "Barcode (EAN)", "Marke/Hersteller", "Buy Box: Current": headers of several parts, which must
// agree; of identifiers the one that says which it is counts.
std::optional<HeaderGuess> HeaderTable::guess_parts(std::string_view header) const {
    std::optional<HeaderGuess> found;
    std::size_t parts = 0;
    bool head_unknown = false;
    for (std::size_t begin = 0; begin < header.size(); ++parts) {
        const std::size_t end = std::min(header.find_first_of("/|()[]:;,", begin), header.size());
        auto guess = guess_whole(header.substr(begin, end - begin));
        // "RAM (GB)" is about what it is called, not about its unit.
        const bool bracket = end < header.size() && (header[end] == '(' || header[end] == '[');
        if (parts == 0 && bracket && guess && !guess->field) return guess;
        head_unknown = head_unknown || (parts == 0 && !guess);
        begin = end + 1;
        if (!guess || !guess->field) continue;
        if (!found || found->field == CsvField::gtin) {
            if (found && !is_identifier(*guess->field)) continue;
            found = std::move(guess);
        } else if (found->field != guess->field && guess->field != CsvField::gtin &&
                   !is_ambiguous(*guess->field)) {
            return std::nullopt;
        }
    }
    if (!found || parts < 2) return std::nullopt;
    // "Whatever/Stk" is per piece, and no quantity.
    if (head_unknown && found->field == CsvField::quantity) return std::nullopt;
    found->tier += part_penalty;
    found->how = HeaderMatch::part;
    found->confidence = 0.88;
    return found;
}

std::optional<HeaderGuess> HeaderTable::guess(std::string_view header, bool also_similar) const {
    // The schema's own names, dots and all.
    for (std::size_t i = 0; i < csv_field_real_count; ++i) {
        const auto field = static_cast<CsvField>(i);
        if (header == to_string(field))
            return HeaderGuess{field, -1, HeaderMatch::own_name, 1.0, std::string(header)};
    }
    if (header == "weight_g")
        return HeaderGuess{CsvField::weight, -1, HeaderMatch::own_name, 1.0, "weight_g"};
    if (header.size() > 2 * header_length_max) return std::nullopt;
    if (auto whole = guess_whole(header)) return whole;
    // "MwSt" is one word, whatever its letters look like.
    std::string folded(header);
    std::transform(folded.begin(), folded.end(), folded.begin(), to_lower);
    if (auto whole = guess_whole(folded)) return whole;
    if (!also_similar) return std::nullopt;
    if (auto parts = guess_parts(header)) return parts;
    const std::string normalised = normalise_header(header);
    const std::vector<std::string> words = split_header(header).words;
    // Words that are all known are not misspelt: "Listing ID" is not "Listings".
    const bool misspelt = std::any_of(words.begin(), words.end(),
                                      [&](const std::string& word) { return !is_known(word); });
    if (misspelt && normalised.size() >= similar_length_min &&
        normalised.size() <= header_length_max) {
        double similarity = 0;
        if (const Entry* entry = most_similar(normalised, similarity)) {
            return HeaderGuess{entry->field, entry->tier + similar_penalty, HeaderMatch::similar,
                               similarity, entry->text};
        }
    }
    return guess_partly(header);
}

// A word that is the name of a code says what the column holds: "Retail SKU".
std::optional<HeaderGuess> HeaderTable::names_code(const Bag& bag) const {
    for (const std::string& word : bag) {
        const Entry* entry = find_bag({word});
        if (entry == nullptr || !entry->field) continue;
        if (is_identifier(*entry->field) || *entry->field == CsvField::sku ||
            *entry->field == CsvField::lpn)
            return HeaderGuess{entry->field, entry->tier + partly_penalty, HeaderMatch::partly,
                               0.65, entry->text};
    }
    return std::nullopt;
}

// What is left of a header without the words that nobody knows, or that may be left out.
std::optional<HeaderGuess> HeaderTable::guess_partly(std::string_view header) const {
    Bag bag;
    for (const std::string& word : split_header(header).words) {
        const std::string* meant = is_known(word) ? nullptr : nearly(word);
        put_word(meant == nullptr ? word : *meant, bag);
    }
    std::sort(bag.begin(), bag.end());
    bag.erase(std::unique(bag.begin(), bag.end()), bag.end());
    const auto partly = [&](double confidence) -> std::optional<HeaderGuess> {
        const Entry* entry = find_without_qualifiers(bag);
        if (entry == nullptr) return std::nullopt;
        return HeaderGuess{entry->field, entry->tier + partly_penalty, HeaderMatch::partly,
                           confidence, entry->text};
    };
    const auto leave_out = [&](auto is_out) {
        return bag.erase(std::remove_if(bag.begin(), bag.end(), is_out), bag.end()) != bag.end();
    };
    if (auto known = partly(0.75)) return known;
    leave_out([&](const std::string& word) { return strong_.count(word) == 0; });
    const auto veto = std::find_if(
        bag.begin(), bag.end(), [&](const std::string& word) { return vetoes_.count(word) > 0; });
    if (veto == bag.end()) {
        auto guess = partly(0.7);
        if (!guess) guess = names_code(bag);
        if (guess || std::find(bag.begin(), bag.end(), "description") == bag.end()) return guess;
        bag = {"description"};
        return partly(0.6);
    }
    // "Store UPC" is still a UPC, but "Retail Fee" and "Condition Date" are none of their words.
    const std::string why = *veto;
    leave_out([&](const std::string& word) { return vetoes_.count(word) > 0; });
    auto guess = partly(0.7);
    const bool names_product =
        guess && guess->field &&
        (is_identifier(*guess->field) || *guess->field == CsvField::sku ||
         (*guess->field == CsvField::battery && why == "percent") ||
         (*guess->field == CsvField::condition_notes && (why == "person" || why == "customer")));
    if (names_product) return guess;
    return HeaderGuess{std::nullopt, 0, HeaderMatch::partly, 0.7, why};
}

}  // namespace assay::engine
