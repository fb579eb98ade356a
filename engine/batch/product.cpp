// A product back at its defaults, with its vectors' memory kept.
// SPDX-License-Identifier: MIT
#include "engine/batch/product.hpp"

#include <utility>

namespace assay::engine {
namespace {

// Empties a vector and keeps what it has allocated.
template <class T>
std::vector<T> emptied(std::vector<T>& used) {
    std::vector<T> kept = std::move(used);
    kept.clear();
    return kept;
}

}  // namespace

void Product::clear() {
    Product fresh;
    fresh.market.rank_history = emptied(market.rank_history);
    fresh.comparables = emptied(comparables);
    fresh.risk.restricted = emptied(risk.restricted);
    fresh.overrides.channels = emptied(overrides.channels);
    fresh.overrides.analyzers = emptied(overrides.analyzers);
    fresh.overrides.fee_options = emptied(overrides.fee_options);
    fresh.device.failed_functions = emptied(device.failed_functions);
    fresh.images = emptied(images);
    fresh.notes = emptied(notes);
    *this = std::move(fresh);
}

}  // namespace assay::engine
