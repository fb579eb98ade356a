// Fuzzes sold prices: any bytes give a book or one error, the same for any split; a book comes back
// from its stored bytes as it was, and damaged ones give `corrupt`.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/comps/read_comps.hpp"

namespace {

using namespace assay;
using namespace assay::engine;

void insist(bool holds) {
    if (!holds) std::abort();
}

Result<LoadedComps> read(std::string_view bytes, InputFormat format, std::size_t step) {
    SoldReadOptions options;
    options.format = format;
    CompsReader reader(options);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        if (auto fed = reader.feed(bytes.substr(at, step)); !fed) return fed.error();
    }
    return reader.finish();
}

Result<std::shared_ptr<const CompsBook>> decode(std::string_view bytes) {
    CompsDecoder decoder;
    if (auto fed = decoder.feed(bytes); !fed) return fed.error();
    return decoder.finish();
}

void read_file(std::string_view bytes, InputFormat format) {
    const auto whole = read(bytes, format, bytes.size() + 1);
    const auto split = read(bytes, format, 7);
    insist(whole.has_value() == split.has_value());
    if (!whole) {
        insist(!whole.error().message.empty());
        return;
    }
    insist(whole->book->hash() == split->book->hash());
    insist(whole->report.rows == split->report.rows);
    insist(whole->book->table().rows.size() + whole->report.skipped + whole->duplicates ==
           whole->report.rows);
    std::string stored;
    const auto kept = encode_book(*whole->book, [&](std::string_view piece) -> Result<void> {
        stored += piece;
        return {};
    });
    insist(kept.has_value());
    const auto again = decode(stored);
    insist(again.has_value() && (*again)->table() == whole->book->table());
    // One bit that turned over is noticed.
    const std::size_t at = bytes.size() * 31 % stored.size();
    stored[at] = static_cast<char>(stored[at] ^ 1);
    insist(!decode(stored));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            read_file(bytes, InputFormat::csv);
            break;
        case 1:
            read_file(bytes, InputFormat::ndjson);
            break;
        default:
            static_cast<void>(decode(bytes));
    }
    return 0;
}
