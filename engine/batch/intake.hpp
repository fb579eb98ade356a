// Bytes of JSON, NDJSON, CSV or a workbook, in pieces as they arrive, become items: one per
// product, good or bad.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/batch.hpp"

namespace assay::engine {

// xlsx is recognised by its bytes too, whatever was announced.
enum class InputFormat : std::uint8_t { json, ndjson, csv, xlsx };
// By content type ("text/csv; charset=latin1") or file name; nullopt when neither says.
std::optional<InputFormat> format_of_content_type(std::string_view content_type) noexcept;
std::optional<InputFormat> format_of_file_name(std::string_view name) noexcept;
// Whether a file that begins so may be a workbook: a ZIP archive.
bool begins_as_workbook(std::string_view first_bytes) noexcept;

// One product of the input, in input order. `json` is one product object, whatever the format was.
// A fault means the product fails as an item with that error; `json` then holds what could be kept.
struct IntakeItem {
    std::uint64_t index = 0;      // 0-based position in the batch
    std::uint64_t line = 0;       // 1-based line, or row of a sheet; 0 for one JSON document
    std::string_view product_id;  // given, or UUIDv8 of (row bytes, occurrence)
    std::string_view json;
    std::optional<Error> fault;
};

// By what a column was understood.
enum class MappedBy : std::uint8_t {
    nothing,
    header,   // the field's own name
    synonym,  // a header that is known to mean it
    fuzzy,    // a header that is nearly one of those
    values,   // what stands in the column
    user,     // named by the user
};
std::string_view to_string(MappedBy by) noexcept;

struct ColumnMapping {
    std::string header;   // as in the file; empty where it has none
    std::string field;    // what the column fills: "msrp", "identifiers.upc"; empty: nothing
    std::string meaning;  // what it was understood as, also where a better column fills that field
    MappedBy by = MappedBy::nothing;
    std::string why;                   // a sentence for people, also of a column that fills nothing
    double confidence = 0;             // 0..1
    std::string kept_as;               // its key in product_data, where a cell fills no field
    std::vector<std::string> samples;  // its first distinct values, cut
};

struct DroppedRows {
    std::uint64_t preamble = 0;          // lines above the header
    std::uint64_t totals = 0;            // rows that sum up others
    std::uint64_t repeated_headers = 0;  // the header again, as in files put together
};

struct IntakeReport {
    std::uint64_t items = 0;
    std::uint64_t faults = 0;
    std::vector<Error> first_faults;   // up to limits::faults_listed_max
    std::string encoding;              // "utf-8", "utf-8 with BOM", "latin-1", "utf-16"
    std::vector<std::string> remarks;  // "the last row looks like a total and was left out"
    // Tables only:
    std::vector<ColumnMapping> columns;
    std::string sheet;                    // workbooks only: the sheet that was read
    std::string delimiter;                // ",", ";", "\t" or "|"; empty: not a text
    std::uint64_t header_line = 0;        // 0: there is none
    bool decimal_comma = false;           // "1.299,00"; else "1,299.00"
    std::vector<std::string> currencies;  // of its amounts, as met, up to currencies_listed_max
    DroppedRows dropped;
};

struct IntakeOptions {
    InputFormat format = InputFormat::ndjson;
    bool gzip = false;
    BatchOptions batch;  // for JSON documents, replaced by what the document itself says
    std::vector<std::pair<std::string, std::string>> columns;  // field -> header, from --columns
    std::string sheet;  // of a workbook; empty: the first visible one that holds a table
    std::size_t bytes_max = limits::body_bytes_max;
    std::size_t unpacked_bytes_max = limits::unpacked_bytes_max;
    // Parse each product here already, so that the report lists every fault; else a product's own
    // faults show when it is analysed. on_invalid=reject turns it on.
    bool check_products = false;
    // Of the hash table of ids, which clients choose; absent: drawn from the system. It never
    // shows in the output.
    std::optional<std::uint64_t> id_seed;
};

// Reads one submission. feed() may be called with any split of the bytes; items come out in order,
// as soon as they are complete, through the sink, whose item and views live for that call only.
// Errors end the submission as a whole: payload_too_large, too_many_products, empty_batch (from
// finish), invalid_json and duplicate_key for one JSON document, invalid_argument for its options,
// invalid_input for a CSV whose columns say nothing, unsupported_media (a PDF, a picture, gzip that
// is none). Memory: one window (1 MiB), or the whole document for InputFormat::json, or a
// workbook's packed bytes and texts, plus a hash per product. One thread at a time.
class Intake {
  public:
    // Returning an error stops the intake, which then returns it from feed() or finish().
    using Sink = std::function<Result<void>(const IntakeItem&)>;

    Intake(IntakeOptions options, Sink sink);
    ~Intake();
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    Result<void> feed(std::string_view bytes);
    // Ends the input. Of one JSON document or a workbook all items come out here.
    Result<IntakeReport> finish();
    // So far; complete after finish(), whether that failed or not. With on_invalid=reject the
    // caller refuses the batch when `faults` is not 0.
    const IntakeReport& report() const noexcept;
    // The options the batch is to run with; for a JSON document complete after finish() only.
    const BatchOptions& batch_options() const noexcept;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
