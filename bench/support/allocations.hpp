// Counts heap allocations of the whole process, so that a bench can show that there are none.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace assay::bench {

// Since the start, all threads.
std::uint64_t allocations() noexcept;

}  // namespace assay::bench
