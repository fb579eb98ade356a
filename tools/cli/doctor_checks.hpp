// What `assay doctor` looks at: each check is a fact in, a verdict with its remedy out.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/tables.hpp"
#include "engine/base/clock.hpp"
#include "tools/settings/settings.hpp"

namespace assay::tools {

enum class CheckOutcome : std::uint8_t { ok, skipped, warning, failure };
std::string_view to_string(CheckOutcome outcome) noexcept;

struct Check {
    std::string name;  // "fee tables"
    CheckOutcome outcome = CheckOutcome::ok;
    std::string message;
    std::string remedy;  // of a warning or failure
};

// --- judged from facts; pure ---------------------------------------------------------------------

// Tables older than 90 days: fees change about twice a year.
Check check_fee_tables(const engine::Tables& tables, TimePoint now);
// `newest_file`: of the data directory; a file from the future means that the clock went back.
Check check_clock(TimePoint now, std::optional<TimePoint> newest_file);
Check check_disk(std::uint64_t free_bytes, std::uint64_t free_files);
// `hard`: what a server raises its limit to; `connections`: what it may hold open.
Check check_open_files(std::uint64_t hard, std::uint64_t connections);
Check check_resolver(const std::optional<std::string>& resolv_conf);
// What the store holds against what the mark file remembers.
Check check_mark(const Result<std::int64_t>& last_commit,
                 const Result<std::optional<std::int64_t>>& mark);
Check check_wal(std::uint64_t wal_bytes, std::uint64_t wal_bytes_max);

// --- looked up -----------------------------------------------------------------------------------

// The configuration, the clock, the disk, the key files, the resolver, the authorities, the limits.
std::vector<Check> check_surroundings(const LoadedSettings& loaded, const Clock& clock);
// The user's own profiles (serve.profiles), each read as the server would.
Check check_profiles(const std::string& directory);
// Lock, mark, WAL, structure, and the checksum of every row of a data directory.
std::vector<Check> check_store(const LoadedSettings& loaded);

}  // namespace assay::tools
