// Blocks of bytes, unpacked where they are gzip, cut into lines.
// SPDX-License-Identifier: MIT
#include "tools/cli/result_file.hpp"

#include <boost/json/parse.hpp>
#include <string_view>

#include "engine/base/limits.hpp"
#include "engine/batch/gzip_stream.hpp"
#include "tools/cli/analyze_streams.hpp"
#include "tools/cli/server_options.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t block_bytes = 256 * limits::kibibyte;
// A result echoes its product, and says less about it than four times as much.
constexpr std::size_t line_bytes_max = 4 * limits::product_bytes_max;
constexpr const char* wanted = "give what assay analyze --out or assay results wrote";

}  // namespace

struct ResultFile::Body {
    AnalyzeInput input;
    std::unique_ptr<std::istream> bytes;
    std::unique_ptr<engine::GzipStream> unpacker;
    std::string block = std::string(block_bytes, '\0');
    std::string text;  // unpacked, not yet handed out
    std::size_t read = 0;
    std::uint64_t line = 0;
    bool ended = false;

    Result<void> refill() {
        text.erase(0, read);
        read = 0;
        bytes->read(block.data(), static_cast<std::streamsize>(block.size()));
        const std::string_view got(block.data(), static_cast<std::size_t>(bytes->gcount()));
        if (got.empty()) {
            if (bytes->bad()) return fail(ErrorCode::io_error, "cannot be read to its end");
            ended = true;
            return unpacker ? unpacker->finish() : Result<void>{};
        }
        if (unpacker) return unpacker->feed(got);
        text += got;
        return {};
    }

    // The next line without its end; nullopt at the end of the file.
    Result<std::optional<std::string_view>> next_line() {
        std::size_t searched = 0;
        while (true) {
            const std::size_t end = text.find('\n', read + searched);
            if (end != std::string::npos || (ended && read < text.size())) {
                const std::size_t stop = std::min(end, text.size());
                const std::string_view found = std::string_view(text).substr(read, stop - read);
                read = std::min(stop + 1, text.size());
                ++line;
                return std::optional(found);
            }
            if (ended) return std::optional<std::string_view>();
            searched = text.size() - read;
            if (searched > line_bytes_max) {
                return at_line(
                    fail(ErrorCode::payload_too_large, "is longer than a result is", {}, wanted),
                    line + 1);
            }
            if (auto filled = refill(); !filled) return std::move(filled).error();
        }
    }

    static Error at_line(Error error, std::uint64_t number) {
        error.line = number;
        return error;
    }
};

ResultFile::ResultFile() : body_(std::make_unique<Body>()) {}
ResultFile::~ResultFile() = default;

const std::string& ResultFile::name() const noexcept {
    return body_->input.name;
}

Result<void> ResultFile::open(const std::string& path, std::istream& standard_input) {
    Body& body = *body_;
    if (auto opened = body.input.open(path, "ndjson", standard_input); !opened) return opened;
    body.bytes = std::make_unique<std::istream>(&*body.input.buffer);
    if (body.input.gzip) {
        body.unpacker = std::make_unique<engine::GzipStream>(
            64 * limits::unpacked_bytes_max, [&body](std::string_view bytes) -> Result<void> {
                body.text += bytes;
                return {};
            });
    }
    return {};
}

Result<std::optional<boost::json::value>> ResultFile::next() {
    Body& body = *body_;
    while (true) {
        auto line = body.next_line();
        if (!line) return std::move(line).error();
        if (!*line) return std::optional<boost::json::value>();
        if ((*line)->find_first_not_of(" \t\r") == std::string_view::npos) continue;
        boost::system::error_code broken;
        boost::json::value value = boost::json::parse(**line, broken);
        if (broken)
            return Body::at_line(fail(ErrorCode::invalid_json, "is not valid JSON", {}, wanted),
                                 body.line);
        if (!value.is_object() || member(value, "product_id") == nullptr ||
            member(value, "status") == nullptr)
            return Body::at_line(
                fail(ErrorCode::invalid_input, "is no result of an analysis", {}, wanted),
                body.line);
        return std::optional(std::move(value));
    }
}

}  // namespace assay::tools
