// The road of the bytes: the gate, a look at the first bytes, then the reader of the format.
// SPDX-License-Identifier: MIT
#include "engine/batch/sold_prices.hpp"

#include "engine/batch/foreign_file.hpp"
#include "engine/batch/input_gate.hpp"
#include "engine/batch/sold_csv.hpp"
#include "engine/batch/sold_lines.hpp"

namespace assay::engine {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

struct SoldPrices::Body {
    Body(SoldReadOptions given, Sink given_sink)
        : options(std::move(given)),
          sink(std::move(given_sink)),
          rows(options, sink, report),
          gate(
              {options.gzip, options.bytes_max, options.unpacked_bytes_max,
               "leave out the oldest sales, or send it gzipped"},
              [this](std::string_view head) { return begin(head); },
              [this](std::string_view bytes) { return reader->feed(bytes); }) {
        if (options.format == InputFormat::ndjson) {
            reader = std::make_unique<SoldLines>(rows);
        } else {
            reader = std::make_unique<SoldCsv>(rows);
        }
    }

    Result<void> begin(std::string_view head) {
        if (options.format == InputFormat::json) {
            return fail(ErrorCode::unsupported_media, "is one JSON document, not sold prices", {},
                        "send CSV, or NDJSON with one sale a line");
        }
        const auto looked_at = head.substr(0, foreign_file_bytes);
        if (auto foreign = find_foreign_file(looked_at, options.format, "sold prices")) {
            return *foreign;
        }
        const bool marked = head.starts_with(byte_order_mark);
        report.encoding = marked ? "utf-8 with BOM" : "utf-8";
        return reader->feed(head.substr(marked ? byte_order_mark.size() : 0));
    }

    Result<void> finish() {
        if (auto passed = gate.finish(); !passed) return passed;
        if (auto finished = reader->finish(); !finished) return finished;
        if (report.rows == 0) {
            return fail(ErrorCode::invalid_input, "holds no sold prices", {},
                        "send at least one row with a price and a product");
        }
        if (report.skipped < report.rows) return {};
        const Error& first = report.first_faults.front();
        return fail(ErrorCode::invalid_input,
                    "not one of its " + std::to_string(report.rows) +
                        " rows can be used; the first: " + describe(first));
    }

    const SoldReadOptions options;
    Sink sink;
    SoldReport report;
    SoldRows rows;
    InputGate gate;
    std::unique_ptr<InputReader> reader;
    std::optional<Error> failed;  // the first error stays the answer
};

SoldPrices::SoldPrices(SoldReadOptions options, Sink sink)
    : body_(std::make_unique<Body>(std::move(options), std::move(sink))) {}
SoldPrices::~SoldPrices() = default;

Result<void> SoldPrices::feed(std::string_view bytes) {
    if (body_->failed) return *body_->failed;
    auto fed = body_->gate.feed(bytes);
    if (!fed) body_->failed = fed.error();
    return fed;
}

Result<void> SoldPrices::finish() {
    if (body_->failed) return *body_->failed;
    auto finished = body_->finish();
    if (!finished) body_->failed = finished.error();
    return finished;
}

const SoldReport& SoldPrices::report() const noexcept {
    return body_->report;
}

}  // namespace assay::engine
