// Names as in the report.
// SPDX-License-Identifier: MIT
#include "engine/batch/report_json.hpp"

#include "engine/base/error_json.hpp"

namespace assay::engine {
namespace {

void text_or_null(JsonWriter& writer, std::string_view key, std::string_view text) {
    writer.key(key);
    if (text.empty()) {
        writer.null();
    } else {
        writer.string(text);
    }
}

void write_texts(JsonWriter& writer, std::string_view key, const std::vector<std::string>& texts) {
    writer.key(key).begin_array();
    for (const std::string& text : texts)
        writer.string(text);
    writer.end_array();
}

void write_column(JsonWriter& writer, const ColumnMapping& column) {
    writer.begin_object().member("header", column.header);
    text_or_null(writer, "field", column.field);
    text_or_null(writer, "meaning", column.meaning);
    writer.member("by", to_string(column.by));
    writer.key("confidence").number(column.confidence, 2);
    writer.member("why", column.why);
    text_or_null(writer, "kept_as", column.field.empty() ? column.kept_as : "");
    write_texts(writer, "samples", column.samples);
    writer.end_object();
}

std::int64_t number(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}

void write_table(JsonWriter& writer, const IntakeReport& report) {
    text_or_null(writer, "delimiter", report.delimiter);
    writer.key("header_line");
    if (report.header_line == 0) {
        writer.null();
    } else {
        writer.integer(number(report.header_line));
    }
    writer.member("decimal_separator", report.decimal_comma ? "," : ".");
    write_texts(writer, "currencies", report.currencies);
    writer.key("dropped").begin_object();
    writer.member("preamble_lines", number(report.dropped.preamble));
    writer.member("total_rows", number(report.dropped.totals));
    writer.member("repeated_headers", number(report.dropped.repeated_headers)).end_object();
    writer.key("columns").begin_array();
    for (const ColumnMapping& column : report.columns)
        write_column(writer, column);
    writer.end_array();
    writer.key("unmapped").begin_array();
    for (const ColumnMapping& column : report.columns) {
        if (column.field.empty()) writer.string(column.header);
    }
    writer.end_array();
}

}  // namespace

void write_report(JsonWriter& writer, const IntakeReport& report) {
    writer.begin_object().member("products", number(report.items));
    writer.member("fault_count", number(report.faults)).member("encoding", report.encoding);
    if (!report.columns.empty()) write_table(writer, report);
    write_texts(writer, "remarks", report.remarks);
    writer.key("faults").begin_array();
    for (const Error& fault : report.first_faults)
        write_error(writer, fault);
    writer.end_array().end_object();
}

}  // namespace assay::engine
