// Fee files of any bytes: refused with a place, or tables whose fees and segments can be computed.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <string_view>

#include "engine/analysis/fee_tables.hpp"
#include "engine/analysis/fees.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto channel =
        assay::engine::parse_channel({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!channel) return 0;
    std::vector<assay::engine::FeeLine> lines;
    std::vector<assay::engine::FeeSegment> segments;
    for (const auto& table : channel->tables) {
        const std::uint32_t options = table.options.empty() ? 0 : 1;
        const auto plan = assay::engine::plan_fees(table, "Books > Watches", options);
        assay::engine::compute_fees(plan, 12'345, 678, lines);
        assay::engine::fee_segments(plan, segments);
        if (table.fulfilment) assay::engine::fulfilment_fee(*table.fulfilment, 700, {300, 200, 80});
        if (segments.empty() || segments.front().from != 0) __builtin_trap();
    }
    return 0;
}
