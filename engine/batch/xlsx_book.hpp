// What a workbook's sheets share: their names and places, texts, and number formats. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/batch/cell_values.hpp"
#include "engine/batch/xml_reader.hpp"
#include "engine/batch/zip_parts.hpp"

namespace assay::engine {

struct XlsxSheet {
    std::string name;  // as on its tab
    std::string part;  // where its cells are in the archive
    bool hidden = false;
};

// The texts that cells name by number, one behind the other.
class SharedTexts {
  public:
    std::size_t count() const noexcept { return ends_.size(); }
    std::string_view operator[](std::size_t index) const noexcept {
        const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
        return std::string_view(bytes_).substr(begin, ends_[index] - begin);
    }
    bool has_room(std::size_t bytes) const noexcept;
    void add(std::string_view text);

  private:
    std::string bytes_;
    std::vector<std::uint32_t> ends_;
};

struct XlsxBook {
    std::vector<XlsxSheet> sheets;  // in the order of their tabs; charts and macros left out
    SharedTexts texts;
    std::vector<CellFormat> formats;  // by the number that a cell's style names
    bool dates_from_1904 = false;
};

// Feeds one part of the archive to `handler`, to its end or until the handler has enough. Errors
// are those of reading and of XML, with the part's name in front.
Result<void> read_xml_part(ZipParts& parts, std::string_view name, XmlHandler& handler);

// Errors: those of read_xml_part; not_found when the archive is no .xlsx workbook;
// payload_too_large.
Result<XlsxBook> read_xlsx_book(ZipParts& parts);

}  // namespace assay::engine
