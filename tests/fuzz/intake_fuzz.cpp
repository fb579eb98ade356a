// Fuzzes intake: any bytes, in any format, in any pieces, give the same items, within the limits.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/batch/chunk.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/product_parser.hpp"

namespace {

using namespace assay;
using namespace assay::engine;

void insist(bool holds) {
    if (!holds) std::abort();
}

// What an intake made of the bytes, as one text.
std::string run(const IntakeOptions& options, std::string_view bytes, std::size_t piece) {
    std::string seen;
    ChunkBuilder builder;
    std::uint64_t index = 0;
    Intake intake(options, [&](const IntakeItem& item) -> Result<void> {
        insist(item.index == index++);
        insist(!item.product_id.empty());
        insist(item.json.size() <= limits::product_bytes_max);
        builder.append(item);
        if (builder.full()) seen += builder.take();
        return {};
    });
    bool ok = true;
    for (std::size_t at = 0; at < bytes.size() && ok; at += piece)
        ok = intake.feed(bytes.substr(at, piece)).has_value();
    ok = ok && intake.finish().has_value();
    const std::string rest = builder.take();
    insist(for_each_item(rest, [](const ChunkItem&) {}).has_value());
    return seen + rest + (ok ? "ok" : "failed");
}

}  // namespace

// The first byte picks the format, gzip and the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::uint8_t choice = data[0];
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    IntakeOptions options;
    options.format = static_cast<InputFormat>(choice % 3);
    options.gzip = (choice & 0x40) != 0;
    options.check_products = (choice & 0x20) != 0;
    options.unpacked_bytes_max = 4 * limits::mebibyte;
    options.id_seed = 1;
    const std::string whole = run(options, bytes, bytes.size() + 1);
    // An error may come earlier or later with other pieces, but what came through is the same.
    const std::string pieces = run(options, bytes, 1 + choice % 7);
    if (whole.ends_with("ok") || pieces.ends_with("ok")) insist(whole == pieces);
    return 0;
}
