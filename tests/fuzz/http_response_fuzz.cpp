// Any bytes as a response, whole, again and split: no crash, the same verdict, all within limits.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "notify/http/response_reader.hpp"

namespace {

using assay::notify::ResponseReader;

constexpr assay::notify::ResponseLimits limits{1'024, 512, 128, 4};

struct Verdict {
    ResponseReader::State state = ResponseReader::State::more;
    int status = 0;
    std::string text;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

// As the connection does: what is not taken comes again, with more behind it.
Verdict read(ResponseReader& reader, std::string_view bytes, std::size_t step) {
    reader.begin();
    Verdict verdict;
    std::size_t from = 0;
    for (std::size_t to = std::min(step, bytes.size());; to = std::min(to + step, bytes.size())) {
        std::size_t taken = 0;
        verdict.state = reader.feed(bytes.substr(from, to - from), taken);
        if (taken > to - from) std::abort();
        from += taken;
        if (verdict.state != ResponseReader::State::more || to == bytes.size()) break;
    }
    verdict.status = reader.status();
    if (verdict.state == ResponseReader::State::complete) {
        verdict.text = reader.text();
        if (verdict.text.size() > limits.text_bytes) std::abort();
        reader.retry_after(assay::TimePoint{});
        reader.location();
    }
    return verdict;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ResponseReader reader(limits), other(limits);
    const Verdict whole = read(reader, bytes, size + 1);
    if (!(read(reader, bytes, size + 1) == whole)) std::abort();
    const Verdict split = read(other, bytes, 1 + size / 7);
    // A header limit may be met in another place when bytes come in pieces; a complete response is
    // the same response.
    const bool both = whole.state == ResponseReader::State::complete &&
                      split.state == ResponseReader::State::complete;
    if (both && !(whole == split)) std::abort();
    return 0;
}
