// Replaces the global operator new by one that counts.
// SPDX-License-Identifier: MIT
#include "bench/support/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::uint64_t> count{0};  // relaxed: a count orders nothing
}

void* operator new(std::size_t size) {
    count.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace assay::bench {

std::uint64_t allocations() noexcept {
    return count.load(std::memory_order_relaxed);
}

}  // namespace assay::bench
