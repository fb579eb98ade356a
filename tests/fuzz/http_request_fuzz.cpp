// Any bytes as a stream of requests: no crash, and the same verdict whole, halved and byte by byte.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tools/api/request_reader.hpp"

namespace {

using assay::tools::RequestReader;

struct Verdict {
    int requests = 0;
    bool refused = false;
    std::string bodies;  // of complete requests: what a refusal cut short differs with the split
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

void drain(RequestReader& reader, Verdict& verdict, std::string& body) {
    while (!verdict.refused) {
        switch (reader.step()) {
            case RequestReader::Step::need_more:
                return;
            case RequestReader::Step::head:
                break;
            case RequestReader::Step::body:
                body += reader.piece();
                break;
            case RequestReader::Step::done:
                ++verdict.requests;
                verdict.bodies += std::to_string(body.size()) + ":" + body;
                body.clear();
                reader.next_request();
                break;
            case RequestReader::Step::refused:
                verdict.refused = true;
                break;
        }
    }
}

Verdict judge(std::string_view bytes, std::size_t stride) {
    RequestReader reader;
    Verdict verdict;
    std::string body;
    while (!bytes.empty() && !verdict.refused) {
        reader.feed(bytes.substr(0, stride));
        bytes.remove_prefix(std::min(stride, bytes.size()));
        drain(reader, verdict, body);
    }
    return verdict;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 64 * 1024) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Verdict whole = judge(bytes, size + 1);
    if (!(judge(bytes, size / 2 + 1) == whole)) std::abort();
    if (!(judge(bytes, 1) == whole)) std::abort();
    return 0;
}
