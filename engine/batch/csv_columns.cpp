// Headers make guesses, values judge them, the best column of each field wins.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_columns.hpp"

#include <algorithm>
#include <optional>

#include "engine/base/utf8.hpp"
#include "engine/batch/column_judge.hpp"
#include "engine/batch/header_table.hpp"
#include "engine/batch/key_table.hpp"

namespace assay::engine {
namespace {

using enum CsvField;

constexpr std::size_t key_bytes_max = 200;

// The schema's keys: a column of our own naming must not pass for one.
constexpr auto schema_keys = make_key_table(
    "product_id", "sku", "lot_id", "pallet_id", "lpn", "title", "brand", "model", "mpn", "color",
    "size", "variant", "description", "category", "language", "identifiers", "condition",
    "condition_notes", "quantity", "pack_size", "currency", "unit_cost", "msrp", "target_price",
    "weight_g", "dims_mm", "images", "image_count", "market", "comparables", "costs", "tax",
    "device", "risk", "overrides", "msrp_total", "cost_total");

ColumnGuess guess_header(const std::string& header) {
    ColumnGuess guess;
    const auto found = HeaderTable::embedded().guess(header);
    if (!found) return guess;
    guess.field = found->field;
    guess.known = !found->field;
    guess.rank = found->tier;
    guess.confidence = found->confidence;
    const std::string name(found->field ? to_string(*found->field) : "");
    const std::string like = "\"" + found->like + "\"";
    switch (found->how) {
        case HeaderMatch::own_name:
            guess.by = MappedBy::header;
            guess.why = "the field's own name";
            break;
        case HeaderMatch::synonym:
            guess.by = MappedBy::synonym;
            guess.why = "synonym of " + name;
            break;
        case HeaderMatch::words:
            guess.by = MappedBy::synonym;
            guess.why = "says the same as " + like;
            break;
        case HeaderMatch::part:
            guess.by = MappedBy::synonym;
            guess.why = "a part of it says " + like;
            break;
        case HeaderMatch::similar:
            guess.by = MappedBy::fuzzy;
            guess.why = "looks like " + like;
            break;
        case HeaderMatch::partly:
            guess.by = MappedBy::fuzzy;
            guess.why = "holds the words of " + like;
            break;
    }
    if (guess.known) {
        guess.by = MappedBy::nothing;
        guess.why = "known, but no field of a product";
    }
    return guess;
}

// "Item #" is the product at Costco, but the licence plate at Target, whose product is TCIN.
void settle_by_company(const std::vector<std::string>& headers, std::vector<ColumnGuess>& guesses) {
    const auto is = [](const std::string& header, std::string_view wanted) {
        return normalise_header(header) == wanted;
    };
    const bool target = std::any_of(headers.begin(), headers.end(),
                                    [&](const std::string& header) { return is(header, "tcin"); });
    const bool has_lpn = std::any_of(guesses.begin(), guesses.end(),
                                     [](const ColumnGuess& guess) { return guess.field == lpn; });
    for (std::size_t i = 0; i < headers.size() && target && !has_lpn; ++i) {
        if (!is(headers[i], "itemnumber") && !is(headers[i], "itemno")) continue;
        guesses[i].field = lpn;
        guesses[i].rank = 1;
        guesses[i].confidence = 0.9;
        guesses[i].why = "beside TCIN it is the licence plate";
    }
}

std::size_t header_named(const std::vector<std::string>& headers, std::string_view name) {
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (headers[i] == name) return i;
    }
    const std::string normalised = normalise_header(name);
    for (std::size_t i = 0; i < headers.size() && !normalised.empty(); ++i) {
        if (normalise_header(headers[i]) == normalised) return i;
    }
    return CsvColumns::none;
}

Result<void> apply_names(const std::vector<std::string>& headers,
                         const std::vector<std::pair<std::string, std::string>>& named,
                         std::vector<ColumnGuess>& guesses) {
    for (const auto& [field_name, header] : named) {
        const auto field = field_named(field_name);
        if (!field) {
            return fail(ErrorCode::invalid_argument, "\"" + field_name + "\" is not a field",
                        "--columns", "use one of " + all_field_names());
        }
        const std::size_t column = header_named(headers, header);
        if (column == CsvColumns::none) {
            std::string known;
            for (std::size_t i = 0; i < headers.size() && known.size() < 500; ++i)
                known += (known.empty() ? "\"" : ", \"") + headers[i].substr(0, 40) + "\"";
            return fail(ErrorCode::invalid_argument,
                        "\"" + header + "\" is not a header of this file", "--columns",
                        "its headers are " + known);
        }
        ColumnGuess guess;
        guess.field = *field;
        guess.rank = -2;
        guess.by = MappedBy::user;
        guess.confidence = 1;
        guess.why = "named by --columns";
        guesses[column] = std::move(guess);
    }
    return {};
}

// A "Description" that lost against a better title is the description; of several
// the one that says so best, then the longest.
void give_descriptions(ColumnEvidence& table) {
    const std::size_t winner = table.column(title);
    if (table.has(description)) return;
    std::size_t best = CsvColumns::none;
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        if (table.guesses[i].field != title || i == winner) continue;
        const std::string header = normalise_header(table.headers[i]);
        constexpr std::string_view says_so[] = {"desc", "beschreibung", "bezeichnung",
                                                "designation", "text"};
        if (std::none_of(std::begin(says_so), std::end(says_so), [&](std::string_view word) {
                return header.find(word) != std::string::npos;
            }))
            continue;
        if (best == CsvColumns::none || table.guesses[i].rank < table.guesses[best].rank ||
            (table.guesses[i].rank == table.guesses[best].rank &&
             table.values[i].characters > table.values[best].characters))
            best = i;
    }
    if (best == CsvColumns::none) return;
    table.guesses[best].field = description;
    table.guesses[best].confidence = 0.9;
    table.guesses[best].why = "another column is the better title";
}

// The keys under which cells without a field are kept: their headers, made unique. Columns with a
// field have one too, for cells that cannot be read as what the column holds.
void name_kept(std::vector<ColumnMapping>& mapping) {
    std::vector<std::string> used;
    for (std::size_t i = 0; i < mapping.size(); ++i) {
        std::string key = mapping[i].header.substr(0, key_bytes_max);
        // Cut inside a character, or none at all.
        if (key.empty() || !is_utf8(key)) key = "column " + std::to_string(i + 1);
        if (schema_keys.find(key) >= 0) key += " (column)";
        const std::string base = key;
        for (int copy = 2; std::find(used.begin(), used.end(), key) != used.end(); ++copy)
            key = base + " (" + std::to_string(copy) + ")";
        used.push_back(key);
        mapping[i].kept_as = std::move(key);
    }
}

// The winner of each field.
void choose(const ColumnEvidence& table, CsvColumns& columns) {
    for (std::size_t i = 0; i < csv_field_real_count; ++i) {
        const auto field = static_cast<CsvField>(i);
        columns.at[i] = table.column(field);
    }
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        if (table.guesses[i].field == images) columns.images.push_back(i);
    }
    const std::size_t id = columns.column(product_id);
    columns.id_is_guess = id != CsvColumns::none && table.guesses[id].by != MappedBy::user &&
                          table.guesses[id].by != MappedBy::header;
}

void describe(const ColumnEvidence& table, CsvColumns& columns) {
    for (std::size_t i = 0; i < table.headers.size(); ++i) {
        const ColumnGuess& guess = table.guesses[i];
        ColumnMapping& mapping = columns.mapping.emplace_back();
        mapping.header = table.headers[i];
        mapping.samples = table.values[i].samples;
        mapping.why = guess.why.empty() ? "not understood" : guess.why;
        mapping.by = guess.by;
        mapping.confidence = guess.confidence;
        if (!guess.field) continue;
        mapping.meaning = to_string(*guess.field);
        const std::size_t winner = columns.column(*guess.field);
        if (winner == i || guess.field == images) {
            mapping.field = mapping.meaning;
        } else {
            mapping.why = "\"" + table.headers[winner] + "\" is the better " + mapping.meaning;
        }
    }
    name_kept(columns.mapping);
}

// Currencies, units and days that headers name.
void read_headers(const ColumnEvidence& table, CsvColumns& columns) {
    for (std::size_t i = 0; i < csv_field_real_count; ++i) {
        const auto field = static_cast<CsvField>(i);
        const std::size_t column = columns.at[i];
        if (column == CsvColumns::none) continue;
        const HeaderWords words = split_header(table.headers[column]);
        if (is_amount(field)) {
            columns.currency[i] = words.currency;
            if (words.dollar) columns.currency[i] = *Currency::parse("USD");
        }
        const bool side = field == dims || field == length || field == width || field == height;
        if (field == weight) columns.weight_unit = words.unit;
        if (side && columns.dims_unit.empty()) columns.dims_unit = words.unit;
        if (field == sold_count) columns.sold_window_days = words.days;
    }
}

}  // namespace

std::size_t count_known_headers(const std::vector<std::string>& cells) {
    std::array<bool, csv_field_count> seen{};
    for (const std::string& cell : cells) {
        const auto guess = HeaderTable::embedded().guess(cell, false);
        if (guess && guess->field) seen[static_cast<std::size_t>(*guess->field)] = true;
    }
    return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

Result<CsvColumns> map_columns(const TableHeader& header,
                               std::span<const std::vector<std::string>> rows,
                               const std::vector<std::pair<std::string, std::string>>& named) {
    ColumnEvidence table{header.cells, rows,           look_at_values(rows, header.cells.size()),
                         {},           header.made_up, {}};
    for (const std::string& cell : header.cells)
        table.guesses.push_back(header.made_up ? ColumnGuess{} : guess_header(cell));
    settle_by_company(header.cells, table.guesses);
    if (auto applied = apply_names(header.cells, named, table.guesses); !applied)
        return applied.error();
    judge_by_values(table);
    give_descriptions(table);
    CsvColumns columns;
    choose(table, columns);
    describe(table, columns);
    read_headers(table, columns);
    columns.remarks = std::move(table.remarks);
    return columns;
}

}  // namespace assay::engine
