// Any bytes as a filter and as the data it is held against: refused with a place, or read the same
// way twice.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <string>

#include "notify/endpoint/filter.hpp"

// The input: a filter, and behind the first line break the data.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::notify::Filter;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t line = all.find('\n');
    const std::string_view document =
        line == std::string_view::npos ? std::string_view("{}") : all.substr(line + 1);
    const auto filter = Filter::parse(all.substr(0, line));
    if (!filter) {
        if (filter.error().message.empty() || !filter.error().field.starts_with("filter")) {
            std::abort();
        }
        return 0;
    }
    const auto again = Filter::parse(filter->text());
    if (!again || again->text() != filter->text()) std::abort();
    if (again->matches(document) != filter->matches(document)) std::abort();
    // Negation turns round every answer but that about data that is no JSON.
    const auto turned = Filter::parse(R"({"not":)" + filter->text() + "}");
    const bool is_json = !filter->matches(document) || (turned && !turned->matches(document));
    if (turned && is_json && turned->matches(document) == filter->matches(document)) std::abort();
    return 0;
}
