// Magic numbers and what to do instead.
// SPDX-License-Identifier: MIT
#include "engine/batch/foreign_file.hpp"

#include <algorithm>
#include <string>

#include "engine/base/ascii.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view save_as_csv = "open it and save it as CSV (UTF-8)";
constexpr std::string_view ask_sender = "ask the sender for a CSV, or type the table into one";

struct Kind {
    std::string_view magic;
    std::string_view sentence;
    std::string_view remedy;
};
constexpr Kind kinds[] = {
    {"%PDF"sv, "is a PDF"sv, ask_sender},
    {"\x89PNG"sv, "is a picture (PNG)"sv, ask_sender},
    {"\xff\xd8\xff"sv, "is a picture (JPEG)"sv, ask_sender},
    {"GIF8"sv, "is a picture (GIF)"sv, ask_sender},
    {"PK\x03\x04"sv, "is a ZIP file or an Excel workbook (.xlsx)"sv, save_as_csv},
    {"\xd0\xcf\x11\xe0"sv, "is an old Excel or Word file"sv, save_as_csv},
    {"\x1f\x8b"sv, "is gzip, but was not announced as such"sv,
     "name the file .gz or send Content-Encoding: gzip"sv},
    {"BZh"sv, "is bzip2"sv, "send it plain or as gzip"sv},
    {"\x28\xb5\x2f\xfd"sv, "is zstd"sv, "send it plain or as gzip"sv},
    {"\xfd"
     "7zXZ"sv,
     "is xz"sv, "send it plain or as gzip"sv},
    {"7z\xbc\xaf"sv, "is a 7z archive"sv, "unpack it first"sv},
    {"\xff\xfe"sv, "is UTF-16 text"sv, "save it as UTF-8"sv},
    {"\xfe\xff"sv, "is UTF-16 text"sv, "save it as UTF-8"sv},
    {"SQLite format 3"sv, "is a SQLite database"sv, "export the table as CSV"sv},
};

bool starts_like_html(std::string_view head) {
    std::string folded(head.substr(0, 64));
    std::transform(folded.begin(), folded.end(), folded.begin(), to_lower);
    return folded.starts_with("<!doctype") || folded.starts_with("<html") ||
           folded.starts_with("<?xml");
}

Error foreign(std::string_view sentence, std::string_view wanted, std::string_view remedy) {
    return fail(ErrorCode::unsupported_media,
                std::string(sentence) + ", not a list of " + std::string(wanted), {},
                std::string(remedy));
}

}  // namespace

std::optional<Error> find_foreign_file(std::string_view head, InputFormat format,
                                       std::string_view wanted) {
    for (const Kind& kind : kinds) {
        if (head.starts_with(kind.magic)) return foreign(kind.sentence, wanted, kind.remedy);
    }
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return std::nullopt;
    const std::string_view text = head.substr(first);
    if (starts_like_html(text))
        return foreign("is a web page or XML", wanted, "send JSON, NDJSON or CSV");
    if (format == InputFormat::csv && (text.front() == '{' || text.starts_with("[{")))
        return foreign("looks like JSON where CSV was announced", wanted,
                       "send it as application/json or application/x-ndjson");
    // Text has no NUL, and few other control characters.
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' &&
               c != '\f';
    };
    const auto controls = std::count_if(head.begin(), head.end(), is_control);
    if (format == InputFormat::csv && (head.find('\0') != std::string_view::npos ||
                                       controls * 10 > static_cast<std::ptrdiff_t>(head.size())))
        return foreign("is binary data", wanted, "send JSON, NDJSON or CSV");
    return std::nullopt;
}

}  // namespace assay::engine
