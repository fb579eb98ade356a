// Fuzzes workbooks: whole archives, and the parts inside one, for a packer would hide those.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

#include "engine/batch/intake.hpp"
#include "tests/support/xlsx_writer.hpp"

namespace {

using namespace assay;
using namespace assay::engine;

void insist(bool holds) {
    if (!holds) std::abort();
}

void read(std::string_view bytes) {
    IntakeOptions options;
    options.format = InputFormat::xlsx;
    options.unpacked_bytes_max = 4 * limits::mebibyte;
    options.id_seed = 1;
    std::uint64_t index = 0, line = 0;
    Intake intake(options, [&](const IntakeItem& item) -> Result<void> {
        insist(item.index == index++);
        insist(item.line > line && item.line <= limits::sheet_rows_max);
        line = item.line;
        insist(!item.product_id.empty() && item.json.starts_with('{'));
        insist(item.json.size() <= limits::product_bytes_max);
        return {};
    });
    const auto fed = intake.feed(bytes);
    if (!fed) return;
    if (const auto done = intake.finish(); !done) {
        insist(!done.error().message.empty());
    } else {
        insist(done->items == index && !done->sheet.empty());
    }
}

// What goes where, by the first byte of an input.
constexpr std::string_view parts[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                      "xl/styles.xml", "xl/workbook.xml",
                                      "xl/_rels/workbook.xml.rels"};

}  // namespace

// An archive as it is; anything else is one part of a sound workbook.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (begins_as_workbook(bytes)) {
        read(bytes);
        return 0;
    }
    testing::XlsxWriter writer =
        testing::workbook_of({{"Title", "Qty", "MSRP"}, {"A", "2", "9.99"}});
    writer.formats({"dd.mm.yyyy", "0.00 [$EUR]"});
    writer.part(parts[data[0] % std::size(parts)], bytes.substr(1));
    read(writer.bytes());
    return 0;
}
