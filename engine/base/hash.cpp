// XXH3 by libxxhash.
// SPDX-License-Identifier: MIT
#include "engine/base/hash.hpp"

#if defined(__x86_64__)
#include <xxh_x86dispatch.h>  // the same values, by the widest vectors that there are
#else
#include <xxhash.h>
#endif

namespace assay {

std::uint64_t hash64(std::string_view bytes) noexcept {
    return XXH3_64bits(bytes.data(), bytes.size());
}

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 hash128(std::string_view bytes) noexcept {
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return {hash.high64, hash.low64};
}

}  // namespace assay
