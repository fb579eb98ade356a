// HMAC-SHA256 with the key state prepared once, so that a signature costs two hashes and no
// allocation.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace assay::notify {

using Digest = std::array<char, 32>;

// One prepared key; its state is wiped on destruction. Thread safety: sign() may be called from
// several threads at once; moving and destroying may not run beside it. A moved-from key can only
// be assigned to or destroyed.
class HmacKey {
  public:
    // Any length, the empty key included (RFC 2104 hashes keys of more than 64 bytes first).
    explicit HmacKey(std::string_view key);
    ~HmacKey();
    HmacKey(HmacKey&&) noexcept;
    HmacKey& operator=(HmacKey&&) noexcept;

    // HMAC-SHA256 over the concatenation of `parts` (RFC 2104, FIPS 180-4). Never allocates.
    Digest sign(std::initializer_list<std::string_view> parts) const noexcept;
    // The eight words of the state behind each pad, for those who hash several texts at once.
    const std::uint32_t* inner_state() const noexcept;
    const std::uint32_t* outer_state() const noexcept;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

// SHA-256 over the concatenation of `parts` (FIPS 180-4).
Digest sha256(std::initializer_list<std::string_view> parts) noexcept;

// Compares in a time that depends on the lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

// Overwrites what `text` holds, the unused part of its buffer included, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace assay::notify
