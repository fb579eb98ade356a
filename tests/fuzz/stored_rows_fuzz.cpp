// Stored bytes that the engine reads back: batch facts, verdict counts, result lines, kept lines.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/batch_store/cancelled_line.hpp"
#include "engine/batch_store/result_lines.hpp"
#include "engine/batch_store/rows.hpp"
#include "engine/event/batch_facts.hpp"

namespace {

using namespace assay::engine;  // NOLINT(google-build-using-namespace)

void require(bool holds) {
    if (!holds) std::abort();
}

// Whatever is accepted must be written and read again as the same value.
void read_facts(std::string_view bytes) {
    const auto facts = parse_batch_facts(bytes);
    if (!facts) return;
    const auto again = parse_batch_facts(to_json(*facts));
    require(again.has_value());
    require(again->total == facts->total && again->batch == facts->batch);
    require(to_json(*again) == to_json(*facts));
}

void read_verdicts(std::string_view bytes) {
    const auto verdicts = batch_store::detail::parse_verdicts(bytes);
    if (!verdicts) return;
    const std::string text = batch_store::detail::verdicts_text(*verdicts);
    require(batch_store::detail::parse_verdicts(text).has_value());
}

void read_lines(std::string_view bytes) {
    if (bytes.size() < 2) return;
    const std::int64_t skipped = bytes[0] % 8;
    const std::int64_t count = bytes[1] % 8;
    const std::string_view lines = bytes.substr(2);
    const auto taken = batch_store::detail::take_lines(lines, skipped, count);
    if (!taken) return;
    require(taken->data() >= lines.data() &&
            taken->data() + taken->size() <= lines.data() + lines.size());
    require(count == 0 || taken->ends_with('\n'));
}

void read_kept_line(std::string_view bytes) {
    std::string out;
    batch_store::detail::append_from(bytes, "id", out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read_facts(bytes);
    read_verdicts(bytes);
    read_lines(bytes);
    read_kept_line(bytes);
    return 0;
}
