// The least that spreadsheets themselves accept, packed by libzip.
// SPDX-License-Identifier: MIT
#include "tests/support/xlsx_writer.hpp"

#include <zip.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

namespace assay::testing {
namespace {

constexpr std::string_view declaration =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
constexpr std::string_view main_namespace =
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::string_view relation =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr std::string_view package_relations =
    "http://schemas.openxmlformats.org/package/2006/relationships";

void must(bool done, const char* what) {
    if (done) return;
    std::cerr << "cannot build a ZIP archive: " << what << '\n';
    std::abort();
}

std::string element(std::string_view name, std::string_view inside) {
    return std::string(declaration) + "<" + std::string(name) + " xmlns=\"" +
           std::string(main_namespace) + "\" xmlns:r=\"" + std::string(relation) + "\">" +
           std::string(inside) + "</" + std::string(name) + ">";
}

std::string relations(const ZipEntries& type_and_target) {
    std::string inside;
    for (std::size_t i = 0; i < type_and_target.size(); ++i) {
        inside += "<Relationship Id=\"rId" + std::to_string(i + 1) + "\" Type=\"" +
                  std::string(relation) + "/" + type_and_target[i].first + "\" Target=\"" +
                  type_and_target[i].second + "\"/>";
    }
    return std::string(declaration) + "<Relationships xmlns=\"" + std::string(package_relations) +
           "\">" + inside + "</Relationships>";
}

// A spreadsheet knows no trailing zeros.
std::string shortest(std::string number) {
    if (number.find('.') == std::string::npos) return number;
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
    return number;
}

bool is_number(std::string_view text) {
    constexpr std::size_t digits_max = 15;
    if (text.empty() || text.size() > digits_max || text.front() == '.' || text.back() == '.')
        return false;
    if (text.front() == '0' && text.size() > 1 && text[1] != '.') return false;
    return std::count(text.begin(), text.end(), '.') <= 1 &&
           text.find_first_not_of("0123456789.") == text.npos;
}

}  // namespace

std::string zip_of(const ZipEntries& entries, const std::string& password) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
    must(target != nullptr, "no buffer");
    zip_source_keep(target);
    zip_t* archive = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error);
    must(archive != nullptr, zip_error_strerror(&error));
    for (const auto& [name, content] : entries) {
        zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
        const zip_int64_t at = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
        must(at >= 0, zip_strerror(archive));
        if (!password.empty()) {
            must(zip_file_set_encryption(archive, static_cast<zip_uint64_t>(at), ZIP_EM_AES_256,
                                         password.c_str()) == 0,
                 zip_strerror(archive));
        }
    }
    must(zip_close(archive) == 0, "closing");
    std::string bytes;
    must(zip_source_open(target) == 0, "reading back");
    char block[65536];
    for (zip_int64_t got = 0; (got = zip_source_read(target, block, sizeof block)) > 0;)
        bytes.append(block, static_cast<std::size_t>(got));
    zip_source_close(target);
    zip_source_free(target);
    zip_error_fini(&error);
    return bytes;
}

XlsxWriter& XlsxWriter::sheet(std::string_view name, std::string_view rows, std::string_view state,
                              std::string_view after) {
    sheets_.push_back(
        {std::string(name), std::string(rows), std::string(state), std::string(after)});
    return *this;
}

XlsxWriter& XlsxWriter::shared(std::string_view items) {
    shared_ = items;
    return *this;
}

XlsxWriter& XlsxWriter::formats(const std::vector<std::string>& codes) {
    constexpr std::size_t first_own = 164;  // below are the formats without a text of their own
    std::string formats, cells = R"(<xf numFmtId="0"/>)";
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::string id = std::to_string(first_own + i);
        formats += "<numFmt numFmtId=\"" + id + "\" formatCode=\"" + xml_escaped(codes[i]) + "\"/>";
        cells += "<xf numFmtId=\"" + id + "\"/>";
    }
    styles_ = "<numFmts>" + formats + "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/>" +
              "</cellStyleXfs><cellXfs>" + cells + "</cellXfs>";
    return *this;
}

XlsxWriter& XlsxWriter::dates_from_1904() {
    dates_from_1904_ = true;
    return *this;
}

XlsxWriter& XlsxWriter::part(std::string_view name, std::string_view content) {
    own_.emplace_back(name, content);
    return *this;
}

ZipEntries XlsxWriter::entries() const {
    std::string sheets;
    ZipEntries related, out;
    for (std::size_t i = 0; i < sheets_.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        const Sheet& sheet = sheets_[i];
        sheets += "<sheet name=\"" + xml_escaped(sheet.name) + "\" sheetId=\"" + number + "\"" +
                  (sheet.state.empty() ? "" : " state=\"" + sheet.state + "\"") + " r:id=\"rId" +
                  number + "\"/>";
        related.emplace_back("worksheet", "worksheets/sheet" + number + ".xml");
        out.emplace_back(
            "xl/worksheets/sheet" + number + ".xml",
            element("worksheet", "<sheetData>" + sheet.rows + "</sheetData>" + sheet.after));
    }
    if (!shared_.empty()) {
        related.emplace_back("sharedStrings", "sharedStrings.xml");
        out.emplace_back("xl/sharedStrings.xml", element("sst", shared_));
    }
    if (!styles_.empty()) {
        related.emplace_back("styles", "/xl/styles.xml");
        out.emplace_back("xl/styles.xml", element("styleSheet", styles_));
    }
    out.emplace_back("xl/workbook.xml",
                     element("workbook", (dates_from_1904_ ? "<workbookPr date1904=\"1\"/>" : "") +
                                             ("<sheets>" + sheets + "</sheets>")));
    out.emplace_back("xl/_rels/workbook.xml.rels", relations(related));
    out.emplace_back("_rels/.rels", relations({{"officeDocument", "xl/workbook.xml"}}));
    for (const auto& [name, content] : own_) {
        const auto at = std::find_if(out.begin(), out.end(),
                                     [&](const auto& entry) { return entry.first == name; });
        if (at == out.end()) {
            out.emplace_back(name, content);
        } else {
            at->second = content;
        }
    }
    return out;
}

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\r':
                out += "_x000D_";
                break;
            default:
                out += c;
        }
    }
    return out;
}

namespace {

std::string reference(std::size_t column, std::size_t row) {
    std::string letters;
    for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
    return letters + std::to_string(row);
}

template <class WriteCell>
std::string rows_with(const std::vector<std::vector<std::string>>& rows, WriteCell&& write) {
    std::string out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out += "<row r=\"" + std::to_string(i + 1) + "\">";
        for (std::size_t column = 0; column < rows[i].size(); ++column) {
            if (!rows[i][column].empty()) out += write(reference(column, i + 1), rows[i][column]);
        }
        out += "</row>";
    }
    return out;
}

}  // namespace

std::string text_rows(const std::vector<std::vector<std::string>>& rows) {
    return rows_with(rows, [](const std::string& at, const std::string& text) {
        return "<c r=\"" + at + "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" +
               xml_escaped(text) + "</t></is></c>";
    });
}

XlsxWriter workbook_of(const std::vector<std::vector<std::string>>& rows) {
    std::map<std::string, std::size_t> known;
    std::string items;
    const std::string cells = rows_with(rows, [&](const std::string& at, const std::string& text) {
        if (is_number(text)) return "<c r=\"" + at + "\"><v>" + shortest(text) + "</v></c>";
        const auto [place, is_new] = known.emplace(text, known.size());
        if (is_new) items += "<si><t xml:space=\"preserve\">" + xml_escaped(text) + "</t></si>";
        return "<c r=\"" + at + "\" t=\"s\"><v>" + std::to_string(place->second) + "</v></c>";
    });
    XlsxWriter writer;
    writer.sheet("Manifest", cells).shared(items);
    return writer;
}

}  // namespace assay::testing
