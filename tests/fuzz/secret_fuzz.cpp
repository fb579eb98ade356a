// Any bytes as a secret: refused, or kept as they are, and never decoded into a key out of range.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>

#include "notify/sign/scheme.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay::notify;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto secret = Secret::parse(text);
    if (!secret) return 0;
    if (secret->reveal() != text) std::abort();
    const auto key = secret->decoded();
    if (key && (key->size() < Secret::key_bytes_min || key->size() > Secret::key_bytes_max)) {
        std::abort();
    }
    for (const auto layout :
         {SignatureLayout::timestamped_hex, SignatureLayout::standard_webhooks}) {
        const auto signer = Signer::make(layout, *secret);
        const bool expected = layout == SignatureLayout::timestamped_hex || key.has_value();
        if (signer.has_value() != expected) std::abort();
    }
    return 0;
}
