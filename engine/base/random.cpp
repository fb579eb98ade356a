// Generators and UUID text.
// SPDX-License-Identifier: MIT
#include "engine/base/random.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace assay {
namespace {

std::string uuid_text(std::array<std::byte, 16> bytes, unsigned version) {
    static constexpr char digits[] = "0123456789abcdef";
    bytes[6] = (bytes[6] & std::byte{0x0f}) | static_cast<std::byte>(version << 4);
    bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[std::to_integer<unsigned>(bytes[i]) >> 4];
        text += digits[std::to_integer<unsigned>(bytes[i]) & 0x0f];
    }
    return text;
}

}  // namespace

std::uint64_t Random::next_u64() {
    std::uint64_t number = 0;
    fill(std::as_writable_bytes(std::span(&number, 1)));
    return number;
}

double Random::next_unit() {
    return static_cast<double>(next_u64() >> 11) * 0x1.0p-53;
}

void SystemRandom::fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            std::abort();  // without randomness there are no secrets worth making
        }
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

void SeededRandom::fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
        mixed ^= mixed >> 31;
        const std::size_t taken = std::min(bytes.size(), sizeof mixed);
        std::memcpy(bytes.data(), &mixed, taken);
        bytes = bytes.subspan(taken);
    }
}

std::string make_uuid(Random& random) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return uuid_text(bytes, 4);
}

std::string uuid_from_hash(std::uint64_t high, std::uint64_t low) {
    std::array<std::byte, 16> bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::byte>(high >> (56 - 8 * i));
        bytes[8 + i] = static_cast<std::byte>(low >> (56 - 8 * i));
    }
    return uuid_text(bytes, 8);
}

}  // namespace assay
