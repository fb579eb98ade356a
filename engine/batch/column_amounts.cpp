// Compares columns row by row; only rows with a quantity above one tell a unit from a total.
// SPDX-License-Identifier: MIT
#include "engine/batch/column_amounts.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/batch/csv_amount.hpp"
#include "engine/batch/header_words.hpp"

namespace assay::engine {
namespace {

using enum CsvField;
constexpr std::size_t none = ColumnEvidence::none;

struct Tally {
    std::size_t rows = 0;      // both can be read
    std::size_t products = 0;  // quantity x a = b
    std::size_t telling = 0;   // of these rows, those with a quantity above 1
    std::size_t telling_products = 0;
    std::size_t equal = 0, below = 0;  // a = b, a < b

    // Rows that could say otherwise do not.
    bool is_product() const noexcept { return telling > 0 && telling_products * 5 >= telling * 4; }
    bool is_equal() const noexcept { return rows > 0 && equal * 5 >= rows * 4; }
    bool is_below() const noexcept { return rows > 0 && below * 5 >= rows * 4; }
};

class Amounts {
  public:
    explicit Amounts(const ColumnEvidence& table) : table_(table) {
        int votes = 0;
        for (std::size_t i = 0; i < table.values.size(); ++i) {
            if (table.values[i].share(ValueKind::money) < 0.5) continue;
            for (const auto& row : table.rows)
                votes += i < row.size() ? decimal_comma_vote(row[i]) : 0;
        }
        decimal_comma_ = votes > 0;
    }

    std::optional<double> at(std::size_t row, std::size_t column) const {
        const auto& cells = table_.rows[row];
        if (column >= cells.size() || is_absent(cells[column])) return std::nullopt;
        const auto amount = read_csv_amount(cells[column], decimal_comma_);
        if (!amount) return std::nullopt;
        double value = 0;
        const std::string& text = amount->decimal;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }

    Tally compare(std::size_t quantity, std::size_t a, std::size_t b) const {
        Tally tally;
        for (std::size_t row = 0; row < table_.rows.size(); ++row) {
            const auto left = at(row, a), right = at(row, b);
            if (!left || !right) continue;
            const double count = quantity == none ? 1 : at(row, quantity).value_or(1);
            const double slack = 0.006 * std::max(1.0, count) + 1e-6 * std::abs(*right);
            const bool product = std::abs(count * *left - *right) <= slack;
            ++tally.rows;
            tally.products += product ? 1U : 0U;
            tally.telling += count > 1 ? 1U : 0U;
            tally.telling_products += count > 1 && product ? 1U : 0U;
            tally.equal += std::abs(*left - *right) <= 0.006 ? 1U : 0U;
            tally.below += *left < *right - 0.006 ? 1U : 0U;
        }
        return tally;
    }

  private:
    const ColumnEvidence& table_;
    bool decimal_comma_ = false;
};

std::string quoted(const ColumnEvidence& table, std::size_t column) {
    return "\"" + table.headers[column].substr(0, 60) + "\"";
}

void take(ColumnGuess& guess, CsvField field, double confidence, std::string why) {
    guess.field = field;
    guess.by = MappedBy::values;
    guess.confidence = confidence;
    guess.why = std::move(why);
}

struct Pair {
    CsvField unit, total;
};
constexpr Pair pairs[] = {{msrp, msrp_total}, {unit_cost, cost_total}};

// "Prix de vente", "Verkaufspreis": what a unit is to be sold at, unless the table has no other
// retail price.
void settle_sale_price(ColumnEvidence& table, const Amounts& amounts) {
    const std::size_t sale = table.column(target_price);
    constexpr int says_sale = 20;  // the tier of such headers; "Target Price" is clear
    if (sale == none || table.has(msrp) || table.guesses[sale].rank < says_sale) return;
    bool has_total = false;
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        const auto field = table.guesses[i].field;
        const bool total = field == msrp_total || field == any_total;
        has_total =
            has_total || (total && amounts.compare(table.column(quantity), sale, i).is_product());
    }
    const bool alone = !table.has(unit_cost) && !table.has(cost_total) && !table.has(any_price);
    if (has_total || alone)
        take(table.guesses[sale], msrp, 0.65,
             "the only price of the table, taken for the retail price");
}

// Headers that say unit where the values are totals, and the other way round.
void unswap(ColumnEvidence& table, const Amounts& amounts) {
    const std::size_t quantity_column = table.column(quantity);
    if (quantity_column == none) return;
    for (const Pair& pair : pairs) {
        const std::size_t unit = table.column(pair.unit), total = table.column(pair.total);
        if (unit == none || total == none || table.guesses[unit].is_users() ||
            table.guesses[total].is_users())
            continue;
        const Tally said = amounts.compare(quantity_column, unit, total);
        const Tally swapped = amounts.compare(quantity_column, total, unit);
        constexpr std::size_t telling_min = 3;
        if (said.is_product() || !swapped.is_product() || swapped.telling < telling_min) continue;
        const std::string why = quoted(table, unit) + " is quantity x " + quoted(table, total) +
                                " in " + std::to_string(swapped.telling_products) + " of " +
                                std::to_string(swapped.telling) + " rows: the headers are swapped";
        take(table.guesses[unit], pair.total, 0.9, why);
        take(table.guesses[total], pair.unit, 0.9, why);
        table.remarks.push_back(why);
    }
}

// A second column for a unit amount may be its total: "Retail" beside "Unit Retail".
void find_totals_among_losers(ColumnEvidence& table, const Amounts& amounts) {
    const std::size_t quantity_column = table.column(quantity);
    for (const Pair& pair : pairs) {
        for (std::size_t i = 0; i < table.guesses.size(); ++i) {
            const std::size_t winner = table.column(pair.unit);
            if (table.guesses[i].field != pair.unit || i == winner || table.has(pair.total) ||
                table.guesses[i].is_users() || quantity_column == none)
                continue;
            if (amounts.compare(quantity_column, winner, i).is_product()) {
                take(table.guesses[i], pair.total, 0.9,
                     "it is quantity x " + quoted(table, winner));
            } else if (!table.guesses[winner].is_users() &&
                       amounts.compare(quantity_column, i, winner).is_product()) {
                take(table.guesses[winner], pair.total, 0.9,
                     "it is quantity x " + quoted(table, i));
            }
        }
    }
}

// "VK" beside "UVP", "Offer Price" beside costs: what it is sold at, if nothing else says so.
void find_sale_among_losers(ColumnEvidence& table, const Amounts& amounts) {
    constexpr int retail_says_little = 30, cost_says_little = 20;  // the tiers of such headers
    for (std::size_t i = 0; i < table.guesses.size() && !table.has(target_price); ++i) {
        const std::size_t winner = table.column(msrp);
        const ColumnGuess& guess = table.guesses[i];
        const bool retail = guess.field == msrp && i != winner && guess.rank >= retail_says_little;
        const bool cost = guess.field == unit_cost && i != table.column(unit_cost) &&
                          guess.rank >= cost_says_little && winner != none;
        if (guess.is_users() || (!retail && !cost)) continue;
        if (!amounts.compare(none, i, winner).is_below()) continue;
        const bool unclear = guess.by == MappedBy::fuzzy && !table.has(unit_cost);
        take(table.guesses[i], unclear ? unit_cost : target_price, 0.7,
             "a price below " + quoted(table, winner) +
                 (unclear ? ": what a unit costs" : ": what it is to be sold at"));
    }
}

// A shop's former or regular price: what stands beside it is what the shop asks now.
bool is_crossed_out(const std::string& header) {
    constexpr std::string_view words[] = {"compare", "streich", "statt",  "barre",
                                          "tachado", "regul",   "normal", "habitual"};
    const std::string said = normalise_header(header);
    return std::any_of(std::begin(words), std::end(words),
                       [&](std::string_view word) { return said.find(word) != std::string::npos; });
}

// "Prix HT" and "Prix TTC".
bool differ_by_tax(const std::string& a, const std::string& b) {
    constexpr std::string_view taxes[] = {
        "ht",  "ttc", "netto", "brutto", "net",  "gross", "neto", "bruto",   "iva",  "sin", "con",
        "mit", "ust", "mwst",  "inkl",   "exkl", "zzgl",  "ohne", "incl",    "excl", "inc", "ex",
        "vat", "tax", "tva",   "hors",   "taxe", "sans",  "avec", "without", "with"};
    const auto bare = [&](const std::string& header) {
        std::vector<std::string> words = split_header(header).words;
        const auto end = std::remove_if(words.begin(), words.end(), [&](const std::string& word) {
            return std::find(std::begin(taxes), std::end(taxes), word) != std::end(taxes);
        });
        const bool taxed = end != words.end();
        words.erase(end, words.end());
        return std::pair(taxed, words);
    };
    const auto left = bare(a), right = bare(b);
    return (left.first || right.first) && !left.second.empty() && left.second == right.second;
}

void settle_price(ColumnEvidence& table, const Amounts& amounts, std::size_t i) {
    ColumnGuess& guess = table.guesses[i];
    const std::size_t quantity_column = table.column(quantity);
    const std::size_t retail = table.column(msrp), cost = table.column(unit_cost);
    for (const Pair& pair : pairs) {
        const std::size_t unit = table.column(pair.unit);
        if (unit == none || table.has(pair.total)) continue;
        if (amounts.compare(quantity_column, unit, i).is_product())
            return take(guess, pair.total, 0.9, "it is quantity x " + quoted(table, unit));
    }
    if (retail != none && cost == none && !table.has(target_price) &&
        is_crossed_out(table.headers[retail])) {
        return take(guess, target_price, 0.75,
                    "a price beside " + quoted(table, retail) + ", which it replaces");
    }
    if (retail != none && cost == none) {
        const Tally tally = amounts.compare(none, i, retail);
        if (tally.is_below() || tally.rows == 0)
            return take(guess, unit_cost, tally.is_below() ? 0.8 : 0.6,
                        "a price beside " + quoted(table, retail) +
                            (tally.is_below() ? " and below it" : "") + ": what a unit costs");
    }
    if (retail == none)
        return take(guess, msrp, 0.65,
                    cost == none
                        ? "the only price of the table, taken for the retail price"
                        : "a price beside " + quoted(table, cost) + ", taken for the retail price");
    if (differ_by_tax(table.headers[i], table.headers[retail]))
        return take(guess, msrp, 0.8, "the same price with or without tax");
    if (!table.has(target_price))
        return take(
            guess, target_price, 0.6,
            "a price beside " + quoted(table, retail) + ", taken for what it is to be sold at");
    guess.field.reset();
    guess.by = MappedBy::nothing;
    guess.why = "a price, but of what is not clear";
}

void settle_total(ColumnEvidence& table, const Amounts& amounts, std::size_t i) {
    ColumnGuess& guess = table.guesses[i];
    const std::size_t quantity_column = table.column(quantity);
    for (const Pair& pair : pairs) {
        const std::size_t unit = table.column(pair.unit);
        if (unit == none || table.has(pair.total)) continue;
        if (amounts.compare(quantity_column, unit, i).is_product())
            return take(guess, pair.total, 0.9, "it is quantity x " + quoted(table, unit));
    }
    for (const Pair& pair : pairs) {
        const std::size_t unit = table.column(pair.unit);
        if (unit == none || table.has(pair.total)) continue;
        const Tally tally = amounts.compare(quantity_column, unit, i);
        if (tally.rows == 0 || (tally.telling == 0 && tally.is_equal()))
            return take(guess, pair.total, 0.7, "a total beside " + quoted(table, unit));
    }
    if (!table.has(msrp) && !table.has(msrp_total) && !table.has(unit_cost))
        return take(guess, msrp_total, 0.6,
                    "the only amount of the table, taken for the total retail");
    guess.field.reset();
    guess.by = MappedBy::nothing;
    guess.why = "a total, but not of a unit amount of this table";
}

}  // namespace

void settle_amounts(ColumnEvidence& table) {
    const Amounts amounts(table);
    settle_sale_price(table, amounts);
    find_totals_among_losers(table, amounts);
    find_sale_among_losers(table, amounts);
    // "Unit Price" beside "Price": the one that is a unit in words is settled first.
    std::vector<std::size_t> prices;
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        if (table.guesses[i].field == any_price) prices.push_back(i);
    }
    const std::size_t quantity_column = table.column(quantity);
    std::stable_sort(prices.begin(), prices.end(), [&](std::size_t a, std::size_t b) {
        return quantity_column != none && amounts.compare(quantity_column, a, b).is_product();
    });
    for (const std::size_t i : prices)
        settle_price(table, amounts, i);
    for (std::size_t i = 0; i < table.guesses.size(); ++i) {
        if (table.guesses[i].field == any_total) settle_total(table, amounts, i);
    }
    unswap(table, amounts);
}

namespace {

// Columns that nothing is known of yet, by what their values could be.
struct Unknown {
    std::vector<std::size_t> counts, money;

    explicit Unknown(const ColumnEvidence& table) {
        for (std::size_t i = 0; i < table.guesses.size(); ++i) {
            if (table.guesses[i].field || table.guesses[i].known) continue;
            const ColumnValues& values = table.values[i];
            if (values.mostly(ValueKind::small, 1) && !values.counts_up) {
                counts.push_back(i);
            } else if (values.mostly(ValueKind::amount, 1)) {
                money.push_back(i);
            }
        }
    }
};

// The known column of a field alone, or those that could be it.
std::vector<std::size_t> candidates(const ColumnEvidence& table, CsvField field,
                                    const std::vector<std::size_t>& unknown) {
    const std::size_t known = table.column(field);
    return known == none ? unknown : std::vector<std::size_t>{known};
}

// Three columns of which two give the third are a quantity, a unit amount and its total, whatever
// they are called.
void find_triples(ColumnEvidence& table, const Amounts& amounts) {
    for (const Pair& pair : pairs) {
        Unknown unknown(table);
        // A column that is only the second to look like the unit amount may be anything.
        for (std::size_t i = 0; i < table.guesses.size(); ++i) {
            if (table.guesses[i].field == pair.unit && table.column(pair.unit) != i &&
                !table.guesses[i].is_users())
                unknown.money.push_back(i);
        }
        const auto give = [&](std::size_t i, CsvField field, double confidence, const char* why) {
            if (table.column(field) != i) take(table.guesses[i], field, confidence, why);
        };
        const auto counts = candidates(table, quantity, unknown.counts);
        const auto units = candidates(table, pair.unit, unknown.money);
        const auto totals = candidates(table, pair.total, unknown.money);
        for (const std::size_t q : counts) {
            for (const std::size_t a : units) {
                for (const std::size_t b : totals) {
                    if (a == b || q == a || q == b) continue;
                    constexpr std::size_t telling_min = 2;  // one row may be chance
                    const Tally tally = amounts.compare(q, a, b);
                    if (!tally.is_product() || tally.telling < telling_min) continue;
                    give(q, quantity, 0.8, "times one amount it is another");
                    give(a, pair.unit, 0.7, "quantity x it is another column");
                    give(b, pair.total, 0.8, "it is quantity x another column");
                    return;
                }
            }
        }
    }
}

}  // namespace

void guess_amounts(ColumnEvidence& table) {
    const Amounts amounts(table);
    find_triples(table, amounts);
    if (!table.headerless) return;
    const Unknown unknown(table);
    const auto give = [&](std::size_t i, CsvField field, std::string why) {
        if (!table.has(field)) take(table.guesses[i], field, 0.5, std::move(why));
    };
    if (!unknown.counts.empty())
        give(unknown.counts[0], quantity, "the first column of small whole numbers");
    if (unknown.money.size() == 1)
        give(unknown.money[0], msrp, "the only amount, taken for the retail price");
}

}  // namespace assay::engine
