// Reads a table of exchange rates, and finds the one that held on a day.
// SPDX-License-Identifier: MIT
#include "engine/batch/exchange_rates.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string>
#include <tuple>

#include "engine/base/ascii.hpp"
#include "engine/base/clock.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/limits.hpp"
#include "engine/batch/csv_reader.hpp"

namespace assay::engine {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// Beyond these no pair of currencies has ever been; a slip of the decimal sign mostly is.
constexpr double rate_min = 1e-9, rate_max = 1e9;
constexpr std::array<std::string_view, 4> column_names = {"date", "base", "quote", "rate"};
constexpr std::string_view remedy = "write rows like 2026-05-22,EUR,USD,1.1301 under a header";

char delimiter_of(std::string_view bytes) noexcept {
    const std::string_view header = bytes.substr(0, bytes.find_first_of("\r\n"));
    for (const char delimiter : {';', '\t'}) {
        if (header.find(delimiter) != std::string_view::npos) return delimiter;
    }
    return ',';
}

double power_of_ten(int exponent) noexcept {
    double power = 1;
    for (int i = 0; i < std::abs(exponent); ++i)
        power *= 10;
    return exponent < 0 ? 1 / power : power;
}

// The header first, then a rate a row.
class Reader {
  public:
    Reader(std::string_view name, char delimiter) : name_(name), delimiter_(delimiter) {}

    Result<void> take(const TableRecord& record) {
        if (record.fault) return *record.fault;
        const bool blank = std::all_of(record.cells.begin(), record.cells.end(),
                                       [](std::string_view cell) { return trim(cell).empty(); });
        if (blank) return {};
        if (!has_header_) return header(record);
        if (rows_.size() == ExchangeRates::rows_max) {
            return fail(ErrorCode::payload_too_large,
                        std::string(name_) + ": has more than " +
                            std::to_string(ExchangeRates::rows_max) + " rates",
                        "--rates", "leave out the years that no sale is of");
        }
        return row(record);
    }

    Result<std::vector<ExchangeRates::Row>> finish() {
        if (!has_header_ || rows_.empty()) return at(0, "holds no exchange rate");
        // A rate that is there twice must be the same, or nobody knows which one holds.
        std::vector<const Line*> sorted;
        for (const Line& line : rows_)
            sorted.push_back(&line);
        const auto key = [](const Line* line) {
            return std::tuple(line->row.base.code(), line->row.quote.code(), line->row.date,
                              line->number);
        };
        std::sort(sorted.begin(), sorted.end(),
                  [&](const Line* a, const Line* b) { return key(a) < key(b); });
        for (std::size_t i = 1; i < sorted.size(); ++i) {
            const ExchangeRates::Row& a = sorted[i - 1]->row;
            const ExchangeRates::Row& b = sorted[i]->row;
            if (a.base == b.base && a.quote == b.quote && a.date == b.date && a.rate != b.rate) {
                return at(sorted[i]->number, "gives another rate than line " +
                                                 std::to_string(sorted[i - 1]->number) +
                                                 " for the same day");
            }
        }
        std::vector<ExchangeRates::Row> rows;
        rows.reserve(rows_.size());
        for (const Line& line : rows_)
            rows.push_back(line.row);
        return rows;
    }

  private:
    struct Line {
        ExchangeRates::Row row;
        std::uint64_t number = 0;
    };

    Error at(std::uint64_t line, std::string message) const {
        Error error = fail(ErrorCode::invalid_input,
                           std::string(name_) +
                               (line > 0 ? ", line " + std::to_string(line) : std::string()) +
                               ": " + std::move(message),
                           "--rates", std::string(remedy));
        if (line > 0) error.line = line;
        return error;
    }

    Result<void> header(const TableRecord& record) {
        for (std::size_t name = 0; name < column_names.size(); ++name) {
            const auto is_it = [&](std::string_view cell) {
                cell = trim(cell);
                return std::equal(cell.begin(), cell.end(), column_names[name].begin(),
                                  column_names[name].end(),
                                  [](char a, char b) { return to_lower(a) == b; });
            };
            const auto found = std::find_if(record.cells.begin(), record.cells.end(), is_it);
            if (found == record.cells.end())
                return at(record.line, "has no column " + std::string(column_names[name]));
            columns_[name] = static_cast<std::size_t>(found - record.cells.begin());
        }
        has_header_ = true;
        return {};
    }

    Result<void> row(const TableRecord& record) {
        std::array<std::string_view, 4> cells;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (columns_[i] < record.cells.size()) cells[i] = trim(record.cells[columns_[i]]);
            if (cells[i].empty()) return at(record.line, "has no " + std::string(column_names[i]));
        }
        Line line;
        line.number = record.line;
        const auto time = parse_time(cells[0]);
        if (cells[0].size() != 10 || !time)
            return at(record.line, "the date is not like 2026-05-22");
        line.row.date = std::chrono::floor<days>(*time);
        for (const std::size_t i : {1U, 2U}) {
            const auto currency = Currency::parse(cells[i]);
            if (!currency) {
                return at(record.line,
                          "the " + std::string(column_names[i]) +
                              " is no ISO 4217 currency: " + std::string(cells[i].substr(0, 16)));
            }
            (i == 1 ? line.row.base : line.row.quote) = *currency;
        }
        if (line.row.base == line.row.quote) return at(record.line, "base and quote are the same");
        if (!read_rate(cells[3], line.row.rate))
            return at(record.line, "the rate is no number above 0");
        rows_.push_back(line);
        return {};
    }

    bool read_rate(std::string_view cell, double& rate) {
        number_.assign(cell);
        if (delimiter_ != ',') std::replace(number_.begin(), number_.end(), ',', '.');
        const char* end = number_.data() + number_.size();
        const auto read = std::from_chars(number_.data(), end, rate, std::chars_format::fixed);
        return read.ec == std::errc() && read.ptr == end && rate >= rate_min && rate <= rate_max;
    }

    std::string_view name_;
    char delimiter_;
    bool has_header_ = false;
    std::array<std::size_t, 4> columns_{};
    std::vector<Line> rows_;
    std::string number_;
};

}  // namespace

std::uint64_t ExchangeRates::pair_of(Currency from, Currency to) noexcept {
    std::uint64_t pair = 0;
    for (const std::string_view code : {from.code(), to.code()}) {
        for (const char c : code)
            pair = pair << 8 | static_cast<unsigned char>(c);
    }
    return pair;
}

ExchangeRates::ExchangeRates(const std::vector<Row>& rows) : count_(rows.size()) {
    rates_.reserve(2 * rows.size());
    for (const Row& row : rows) {
        rates_.push_back({pair_of(row.base, row.quote), row.date, row.rate, false});
        rates_.push_back({pair_of(row.quote, row.base), row.date, 1 / row.rate, true});
        currencies_.push_back(row.base);
        currencies_.push_back(row.quote);
        newest_ = std::max(newest_, row.date);
    }
    // Of one pair and day the table's own direction stands first, and is the one that stays.
    std::sort(rates_.begin(), rates_.end(), [](const Rate& a, const Rate& b) {
        return std::tuple(a.pair, a.date, a.reversed, a.rate) <
               std::tuple(b.pair, b.date, b.reversed, b.rate);
    });
    const auto same_day = [](const Rate& a, const Rate& b) {
        return a.pair == b.pair && a.date == b.date;
    };
    rates_.erase(std::unique(rates_.begin(), rates_.end(), same_day), rates_.end());
    std::sort(currencies_.begin(), currencies_.end(),
              [](Currency a, Currency b) { return a.code() < b.code(); });
    currencies_.erase(std::unique(currencies_.begin(), currencies_.end()), currencies_.end());

    std::string bytes;
    for (const Rate& rate : rates_) {
        const auto day = static_cast<std::int64_t>(rate.date.time_since_epoch().count());
        bytes.append(reinterpret_cast<const char*>(&rate.pair), sizeof rate.pair);
        bytes.append(reinterpret_cast<const char*>(&day), sizeof day);
        bytes.append(reinterpret_cast<const char*>(&rate.rate), sizeof rate.rate);
    }
    hash_ = std::max<std::uint64_t>(hash64(bytes), 1);
}

const ExchangeRates::Rate* ExchangeRates::newest_of(Currency from, Currency to, sys_days on,
                                                    days age_max) const noexcept {
    const std::uint64_t pair = pair_of(from, to);
    const auto after = std::upper_bound(
        rates_.begin(), rates_.end(), std::pair(pair, on),
        [](const auto& wanted, const Rate& rate) {
            return wanted.first != rate.pair ? wanted.first < rate.pair : wanted.second < rate.date;
        });
    if (after == rates_.begin()) return nullptr;
    const Rate& rate = *std::prev(after);
    return rate.pair == pair && on - rate.date <= age_max ? &rate : nullptr;
}

std::optional<ExchangeRates::Found> ExchangeRates::find(Currency from, Currency to, sys_days on,
                                                        days age_max) const noexcept {
    if (from.empty() || to.empty()) return std::nullopt;
    if (from == to) return Found{1, on, {}};
    const double minor = power_of_ten(to.exponent() - from.exponent());
    if (const Rate* rate = newest_of(from, to, on, age_max))
        return Found{rate->rate * minor, rate->date, {}};
    std::optional<Found> best;
    for (const Currency middle : currencies_) {
        const Rate* there = newest_of(from, middle, on, age_max);
        if (there == nullptr) continue;
        const Rate* on_from_there = newest_of(middle, to, on, age_max);
        if (on_from_there == nullptr) continue;
        const sys_days date = std::min(there->date, on_from_there->date);
        if (best && best->date >= date) continue;
        best = Found{there->rate * on_from_there->rate * minor, date, middle};
    }
    return best;
}

Result<ExchangeRates> read_exchange_rates(std::string_view bytes, std::string_view name) {
    if (bytes.size() > ExchangeRates::file_bytes_max) {
        return fail(ErrorCode::payload_too_large, std::string(name) + ": is larger than 32 MiB",
                    "--rates", "leave out the years that no sale is of");
    }
    if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
    const char delimiter = delimiter_of(bytes);
    Reader rows(name, delimiter);
    CsvReader table(delimiter, [&](const TableRecord& record) { return rows.take(record); });
    if (auto fed = table.feed(bytes); !fed) return fed.error();
    if (auto finished = table.finish(); !finished) return finished.error();
    auto read = rows.finish();
    if (!read) return read.error();
    return ExchangeRates(*read);
}

}  // namespace assay::engine
