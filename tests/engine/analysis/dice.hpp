// Chance for made-up data: the same numbers from the same seed on every machine.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace assay::testing {

class Dice {
  public:
    explicit Dice(std::uint32_t seed) : random_(seed) {}
    std::size_t below(std::size_t count) { return random_() % count; }
    double part() { return static_cast<double>(random_()) / 4294967296.0; }
    bool chance(double p) { return part() < p; }
    // About normal, with unit variance: a sum of twelve.
    double normal() {
        double sum = -6;
        for (int i = 0; i < 12; ++i)
            sum += part();
        return sum;
    }
    template <std::size_t size>
    std::string pick(const std::array<const char*, size>& list) {
        return list[below(size)];
    }
    template <class Value>
    void shuffle(std::vector<Value>& list) {
        for (std::size_t i = list.size(); i > 1; --i)
            std::swap(list[i - 1], list[below(i)]);
    }

  private:
    std::mt19937 random_;
};

}  // namespace assay::testing
