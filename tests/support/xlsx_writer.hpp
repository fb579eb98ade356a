// Builds workbooks and other ZIP archives in memory, for tests that read them.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::testing {

using ZipEntries = std::vector<std::pair<std::string, std::string>>;  // name, content

// Ends the test program where libzip refuses. `password`: encrypts every part with AES.
std::string zip_of(const ZipEntries& entries, const std::string& password = {});

// A workbook part by part; whatever is not said is as plain as can be.
class XlsxWriter {
  public:
    // `rows`: the inside of <sheetData>; `after`: what follows it, such as <mergeCells>.
    XlsxWriter& sheet(std::string_view name, std::string_view rows, std::string_view state = {},
                      std::string_view after = {});
    // <si> elements.
    XlsxWriter& shared(std::string_view items);
    // Number formats of the cell styles 1, 2, ...; style 0 is General.
    XlsxWriter& formats(const std::vector<std::string>& codes);
    XlsxWriter& dates_from_1904();
    // A part of its own, or in place of one that would have been written.
    XlsxWriter& part(std::string_view name, std::string_view content);
    ZipEntries entries() const;
    std::string bytes() const { return zip_of(entries()); }

  private:
    struct Sheet {
        std::string name, rows, state, after;
    };
    std::vector<Sheet> sheets_;
    std::string shared_, styles_;
    ZipEntries own_;
    bool dates_from_1904_ = false;
};

std::string xml_escaped(std::string_view text);

// <row> elements with every cell as an inline text, from row 1 on. Empty cells are left out.
std::string text_rows(const std::vector<std::vector<std::string>>& rows);

// As text_rows(), but numbers of up to 15 digits as numbers and texts as shared ones: what a
// spreadsheet makes of a CSV that one opens in it.
XlsxWriter workbook_of(const std::vector<std::vector<std::string>>& rows);

}  // namespace assay::testing
