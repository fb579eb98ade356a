// Any bytes as a signed request: never accepted unless the signature is ours, never a crash.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>

#include "notify/sign/scheme.hpp"

namespace {

using namespace assay::notify;

constexpr std::int64_t now = 1'779'705'000;

// The first line is the body, each further one a header "Name: value".
struct Request {
    std::string_view body;
    std::vector<Header> headers;
};

Request read(std::string_view text) {
    Request request;
    bool first = true;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (first) {
            request.body = line;
            first = false;
            continue;
        }
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        request.headers.push_back(
            {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
    }
    return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Secret secret =
        Secret::parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value();
    const Request request = read({reinterpret_cast<const char*>(data), size});
    for (const auto layout : signature_layouts) {
        const VerifyOptions options{std::chrono::seconds(300), now};
        const auto verdict = verify(layout, {&secret, 1}, request.headers, request.body, options);
        if (!verdict && verdict.error().message.empty()) std::abort();
        if (!signs_body(layout)) continue;
        // The same headers over another body must never pass.
        const std::string other = std::string(request.body) + "x";
        if (verify(layout, {&secret, 1}, request.headers, other, options) && verdict) std::abort();
    }
    return 0;
}
