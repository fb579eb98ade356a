// A SQLite VFS that fails where a test wants it to, and remembers what a power cut would leave.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/random.hpp"

namespace assay::testing {

// Stands on the default VFS under a name of its own, for as long as it lives; outlive every
// connection that uses it. Real syncs are left out: what is durable is this class's own knowledge.
// Thread-safe.
class FaultyVfs {
  public:
    enum class Fault { io_error, no_space };

    FaultyVfs();
    ~FaultyVfs();
    FaultyVfs(const FaultyVfs&) = delete;
    FaultyVfs& operator=(const FaultyVfs&) = delete;

    const std::string& name() const noexcept;

    // The nth write, truncation or sync from now (1 is the next) fails: once, or from then on. A
    // failing write leaves half of its bytes.
    void fail_at(int nth, Fault fault, bool from_then_on);
    void heal();
    bool has_failed() const;  // since the last fail_at()

    // Records what is written from now on, from empty files.
    void record();
    // A planted fault: syncs say yes and do nothing.
    void skip_syncs();
    // Puts `number` between the operations: what the program has promised at this moment.
    void note(std::int64_t number);
    std::size_t recorded() const;

    // Writes into `directory` what a power cut after the first `operations` of the record could
    // leave of each file: all that was synced before, and of the rest, by `loss`, nothing, all, a
    // prefix with a torn last write, or any sectors of any writes. What a failed sync was to write
    // is not written by a later one (so Linux behaves). Gives the last number noted.
    enum class Loss { everything, nothing, suffix, scattered };
    std::int64_t crash(std::size_t operations, Loss loss, Random& random,
                       const std::filesystem::path& directory) const;

    struct Body;

  private:
    std::unique_ptr<Body> body_;
};

}  // namespace assay::testing
