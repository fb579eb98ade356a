// Several HMAC-SHA256 in one instruction stream, where the processor can (private to sign).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace assay::notify {

// One contiguous text under one prepared key. The states are those after the key's two pads.
struct LaneJob {
    std::string_view text;                 // not empty
    const std::uint32_t* inner = nullptr;  // 8 words
    const std::uint32_t* outer = nullptr;  // 8 words
    char* digest = nullptr;                // 32 bytes are written
};

// Belongs to one thread. What it answers is held against OpenSSL by its user before it is trusted.
class HmacLanes {
  public:
    static constexpr std::size_t jobs_max = 32;

    // Null: not built in, or not for this processor.
    static std::unique_ptr<HmacLanes> make();
    ~HmacLanes();
    HmacLanes(const HmacLanes&) = delete;
    HmacLanes& operator=(const HmacLanes&) = delete;

    // From how many jobs on this is quicker than one after the other.
    std::size_t jobs_min() const noexcept;
    // At most jobs_max. False: some digest was not written. Never allocates.
    bool sign(std::span<const LaneJob> jobs) noexcept;
    std::string_view name() const noexcept;

  private:
    struct Body;
    explicit HmacLanes(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

}  // namespace assay::notify
