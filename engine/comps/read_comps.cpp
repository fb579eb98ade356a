// A reader of sold prices, a builder behind it, and the JSON of what came of it.
// SPDX-License-Identifier: MIT
#include "engine/comps/read_comps.hpp"

#include "engine/base/encoding.hpp"
#include "engine/base/error_json.hpp"
#include "engine/base/json_writer.hpp"
#include "engine/comps/comps_builder.hpp"

namespace assay::engine {
namespace {

void write_time(JsonWriter& json, std::string_view name, const std::optional<TimePoint>& time) {
    json.key(name);
    if (time)
        json.string(to_rfc3339(*time));
    else
        json.null();
}

void write_reading(JsonWriter& json, const SoldReport& report) {
    json.member("rows_read", static_cast<std::int64_t>(report.rows));
    json.member("skipped", static_cast<std::int64_t>(report.skipped));
    json.key("faults").begin_array();
    for (const Error& fault : report.first_faults)
        write_error(json, fault);
    json.end_array().key("columns").begin_array();
    for (const SoldColumn& column : report.columns) {
        json.begin_object().member("header", column.header).key("field");
        column.field.empty() ? json.null() : json.string(column.field);
        json.end_object();
    }
    json.end_array().member("encoding", report.encoding);
    json.key("remarks").begin_array();
    for (const std::string& remark : report.remarks)
        json.string(remark);
    json.end_array();
}

}  // namespace

std::string hash_text(const CompsBook& book) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(book.hash() >> (56 - 8 * i) & 0xffU);
    return "xxh3:" + to_hex(bytes);
}

std::string to_json(const LoadedComps& comps) {
    const CompsTable& table = comps.book->table();
    const CompsBook::Span span = comps.book->span();
    std::string text;
    JsonWriter json(text);
    json.begin_object().member("hash", hash_text(*comps.book));
    json.member("rows", static_cast<std::int64_t>(table.rows.size()));
    json.member("products", static_cast<std::int64_t>(table.products));
    json.key("currencies").begin_array();
    for (const Currency& currency : table.currencies)
        json.string(currency.code());
    json.end_array();
    write_time(json, "oldest", span.oldest);
    write_time(json, "newest", span.newest);
    json.member("undated", static_cast<std::int64_t>(span.undated));
    json.member("duplicates", static_cast<std::int64_t>(comps.duplicates));
    json.member("bytes", static_cast<std::int64_t>(comps.book->memory_bytes()));
    write_reading(json, comps.report);
    json.end_object();
    return text;
}

struct CompsReader::Body {
    Body(SoldReadOptions options, CompsReader::Watch given_watch, const TitleVocabulary& vocabulary)
        : watch(std::move(given_watch)),
          builder(vocabulary),
          prices(std::move(options), [this](const SoldRecord& record) {
              if (watch) watch(record);
              return builder.add(record);
          }) {}

    Watch watch;
    CompsBuilder builder;
    SoldPrices prices;
};

CompsReader::CompsReader(SoldReadOptions options, Watch watch, const TitleVocabulary& vocabulary)
    : body_(std::make_unique<Body>(std::move(options), std::move(watch), vocabulary)) {}
CompsReader::~CompsReader() = default;

Result<void> CompsReader::feed(std::string_view bytes) {
    return body_->prices.feed(bytes);
}

Result<LoadedComps> CompsReader::finish() {
    if (auto finished = body_->prices.finish(); !finished) return finished.error();
    LoadedComps loaded;
    loaded.book = body_->builder.finish();
    loaded.duplicates = body_->builder.duplicates();
    loaded.report = body_->prices.report();
    return loaded;
}

const SoldReport& CompsReader::report() const noexcept {
    return body_->prices.report();
}

}  // namespace assay::engine
