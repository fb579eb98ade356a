// Any bytes as recipients and as a sender: refused, or nothing that a header could be made of.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/limits.hpp"
#include "notify/message/mail.hpp"

// The input: what would stand in the webhook's target, or in smtp.sender.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay::notify;
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto recipients = parse_mailto("mailto:" + text)) {
        if (recipients->empty() || recipients->size() > assay::limits::mail_recipients_max ||
            to_mailto(*recipients) != "mailto:" + text) {
            std::abort();
        }
        for (const std::string& one : *recipients) {
            const auto steers = [](char c) {
                return c <= ' ' || c >= 0x7f || c == ',' || c == '<';
            };
            if (std::any_of(one.begin(), one.end(), steers)) std::abort();
        }
    }
    const auto sender = parse_sender(text);
    if (!sender) return 0;
    const std::string head = mail_head(*sender, {}, text);
    // Three headers, one of them folded at most: a line that begins none begins with a space.
    std::size_t headers = 0;
    for (std::size_t at = 0; at < head.size(); at = head.find('\n', at) + 1) {
        if (head[at] != ' ') ++headers;
        if (head.find('\n', at) == std::string::npos) std::abort();
    }
    if (headers != 3) std::abort();
    return 0;
}
