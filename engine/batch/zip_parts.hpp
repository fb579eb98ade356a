// The parts of a ZIP archive in memory, unpacked piece by piece within limits. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

// Beyond what libzip checks (directory, checksums): no name twice, not even in another case, no
// passwords, no more than `unpacked_max` bytes over all reads together, no bomb. One thread at a
// time.
class ZipParts {
  public:
    // `bytes` outlive the parts. Errors: unsupported_media.
    static Result<ZipParts> open(std::string_view bytes, std::size_t unpacked_max);
    ~ZipParts();
    ZipParts(ZipParts&&) noexcept;
    ZipParts(const ZipParts&) = delete;

    // Names as in the archive, in its order.
    const std::vector<std::string>& names() const noexcept;
    // In any case, with either slash.
    bool has(std::string_view name) const;

    // False: enough was seen, the rest stays packed.
    using Sink = std::function<Result<bool>(std::string_view)>;
    // Errors: not_found, unsupported_media (damaged, encrypted, a bomb), payload_too_large, and
    // what the sink returns.
    Result<void> read(std::string_view name, const Sink& sink);

  private:
    struct State;
    explicit ZipParts(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace assay::engine
