// Any bytes as an endpoint's URL: what is taken has one reading only, and survives a second one.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "notify/endpoint/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay::notify;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const UrlPolicy& policy : {UrlPolicy{}, UrlPolicy{true, true, {}}}) {
        const auto url = parse_url(text, policy);
        if (!url) {
            if (url.error().message.empty() || url.error().field != "url") std::abort();
            continue;
        }
        const auto printable = [](char c) { return c > 0x20 && c < 0x7f; };
        if (url->host.empty() || url->port == 0 || !url->target.starts_with('/')) std::abort();
        if (!std::all_of(url->host.begin(), url->host.end(), printable) ||
            !std::all_of(url->target.begin(), url->target.end(), printable)) {
            std::abort();
        }
        if (url->host.find_first_of("@/\\%?#[] ") != std::string::npos) std::abort();
        // Written out again it must read as the same URL (where it still fits).
        const std::string again = url->origin() + url->target;
        if (again.size() > 2'048) continue;
        const auto second = parse_url(again, policy);
        if (!second || *second != *url) std::abort();
    }
    return 0;
}
