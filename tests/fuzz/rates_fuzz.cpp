// Tables of exchange rates of any bytes: refused with a place, or rates that are finite and above
// 0.
// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <string_view>

#include "engine/batch/exchange_rates.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto rates =
        assay::engine::read_exchange_rates({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!rates) return 0;
    const auto eur = *assay::Currency::parse("EUR"), jpy = *assay::Currency::parse("JPY");
    const auto found = rates->find(eur, jpy, rates->newest(), std::chrono::days(30));
    if (found && !(std::isfinite(found->factor) && found->factor > 0)) __builtin_trap();
    if (found && found->date > rates->newest()) __builtin_trap();
    if (rates->hash() == 0) __builtin_trap();
    return 0;
}
