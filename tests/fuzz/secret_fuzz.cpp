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
    const bool is_ed25519 = secret->is_private_key() || secret->is_public_key();
    for (const auto layout : signature_layouts) {
        const auto signer = Signer::make(layout, *secret);
        if (layout == SignatureLayout::standard_webhooks && is_ed25519) continue;
        const bool expected = layout != SignatureLayout::standard_webhooks || key.has_value();
        if (signer.has_value() != expected) std::abort();
    }
    return 0;
}
