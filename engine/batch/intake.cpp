// The road of the bytes: limits, gzip, a look at the first bytes, then the reader of the format.
// SPDX-License-Identifier: MIT
#include "engine/batch/intake.hpp"

#include <algorithm>
#include <cassert>

#include "engine/base/ascii.hpp"
#include "engine/base/random.hpp"
#include "engine/batch/csv_rows.hpp"
#include "engine/batch/foreign_file.hpp"
#include "engine/batch/input_gate.hpp"
#include "engine/batch/item_maker.hpp"
#include "engine/batch/json_document.hpp"
#include "engine/batch/json_lines.hpp"
#include "engine/batch/office_file.hpp"
#include "engine/batch/text_encoding.hpp"
#include "engine/batch/xlsx_file.hpp"

namespace assay::engine {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string lower(std::string_view text) {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), to_lower);
    return folded;
}

}  // namespace

std::string_view to_string(MappedBy by) noexcept {
    constexpr std::string_view names[] = {"nothing", "header", "synonym",
                                          "fuzzy",   "values", "user"};
    return names[static_cast<std::size_t>(by)];
}

std::optional<InputFormat> format_of_content_type(std::string_view content_type) noexcept {
    const std::string type = lower(content_type.substr(0, content_type.find_first_of("; \t")));
    if (type == "application/json" || type == "text/json") return InputFormat::json;
    if (type == "application/x-ndjson" || type == "application/ndjson" ||
        type == "application/jsonl" || type == "application/x-jsonl" ||
        type == "application/jsonlines" || type == "application/x-jsonlines")
        return InputFormat::ndjson;
    if (type == "text/csv" || type == "application/csv" || type == "text/tab-separated-values")
        return InputFormat::csv;
    // The last two are what browsers and scripts send when they do not know better.
    if (type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" ||
        type == "application/vnd.ms-excel.sheet.macroenabled.12" ||
        type == "application/vnd.ms-excel" || type == "application/octet-stream")
        return InputFormat::xlsx;
    return std::nullopt;
}

std::optional<InputFormat> format_of_file_name(std::string_view name) noexcept {
    std::string folded = lower(name);
    if (folded.ends_with(".gz")) folded.resize(folded.size() - 3);
    if (folded.ends_with(".json")) return InputFormat::json;
    if (folded.ends_with(".ndjson") || folded.ends_with(".jsonl")) return InputFormat::ndjson;
    if (folded.ends_with(".csv") || folded.ends_with(".tsv")) return InputFormat::csv;
    if (folded.ends_with(".xlsx") || folded.ends_with(".xlsm")) return InputFormat::xlsx;
    return std::nullopt;
}

bool begins_as_workbook(std::string_view first_bytes) noexcept {
    return is_zip(first_bytes);
}

struct Intake::Body {
    Body(IntakeOptions given, Sink given_sink)
        : options(std::move(given)),
          sink(std::move(given_sink)),
          items(options, options.id_seed ? *options.id_seed : SystemRandom().next_u64(), sink,
                report),
          gate(
              {options.gzip, options.bytes_max, options.unpacked_bytes_max,
               "split it into several batches, or send it gzipped"},
              [this](std::string_view head) { return begin(head); },
              [this](std::string_view bytes) {
                  return utf16 ? feed_utf16(bytes) : reader->feed(bytes);
              }) {
        switch (options.format) {
            case InputFormat::json:
                reader = std::make_unique<JsonDocument>(items, options.batch);
                break;
            case InputFormat::ndjson:
                reader = std::make_unique<JsonLines>(items);
                break;
            case InputFormat::csv:
                reader = std::make_unique<CsvRows>(items, report, options.columns);
                break;
            case InputFormat::xlsx:
                break;  // begin() makes it
        }
    }

    Result<void> feed_utf16(std::string_view bytes) {
        decoded.clear();
        utf16->append(bytes, decoded);
        return reader->feed(decoded);
    }

    Result<void> begin(std::string_view head) {
        if (const auto order = utf16_order(head)) {
            utf16.emplace(*order);
            utf16->append(head, decoded);
            head = decoded;
        }
        const auto looked_at = head.substr(0, foreign_file_bytes);
        if (is_zip(looked_at) || is_old_office_file(looked_at)) {
            reader = std::make_unique<XlsxFile>(items, report, options);
        } else if (auto foreign = find_foreign_file(looked_at, options.format)) {
            return *foreign;
        } else if (!options.sheet.empty()) {
            return fail(ErrorCode::invalid_argument,
                        "is no Excel workbook, so it has no sheet \"" + options.sheet + "\"");
        }
        assert(reader != nullptr);
        const bool marked = head.starts_with(byte_order_mark);
        report.encoding = utf16 ? "utf-16" : marked ? "utf-8 with BOM" : "utf-8";
        return reader->feed(head.substr(marked ? byte_order_mark.size() : 0));
    }

    Result<void> finish() {
        if (auto passed = gate.finish(); !passed) return passed;
        if (utf16) {
            decoded.clear();
            utf16->finish(decoded);
            if (auto fed = reader->feed(decoded); !fed) return fed;
        }
        if (auto finished = reader->finish(); !finished) return finished;
        if (report.items > 0) return {};
        return fail(ErrorCode::empty_batch, "holds no products", {}, "send at least one product");
    }

    IntakeOptions options;
    Sink sink;
    IntakeReport report;
    ItemMaker items;
    InputGate gate;
    std::optional<Utf16Decoder> utf16;
    std::string decoded;
    std::unique_ptr<InputReader> reader;
    std::optional<Error> failed;  // the first error stays the answer
};

Intake::Intake(IntakeOptions options, Sink sink)
    : body_(std::make_unique<Body>(std::move(options), std::move(sink))) {}
Intake::~Intake() = default;

Result<void> Intake::feed(std::string_view bytes) {
    if (body_->failed) return *body_->failed;
    auto fed = body_->gate.feed(bytes);
    if (!fed) body_->failed = fed.error();
    return fed;
}

Result<IntakeReport> Intake::finish() {
    if (!body_->failed) {
        if (auto finished = body_->finish(); !finished) body_->failed = finished.error();
    }
    if (body_->failed) return *body_->failed;
    return body_->report;
}

const IntakeReport& Intake::report() const noexcept {
    return body_->report;
}

const BatchOptions& Intake::batch_options() const noexcept {
    return body_->options.batch;
}

}  // namespace assay::engine
