// Randomness as an interface, so that a seed decides everything in tests; and UUIDs made from it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace assay {

// Thread safety: SystemRandom may be called from any thread; SeededRandom belongs to one.
class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> bytes) = 0;

    std::uint64_t next_u64();
    // Uniform in [0, 1).
    double next_unit();
};

// The operating system's generator, fit for secrets.
class SystemRandom final : public Random {
  public:
    void fill(std::span<std::byte> bytes) override;
};

// Repeatable, for tests, jitter and generated data; never for secrets. (SplitMix64, Steele et al.
// 2014.)
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::byte> bytes) override;

  private:
    std::uint64_t state_;
};

// A version 4 UUID in lower case, 36 characters (RFC 9562).
std::string make_uuid(Random& random);

// A version 8 UUID whose 122 free bits come from a 128-bit hash: the same input, the same id.
std::string uuid_from_hash(std::uint64_t high, std::uint64_t low);

}  // namespace assay
