// Known parts of archives, and the names inside old containers.
// SPDX-License-Identifier: MIT
#include "engine/batch/office_file.hpp"

#include <algorithm>

#include "engine/base/result.hpp"

namespace assay::engine {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view save_as = "open it and save it as .xlsx or CSV";

struct Part {
    std::string_view beginning;  // of a part's name
    std::string_view sentence;
    std::string_view remedy;
};
constexpr Part parts[] = {
    {"xl/workbook.bin"sv, "is a binary Excel workbook (.xlsb)"sv, save_as},
    {"content.xml"sv, "is an OpenDocument file (.ods)"sv, save_as},
    {"Index/"sv, "is an Apple iWork file (.numbers)"sv,
     "open it in Numbers and export it as Excel or CSV"sv},
    {"Index.zip"sv, "is an Apple iWork file (.numbers)"sv,
     "open it in Numbers and export it as Excel or CSV"sv},
    {"word/"sv, "is a Word document"sv, "copy its table into a spreadsheet and save it as .xlsx"sv},
    {"ppt/"sv, "is a PowerPoint presentation"sv,
     "copy its table into a spreadsheet and save it as .xlsx"sv},
};

Error refusal(std::string_view sentence, std::string_view remedy) {
    return fail(ErrorCode::unsupported_media, std::string(sentence) + ", which is not read", {},
                std::string(remedy));
}

// A name inside the container: UTF-16, little endian.
bool holds_name(std::string_view bytes, std::string_view name) {
    std::string wide;
    for (const char c : name)
        wide.append({c, '\0'});
    return bytes.find(wide) != std::string_view::npos;
}

// A name from outside, fit for one line of a message.
std::string shown(std::string_view name) {
    constexpr std::size_t bytes_max = 60;
    std::string out;
    for (const char c : name.substr(0, bytes_max))
        out +=
            static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f ? '?' : c;
    return out;
}

}  // namespace

bool is_zip(std::string_view head) noexcept {
    return head.starts_with("PK\x03\x04"sv) || head.starts_with("PK\x05\x06"sv) ||
           head.starts_with("PK\x07\x08"sv);
}

bool is_old_office_file(std::string_view head) noexcept {
    return head.starts_with("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv);
}

Error foreign_archive(const std::vector<std::string>& names) {
    for (const Part& part : parts) {
        const bool found = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return std::string_view(name).starts_with(part.beginning);
        });
        if (found) return refusal(part.sentence, part.remedy);
    }
    std::string inside = "it is empty";
    if (!names.empty()) {
        inside = "it holds \"" + shown(names.front()) + "\"";
        if (names.size() > 1) inside += " and " + std::to_string(names.size() - 1) + " more";
    }
    return fail(ErrorCode::unsupported_media,
                "is a ZIP archive and not an Excel workbook: " + inside, {},
                "unpack it and give the table inside: .xlsx, CSV, NDJSON or JSON");
}

Error old_office_file(std::string_view bytes) {
    if (holds_name(bytes, "EncryptedPackage")) {
        return refusal("is a workbook with a password",
                       "open it, remove the password, and save it as .xlsx or CSV");
    }
    if (holds_name(bytes, "WordDocument")) {
        return refusal("is an old Word document (.doc)",
                       "copy its table into a spreadsheet and save it as .xlsx");
    }
    if (holds_name(bytes, "Workbook") || holds_name(bytes, "Book"))
        return refusal("is an old Excel workbook (.xls)", save_as);
    return refusal("is an old Office file", save_as);
}

}  // namespace assay::engine
