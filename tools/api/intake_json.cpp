// Intake reports: faults, columns, remarks.
// SPDX-License-Identifier: MIT
#include "tools/api/intake_json.hpp"

#include "engine/base/error_json.hpp"
#include "tools/api/problem.hpp"

namespace assay::tools {
namespace {

std::string_view name_of(engine::InputFormat format) noexcept {
    switch (format) {
        case engine::InputFormat::json:
            return "json";
        case engine::InputFormat::ndjson:
            return "ndjson";
        case engine::InputFormat::csv:
            return "csv";
        case engine::InputFormat::xlsx:
            break;
    }
    return "xlsx";
}

void write_faults(JsonWriter& writer, const engine::IntakeReport& report) {
    writer.begin_array();
    for (const Error& fault : report.first_faults)
        write_error(writer, fault);
    writer.end_array();
}

void text_or_null(JsonWriter& writer, std::string_view name, const std::string& text) {
    writer.key(name);
    if (text.empty())
        writer.null();
    else
        writer.string(text);
}

void write_texts(JsonWriter& writer, const std::vector<std::string>& texts) {
    writer.begin_array();
    for (const std::string& text : texts)
        writer.string(text);
    writer.end_array();
}

void write_dropped(JsonWriter& writer, const engine::DroppedRows& dropped) {
    writer.begin_object();
    writer.member("preamble", static_cast<std::int64_t>(dropped.preamble));
    writer.member("totals", static_cast<std::int64_t>(dropped.totals));
    writer.member("repeated_headers", static_cast<std::int64_t>(dropped.repeated_headers));
    writer.end_object();
}

void write_columns(JsonWriter& writer, const engine::IntakeReport& report) {
    writer.begin_array();
    for (const engine::ColumnMapping& column : report.columns) {
        writer.begin_object();
        writer.member("header", column.header);
        text_or_null(writer, "field", column.field);
        text_or_null(writer, "meaning", column.meaning);
        writer.member("by", to_string(column.by)).member("why", column.why);
        writer.key("confidence").number(column.confidence, 2);
        text_or_null(writer, "kept_as", column.kept_as);
        writer.key("samples");
        write_texts(writer, column.samples);
        writer.end_object();
    }
    writer.end_array();
}

}  // namespace

std::string faults_member(const engine::IntakeReport& report) {
    std::string json = ",\"fault_count\":" + std::to_string(report.faults) + ",\"faults\":";
    JsonWriter writer(json);
    write_faults(writer, report);
    return json;
}

void write_dry_run(JsonWriter& writer, const engine::IntakeReport& report,
                   engine::InputFormat format, const std::optional<Error>& refusal) {
    writer.begin_object();
    writer.member("object", "dry_run");
    writer.member("would_accept", !refusal.has_value());
    writer.key("refusal");  // what a submission of this would have been answered
    if (refusal) {
        writer.begin_object();
        writer.member("status", http_status_of(refusal->code));
        write_error_members(writer, *refusal);
        writer.end_object();
    } else {
        writer.null();
    }
    writer.member("total_products", static_cast<std::int64_t>(report.items));
    writer.member("valid_products", static_cast<std::int64_t>(report.items - report.faults));
    writer.member("fault_count", static_cast<std::int64_t>(report.faults));
    writer.key("faults");
    write_faults(writer, report);
    writer.member("format", name_of(format));
    text_or_null(writer, "encoding", report.encoding);
    text_or_null(writer, "sheet", report.sheet);
    text_or_null(writer, "delimiter", report.delimiter);
    writer.key("header_line");
    if (report.header_line > 0)
        writer.integer(static_cast<std::int64_t>(report.header_line));
    else
        writer.null();
    writer.member("decimal_comma", report.decimal_comma);
    writer.key("currencies");
    write_texts(writer, report.currencies);
    writer.key("dropped_rows");
    write_dropped(writer, report.dropped);
    writer.key("columns");
    write_columns(writer, report);
    writer.key("remarks");
    write_texts(writer, report.remarks);
    writer.end_object();
}

}  // namespace assay::tools
