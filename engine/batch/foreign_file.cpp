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

constexpr std::string_view accepted = "send CSV, an Excel workbook (.xlsx), NDJSON or JSON";
constexpr std::string_view ask_sender = "ask the sender for a CSV, or type the table into one";
constexpr std::string_view plain_or_gzip = "send it plain or as gzip";
constexpr std::string_view unpack = "unpack it and send the table inside";

struct Kind {
    std::string_view magic;
    std::string_view sentence;
    std::string_view remedy;
    std::size_t at = 0;  // where the magic stands
};
constexpr Kind kinds[] = {
    {"%PDF"sv, "is a PDF"sv, ask_sender},
    {"\x89PNG"sv, "is a picture (PNG)"sv, ask_sender},
    {"\xff\xd8\xff"sv, "is a picture (JPEG)"sv, ask_sender},
    {"GIF8"sv, "is a picture (GIF)"sv, ask_sender},
    {"WEBP"sv, "is a picture (WebP)"sv, ask_sender, 8},
    {"II*\0"sv, "is a picture (TIFF)"sv, ask_sender},
    {"MM\0*"sv, "is a picture (TIFF)"sv, ask_sender},
    {"ftyp"sv, "is a picture or film (HEIC, MP4)"sv, ask_sender, 4},
    {"\x7f"
     "ELF"sv,
     "is a program"sv, accepted},
    {"MZ\x90\0"sv, "is a Windows program"sv, accepted},
    {"\xcf\xfa\xed\xfe"sv, "is a program"sv, accepted},
    {"\xca\xfe\xba\xbe"sv, "is a program"sv, accepted},
    {"{\\rtf"sv, "is a text document (RTF)"sv,
     "copy its table into a spreadsheet and save it as .xlsx"sv},
    {"\x1f\x8b"sv, "is gzip, but was not announced as such"sv,
     "name the file .gz or send Content-Encoding: gzip"sv},
    {"BZh"sv, "is bzip2"sv, plain_or_gzip},
    {"\x28\xb5\x2f\xfd"sv, "is zstd"sv, plain_or_gzip},
    {"\xfd"
     "7zXZ"sv,
     "is xz"sv, plain_or_gzip},
    {"7z\xbc\xaf"sv, "is a 7z archive"sv, unpack},
    {"Rar!"sv, "is a RAR archive"sv, unpack},
    {"ustar"sv, "is a tar archive"sv, unpack, 257},
    {"SQLite format 3"sv, "is a SQLite database"sv, "export the table as CSV"sv},
    {"PAR1"sv, "is a Parquet file"sv, "export the table as CSV"sv},
};

bool starts_like_html(std::string_view head) {
    std::string folded(head.substr(0, 64));
    std::transform(folded.begin(), folded.end(), folded.begin(), to_lower);
    for (const std::string_view beginning :
         {"<!doctype", "<html", "<?xml", "<head", "<body", "<table", "<!--"}) {
        if (folded.starts_with(beginning)) return true;
    }
    return false;
}

Error foreign(std::string_view sentence, std::string_view wanted, std::string_view remedy) {
    return fail(ErrorCode::unsupported_media,
                std::string(sentence) + ", not a list of " + std::string(wanted), {},
                std::string(remedy));
}

// Text has no NUL, and few other control characters. One that strays into a line of JSON fails that
// line alone.
bool is_binary(std::string_view head, InputFormat format) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' &&
               c != '\f';
    };
    const auto controls =
        static_cast<std::size_t>(std::count_if(head.begin(), head.end(), is_control));
    constexpr std::size_t stray_max = 4;
    const bool is_json = format == InputFormat::json || format == InputFormat::ndjson;
    if (!is_json && head.find('\0') != std::string_view::npos) return true;
    return controls > (is_json ? stray_max : 0) && controls * 40 > head.size();
}

}  // namespace

std::optional<Error> find_foreign_file(std::string_view head, InputFormat format,
                                       std::string_view wanted) {
    for (const Kind& kind : kinds) {
        if (head.size() > kind.at && head.substr(kind.at).starts_with(kind.magic))
            return foreign(kind.sentence, wanted, kind.remedy);
    }
    if (is_binary(head, format)) return foreign("is binary data", wanted, accepted);
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        // Blank as far as we see; what ends here holds nothing else.
        if (head.size() >= foreign_file_bytes && format != InputFormat::xlsx) return std::nullopt;
        return fail(ErrorCode::empty_batch,
                    head.empty() ? "is empty" : "holds nothing but blank lines", {},
                    std::string(accepted));
    }
    const std::string_view text = head.substr(first);
    if (starts_like_html(text)) return foreign("is a web page or XML", wanted, accepted);
    if (format == InputFormat::xlsx) {
        return fail(ErrorCode::unsupported_media, "is text, not an Excel workbook", {},
                    "announce it as what it is: CSV, NDJSON or JSON");
    }
    if (format == InputFormat::csv && (text.front() == '{' || text.starts_with("[{")))
        return foreign("looks like JSON where CSV was announced", wanted,
                       "send it as application/json or application/x-ndjson");
    return std::nullopt;
}

}  // namespace assay::engine
