// The two roads of a load, and what they share (private to the module).
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/random.hpp"
#include "notify/endpoint/endpoint.hpp"
#include "notify/http/client_pool.hpp"
#include "tools/load/fast_receiver.hpp"
#include "tools/load/load.hpp"

namespace assay::tools {

// Ring, shard core, signing and HTTP; the store only pretended.
Result<LoadReport> run_from_memory(const LoadOptions& options, FastReceiver* receiver);
// The whole road: commit -> relay -> ring -> render -> sign -> send -> delivery row.
Result<LoadReport> run_durable(const LoadOptions& options, FastReceiver* receiver);

// The endpoints of a load, the silent ones first. Their ids sort in that order.
std::vector<notify::Endpoint> load_endpoints(const LoadOptions& options, Random& random);

// Verifies the receiver's samples, and that it has got `delivered` requests; each sample is held
// against the secrets of all endpoints; gives how many there were. Errors: internal, when one does
// not verify or requests are missing.
Result<std::uint64_t> verify_samples(const FastReceiver& receiver,
                                     std::span<const notify::Endpoint> endpoints,
                                     std::uint64_t delivered, const Clock& clock);

// Time of the wall and of this process's processors since it was made.
class Stopwatch {
  public:
    Stopwatch();
    double seconds() const;
    double processor_seconds() const;
    SteadyTime begun() const noexcept { return begun_; }

  private:
    SteadyTime begun_;
    double processor_;
};

// Waits until `count()` has reached `enough`. Errors: timeout, when nothing moves for `patience`.
template <class Count>
Result<void> wait_until_reached(std::uint64_t enough, const char* what,
                                std::chrono::milliseconds patience, Count count);

// How many deliveries of a rate are due by now, at most `all`.
std::size_t due_by_now(double rate, SteadyTime begun, std::size_t all) noexcept;
// When number `index` of a rate is due.
SteadyTime due_time(double rate, SteadyTime begun, std::size_t index) noexcept;

constexpr std::chrono::microseconds pause_between_looks{200};
void pause();

template <class Count>
Result<void> wait_until_reached(std::uint64_t enough, const char* what,
                                std::chrono::milliseconds patience, Count count) {
    std::uint64_t last = count();
    auto moved = std::chrono::steady_clock::now();
    while (last < enough) {
        pause();
        const std::uint64_t now = count();
        if (now != last) {
            last = now;
            moved = std::chrono::steady_clock::now();
        } else if (std::chrono::steady_clock::now() - moved > patience) {
            return fail(ErrorCode::timeout, std::string(what) +
                                                " stay away: " + std::to_string(last) + " of " +
                                                std::to_string(enough) + " came");
        }
    }
    return {};
}

}  // namespace assay::tools
