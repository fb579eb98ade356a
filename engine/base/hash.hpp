// XXH3 hashes of bytes: identities, checksums of stored rows, shard numbers.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

struct Hash128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Hash128&, const Hash128&) = default;
};

// XXH3 with the fixed seed 0: stable across runs, machines and versions. Not for secrets, and not
// for hash tables keyed by what clients send.
std::uint64_t hash64(std::string_view bytes) noexcept;
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) noexcept;
Hash128 hash128(std::string_view bytes) noexcept;

}  // namespace assay
