// Rule by rule, in an order in which later rules may rely on earlier ones.
// SPDX-License-Identifier: MIT
#include "engine/batch/column_judge.hpp"

#include <algorithm>

#include "engine/batch/column_amounts.hpp"
#include "engine/batch/header_words.hpp"

namespace assay::engine {
namespace {

using enum CsvField;

constexpr std::size_t values_min = 3;  // fewer say nothing against a header

std::string quoted(const std::string& header) {
    return "\"" + header.substr(0, 60) + "\"";
}

std::string counted(const ColumnValues& values, std::size_t hits) {
    return std::to_string(hits) + " of " + std::to_string(values.filled);
}

void drop(ColumnGuess& guess, std::string why) {
    guess = {};
    guess.why = std::move(why);
}

void take(ColumnGuess& guess, CsvField field, int rank, double confidence, std::string why) {
    guess.field = field;
    guess.rank = rank;
    guess.by = MappedBy::values;
    guess.confidence = confidence;
    guess.why = std::move(why);
}

struct IdentifierKind {
    ValueKind kind;
    CsvField field;
    std::string_view name;
};
// Surest first: an ASIN has a shape of its own, a check digit is right by chance in one of ten.
constexpr IdentifierKind identifier_kinds[] = {{ValueKind::asin, asin, "ASINs"},
                                               {ValueKind::imei, imei, "IMEIs"},
                                               {ValueKind::lpn, lpn, "licence plates (LPN)"},
                                               {ValueKind::isbn, isbn, "ISBNs"},
                                               {ValueKind::gtin, gtin, "GTINs"}};

// The identifier that nearly all values are.
const IdentifierKind* identifier_of(const ColumnValues& values, std::size_t at_least) {
    for (const IdentifierKind& known : identifier_kinds) {
        if (values.mostly(known.kind, at_least)) return &known;
    }
    static constexpr IdentifierKind short_gtin = {ValueKind::gtin_8, gtin, "GTIN-8s"};
    return values.mostly(ValueKind::gtin_8, 5) ? &short_gtin : nullptr;
}

std::size_t fitting(const ColumnValues& values, CsvField field) {
    switch (field) {
        case gtin:
        case upc:
        case ean:
            return std::max(values.count(ValueKind::gtin) + values.count(ValueKind::gtin_8),
                            values.count(ValueKind::scientific));
        case isbn:
            return values.count(ValueKind::isbn);
        case asin:
            return values.count(ValueKind::asin) + values.count(ValueKind::isbn);
        case imei:
            return values.count(ValueKind::imei);
        default:
            return values.filled;
    }
}

// Whether `field` is taken; a GTIN is also where an EAN or UPC column is.
bool is_taken(const ColumnEvidence& table, CsvField field) {
    return table.has(field);
}

// A single value at the top of a column is a fact of the lot (a bid, its freight), not of the first
// product.
void set_lot_facts_apart(ColumnEvidence& table) {
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        ColumnGuess& guess = table.guesses[i];
        const ColumnValues& values = table.values[i];
        const bool money = guess.field ? is_amount(*guess.field)
                                       : values.count(ValueKind::amount) == 1 && !guess.is_users();
        if (!values.first_row_only || guess.is_users() || !money) continue;
        drop(guess, "one value, in the first row: of the lot, not of a product");
        guess.known = true;
        table.remarks.push_back(quoted(table.headers[i]) + " has one value, " + values.samples[0] +
                                ", in the first row: it belongs to the lot, not to a product");
    }
}

void check_identifiers(ColumnEvidence& table) {
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        ColumnGuess& guess = table.guesses[i];
        const ColumnValues& values = table.values[i];
        if (!guess.field || guess.is_users() || values.filled < values_min) continue;
        const bool checked = is_identifier(*guess.field) || *guess.field == lpn;
        if (!checked) continue;
        const CsvField said = *guess.field;
        const std::size_t fits = said == lpn ? values.count(ValueKind::lpn) : fitting(values, said);
        const IdentifierKind* other = identifier_of(values, values_min);
        const bool elsewhere = other != nullptr && fits * 5 <= values.filled &&
                               other->field != said && !table.has(other->field);
        if (elsewhere) {
            const std::string why = "headed " + std::string(to_string(said)) + ", but " +
                                    counted(values, values.count(other->kind)) + " values are " +
                                    std::string(other->name);
            table.remarks.push_back(quoted(table.headers[i]) + " is " + why);
            take(guess, other->field, 0, 0.9, why);
        } else if (said == lpn) {
            continue;
        } else if (guess.by == MappedBy::fuzzy && fits == 0) {
            drop(guess,
                 "only looks like " + std::string(to_string(said)) + ", and no value is one");
            continue;
        } else if (fits * 5 >= values.filled * 4) {
            guess.confidence = std::min(1.0, guess.confidence + 0.04);
            guess.why += "; " + counted(values, fits) + " values check";
        } else {
            guess.confidence = std::min(guess.confidence, 0.6);
            guess.why += "; only " + counted(values, fits) + " values check";
        }
        if (values.count(ValueKind::scientific) > 0) {
            table.remarks.push_back(
                quoted(table.headers[i]) + " holds numbers in scientific notation, such as " +
                values.scientific + ": a spreadsheet has lost their digits; export it as text");
        }
    }
}

bool looks_like_codes(const ColumnValues& values) {
    return values.filled >= 2 && values.share(ValueKind::code) >= 0.8 &&
           values.share(ValueKind::prose) == 0;
}

// "ID", "Code", "Item #": an identifier if the values are one, else the row's id or the seller's
// number for the product.
void settle_codes(ColumnEvidence& table) {
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        ColumnGuess& guess = table.guesses[i];
        const ColumnValues& values = table.values[i];
        const bool open = guess.field == any_code || guess.field == any_id;
        const bool unsure = open || guess.field == sku || guess.field == identifier;
        if (!unsure || guess.is_users()) continue;
        const IdentifierKind* kind = identifier_of(values, 2);
        const bool typed = guess.field == identifier && table.has(identifier_type);
        if (kind != nullptr && !typed && !is_taken(table, kind->field)) {
            const bool clear = guess.field == sku;
            if (clear && (kind->field != lpn && kind->field != asin)) continue;
            if (clear) {
                table.remarks.push_back(quoted(table.headers[i]) +
                                        " is headed sku, but its values are " +
                                        std::string(kind->name));
            }
            take(guess, kind->field, 20, 0.9, "its values are " + std::string(kind->name));
            continue;
        }
        if (!open) continue;
        if (kind != nullptr && guess.field == any_id && table.has(kind->field)) {
            take(guess, kind->field, 60, 0.8, "its values are " + std::string(kind->name) + " too");
            continue;
        }
        const bool names_rows = guess.field == any_id && !table.has(product_id) &&
                                !values.counts_up && values.filled == values.rows &&
                                values.distinct == values.filled && values.filled >= 2;
        if (guess.field == any_id && values.counts_up && table.headers[i].size() <= 3) {
            // Numbers of lines name rows too, and well.
            take(guess, product_id, 30, 0.6, "each row has another number");
            guess.by = MappedBy::header;
        } else if (names_rows) {
            take(guess, product_id, 30, 0.7, "each row has another value");
        } else {
            guess.field = sku;
            guess.rank += 25;
            guess.confidence = 0.75;
            guess.why += "; taken for the seller's number of the product";
        }
    }
}

// "Artikel", "Item": the name, unless its values are numbers of articles.
void check_titles(ColumnEvidence& table) {
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        ColumnGuess& guess = table.guesses[i];
        const ColumnValues& values = table.values[i];
        if (guess.is_users() || guess.field != title || !looks_like_codes(values)) continue;
        // A header that says title in earnest is one, unless another column has the names.
        const bool other = std::any_of(
            table.guesses.begin(), table.guesses.end(), [&](const ColumnGuess& another) {
                const auto at = static_cast<std::size_t>(&another - table.guesses.data());
                return at != i && another.field == title &&
                       table.values[at].mostly(ValueKind::prose, 2);
            });
        if (guess.rank < 20 && !other) continue;
        if (values.counts_up) {
            drop(guess, "its values count the rows");
            guess.known = true;
            continue;
        }
        if (values.mostly(ValueKind::small) && !values.counts_up && !table.has(quantity)) {
            take(guess, quantity, 20, 0.7, "its values are counts, not names");  // French "Nombre"
            continue;
        }
        const IdentifierKind* kind = identifier_of(values, 2);
        const CsvField field = kind != nullptr ? kind->field : sku;
        if (table.has(field)) continue;
        take(guess, field, 20, 0.8,
             kind != nullptr ? "its values are " + std::string(kind->name)
                             : "its values are codes, not names");
    }
}

struct Expectation {
    CsvField field;
    ValueKind kind;
    std::string_view wanted;
};
constexpr Expectation expectations[] = {
    {quantity, ValueKind::amount, "numbers"},
    {pack_size, ValueKind::amount, "numbers"},
    {currency, ValueKind::currency, "currencies"},
    {sold_count, ValueKind::amount, "numbers"},
    {monthly_sold, ValueKind::amount, "numbers"},
    {active_listings, ValueKind::amount, "numbers"},
    {competing_offers, ValueKind::amount, "numbers"},
    {sales_rank, ValueKind::amount, "numbers"},
    {image_count, ValueKind::amount, "numbers"},
    {weight, ValueKind::amount, "numbers"},
    {length, ValueKind::amount, "numbers"},
    {width, ValueKind::amount, "numbers"},
    {height, ValueKind::amount, "numbers"},
    {images, ValueKind::link, "links"},
};

// A table that gives width, height and depth has its length in the depth; one that gives length,
// width and depth, its height.
void place_depth(ColumnEvidence& table) {
    const std::size_t winner = table.column(length);
    for (std::size_t i = 0; i < table.guesses.size() && !table.has(height); ++i) {
        if (table.guesses[i].field != length || i == winner) continue;
        table.guesses[i].field = height;
        table.guesses[i].why += "; the height beside another length";
    }
}

// A reason for a return is no condition, even where one word says it: "Defective".
bool is_reason(const std::string& header) {
    constexpr std::string_view words[] = {"reason", "grund", "moti", "raison", "causa", "razon"};
    const std::string said = normalise_header(header);
    return std::any_of(std::begin(words), std::end(words),
                       [&](std::string_view word) { return said.find(word) != std::string::npos; });
}

// "Class" is a condition only where its values are grades, "Style" a number only where they are
// codes.
bool is_vague_and_wrong(const ColumnGuess& guess, const ColumnValues& values) {
    constexpr int says_little = 30;  // the tier of such headers
    if (guess.rank < says_little) return false;
    if (guess.field == condition) {
        const bool letters =
            values.characters <= 2 * values.filled && values.count(ValueKind::whole) == 0;
        return !letters && !values.mostly(ValueKind::condition, 2);
    }
    return guess.field == mpn && !looks_like_codes(values);
}

// Shops call the kind of their own record so: "simple", "variable".
bool is_record_kind(const ColumnValues& values) {
    constexpr std::string_view kinds[] = {"simple",  "variable",  "configurable", "virtual",
                                          "grouped", "variation", "bundle",       "downloadable"};
    return !values.samples.empty() &&
           std::all_of(values.samples.begin(), values.samples.end(), [&](const auto& sample) {
               return std::find(std::begin(kinds), std::end(kinds), sample) != std::end(kinds);
           });
}

bool is_count(CsvField field) {
    return field == quantity || field == pack_size || field == sold_count ||
           field == monthly_sold || field == active_listings || field == competing_offers ||
           field == sales_rank || field == image_count;
}

// Headers that say little are believed only where the values fit.
void check_vague(ColumnEvidence& table) {
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        ColumnGuess& guess = table.guesses[i];
        const ColumnValues& values = table.values[i];
        if (!guess.field || guess.is_users() || values.filled < 2) continue;
        if (is_vague_and_wrong(guess, values) && guess.field == condition &&
            values.mostly(ValueKind::prose, 2) && !table.has(condition_notes)) {
            take(guess, condition_notes, 30, 0.7, "its values are texts, not conditions");
        }
        if (is_vague_and_wrong(guess, values) ||
            (guess.field == category && is_record_kind(values))) {
            drop(guess, "known, but no field of a product");
            guess.known = true;
            continue;
        }
    }
}

// A header whose values cannot be read as what it says would fail every row: it is left alone, and
// that is said.
void check_kinds(ColumnEvidence& table) {
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        ColumnGuess& guess = table.guesses[i];
        const ColumnValues& values = table.values[i];
        const bool dates = values.filled > 0 && values.count(ValueKind::date) == values.filled;
        if (!guess.field || guess.is_users() || (values.filled < 2 && !dates)) continue;
        const auto contradict = [&](std::string_view wanted) {
            const std::string_view are = in_words(values);
            const std::string why = "headed " + std::string(to_string(*guess.field)) +
                                    ", but its values are no " + std::string(wanted) +
                                    (are.empty() ? "" : " but " + std::string(are));
            table.remarks.push_back(quoted(table.headers[i]) + " is " + why + "; kept as it is");
            drop(guess, why);
            guess.known = true;
        };
        if (guess.field == identifier_type && values.mostly(ValueKind::amount, 2))
            contradict("kinds of identifiers");
        if (!guess.field) continue;
        // Weight and its unit share their words in some languages; the values tell them apart.
        if (guess.field == weight && values.mostly(ValueKind::unit, 2)) guess.field = weight_unit;
        if (guess.field == weight_unit && values.mostly(ValueKind::amount, 2)) guess.field = weight;
        if (guess.field == condition_notes && !table.has(condition) &&
            !is_reason(table.headers[i]) && values.mostly(ValueKind::condition)) {
            take(guess, condition, 20, 0.85, "its values are conditions");
        }
        // Letters behind the number ("3 Stk") still make a count.
        const std::size_t numbers =
            values.count(ValueKind::amount) + values.count(ValueKind::measured);
        if (is_amount(*guess.field)) {
            if (numbers * 2 < values.filled) contradict("amounts");
            continue;
        }
        for (const Expectation& expected : expectations) {
            if (guess.field != expected.field) continue;
            if (is_count(*guess.field) && values.mostly(ValueKind::money, 2)) {
                contradict("whole numbers");
                break;
            }
            const bool number = expected.kind == ValueKind::amount;
            const std::size_t fits = number ? numbers : values.count(expected.kind);
            const bool readable =
                number && !dates && values.samples[0].find_first_of("0123456789") == 0;
            if (fits * 2 < values.filled && !readable) contradict(expected.wanted);
            break;
        }
        if (!guess.field) continue;
        const bool wants_words = guess.field == title || guess.field == brand ||
                                 guess.field == category || guess.field == condition ||
                                 guess.field == condition_notes;
        const bool numbers_only = values.mostly(ValueKind::money) ||
                                  values.mostly(ValueKind::date) ||
                                  values.mostly(ValueKind::link) ||
                                  (guess.field != condition && values.mostly(ValueKind::whole));
        if (wants_words && numbers_only) contradict("words");
    }
}

bool says_description(const std::string& header) {
    const std::string said = normalise_header(header);
    return said.find("desc") != std::string::npos || said.find("beschreib") != std::string::npos;
}

// "Article" beside "Description": the shorter of two texts is the name.
void prefer_names(ColumnEvidence& table) {
    constexpr int says_little = 30;  // the tier of "Article", "Item"
    const std::size_t winner = table.column(title);
    if (winner == ColumnEvidence::none || table.guesses[winner].is_users() ||
        table.guesses[winner].rank < 20 || !says_description(table.headers[winner]))
        return;
    const ColumnValues& long_one = table.values[winner];
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        ColumnGuess& guess = table.guesses[i];
        const ColumnValues& values = table.values[i];
        if (guess.field != title || i == winner || guess.rank < says_little) continue;
        const bool shorter = values.filled > 0 && values.characters * long_one.filled <
                                                      long_one.characters * values.filled;
        if (!shorter || values.share(ValueKind::prose) < 0.6 || says_description(table.headers[i]))
            continue;
        guess.rank = table.guesses[winner].rank - 1;
        return;
    }
}

// --- columns whose headers say nothing
// -------------------------------------------------------------

void find_title(ColumnEvidence& table) {
    if (table.has(title)) return;
    std::size_t best = ColumnEvidence::none;
    double best_length = 12;  // shorter ones are colours, brands, places
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        const ColumnGuess& guess = table.guesses[i];
        const ColumnValues& values = table.values[i];
        // "Device", beside a model or alone.
        constexpr int says_device = 10;
        const bool loses = guess.field == model && !guess.is_users() &&
                           (table.column(model) != i || guess.rank >= says_device);
        const bool free = (!guess.field && !guess.known) || guess.field == description || loses;
        if (!free || values.filled == 0 || values.share(ValueKind::prose) < 0.6 ||
            values.distinct * 2 < values.filled)
            continue;
        const double length =
            static_cast<double>(values.characters) / static_cast<double>(values.filled);
        if (length <= best_length) continue;
        best = i;
        best_length = length;
    }
    if (best == ColumnEvidence::none) return;
    take(table.guesses[best], title, 40, 0.7, "its values are the longest texts of the table");
}

void guess_one(ColumnEvidence& table, std::size_t i) {
    ColumnGuess& guess = table.guesses[i];
    const ColumnValues& values = table.values[i];
    const std::size_t at_least = table.headerless ? 1 : 2;
    const auto give = [&](CsvField field, double share, std::string why) {
        if (table.has(field)) return false;
        take(guess, field, 40, 0.9 * share, std::move(why));
        return true;
    };
    const IdentifierKind* kind = identifier_of(values, std::max<std::size_t>(at_least, 2));
    if (kind == nullptr && table.headerless) kind = identifier_of(values, 1);
    if (kind != nullptr &&
        give(kind->field, values.share(kind->kind), "values look like " + std::string(kind->name)))
        return;
    if (values.mostly(ValueKind::currency, at_least) &&
        give(currency, values.share(ValueKind::currency), "values look like currencies"))
        return;
    if (values.mostly(ValueKind::picture, at_least) &&
        give(images, values.share(ValueKind::picture), "values look like links to pictures"))
        return;
    if (values.mostly(ValueKind::condition, values_min) &&
        give(condition, values.share(ValueKind::condition), "values look like conditions"))
        return;
    if (values.mostly(ValueKind::id_type, at_least) && table.has(identifier) &&
        give(identifier_type, 1, "values look like kinds of identifiers"))
        return;
    const std::string_view looks = in_words(values);
    if (guess.why.empty())
        guess.why = looks.empty() ? "not understood"
                                  : "not understood; values look like " + std::string(looks);
}

}  // namespace

std::size_t ColumnEvidence::column(CsvField field) const noexcept {
    std::size_t best = none;
    for (std::size_t i = 0; i < guesses.size(); ++i) {
        if (guesses[i].field != field) continue;
        if (best == none || guesses[i].rank < guesses[best].rank) best = i;
    }
    return best;
}

void judge_by_values(ColumnEvidence& table) {
    set_lot_facts_apart(table);
    check_identifiers(table);
    check_titles(table);
    settle_codes(table);
    check_vague(table);
    check_kinds(table);
    place_depth(table);
    prefer_names(table);
    settle_amounts(table);
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        if (!table.guesses[i].field && !table.guesses[i].known) guess_one(table, i);
    }
    find_title(table);
    guess_amounts(table);
}

}  // namespace assay::engine
