// Signatures that are wanted at the same time, made together.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "notify/sign/hmac.hpp"

namespace assay::notify {

// HMAC-SHA256 over many texts: several at once where the processor and the build can, with OpenSSL
// one after the other otherwise; the digests are the same (checked when it is made, on known texts;
// lanes that fail the check are never used). Belongs to one thread.
class HmacBatch {
  public:
    // What may be in it before clear().
    static constexpr std::size_t texts_max = 64;
    // A longer text is signed alone: its bytes are not worth copying.
    static constexpr std::size_t text_bytes_max = 8'192 + 512;

    enum class Lanes { if_any, none };
    explicit HmacBatch(Lanes lanes = Lanes::if_any);
    ~HmacBatch();
    HmacBatch(const HmacBatch&) = delete;
    HmacBatch& operator=(const HmacBatch&) = delete;

    // The concatenation of `parts`, copied; the key is borrowed until run(). Gives the number under
    // which its digest is found. Never allocates.
    std::size_t add(const HmacKey& key, std::initializer_list<std::string_view> parts) noexcept;
    std::size_t size() const noexcept { return digests_.size(); }
    bool full() const noexcept { return size() == texts_max; }
    // Afterwards all digests are there. Never allocates.
    void run() noexcept;
    const Digest& digest(std::size_t number) const noexcept;
    void clear() noexcept;
    // How it signs, for people: "OpenSSL", "SHA-NI and AVX-512".
    std::string_view method() const noexcept;

  private:
    struct Body;
    void check_lanes();
    std::unique_ptr<Body> body_;
    std::vector<Digest> digests_;  // reserved in full
};

}  // namespace assay::notify
