// The road of the bytes: limits, gzip, a look at the first bytes, then the reader of the format.
// SPDX-License-Identifier: MIT
#include "engine/batch/sold_prices.hpp"

#include "engine/batch/foreign_file.hpp"
#include "engine/batch/gzip_stream.hpp"
#include "engine/batch/sold_csv.hpp"
#include "engine/batch/sold_lines.hpp"

namespace assay::engine {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

struct SoldPrices::Body {
    Body(SoldReadOptions given, Sink given_sink)
        : options(std::move(given)), sink(std::move(given_sink)), rows(options, sink, report) {
        if (options.gzip) {
            gzip.emplace(options.unpacked_bytes_max,
                         [this](std::string_view bytes) { return plain(bytes); });
        }
        if (options.format == InputFormat::ndjson) {
            reader = std::make_unique<SoldLines>(rows);
        } else {
            reader = std::make_unique<SoldCsv>(rows);
        }
    }

    Result<void> plain(std::string_view bytes) {
        if (begun) return reader->feed(bytes);
        head += bytes;
        return head.size() < foreign_file_bytes ? Result<void>{} : begin();
    }

    Result<void> begin() {
        begun = true;
        if (options.format == InputFormat::json) {
            return fail(ErrorCode::unsupported_media, "is one JSON document, not sold prices", {},
                        "send CSV, or NDJSON with one sale a line");
        }
        const auto looked_at = std::string_view(head).substr(0, foreign_file_bytes);
        if (auto foreign = find_foreign_file(looked_at, options.format, "sold prices")) {
            return *foreign;
        }
        const bool marked = head.starts_with(byte_order_mark);
        report.encoding = marked ? "utf-8 with BOM" : "utf-8";
        const std::string first = std::move(head);
        return reader->feed(std::string_view(first).substr(marked ? byte_order_mark.size() : 0));
    }

    Result<void> feed(std::string_view bytes) {
        wire_bytes += bytes.size();
        if (wire_bytes > options.bytes_max) {
            return fail(ErrorCode::payload_too_large,
                        "has more than " + std::to_string(options.bytes_max >> 20) + " MiB", {},
                        "leave out the oldest sales, or send it gzipped");
        }
        return gzip ? gzip->feed(bytes) : plain(bytes);
    }

    Result<void> finish() {
        if (gzip) {
            if (auto ended = gzip->finish(); !ended) return ended;
        }
        if (!begun) {
            if (auto begins = begin(); !begins) return begins;
        }
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
    std::optional<GzipStream> gzip;
    std::unique_ptr<InputReader> reader;
    std::string head;
    bool begun = false;
    std::size_t wire_bytes = 0;
    std::optional<Error> failed;  // the first error stays the answer
};

SoldPrices::SoldPrices(SoldReadOptions options, Sink sink)
    : body_(std::make_unique<Body>(std::move(options), std::move(sink))) {}
SoldPrices::~SoldPrices() = default;

Result<void> SoldPrices::feed(std::string_view bytes) {
    if (body_->failed) return *body_->failed;
    auto fed = body_->feed(bytes);
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
