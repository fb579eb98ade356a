// Every maximum of the channels for people, beside those of engine/base/limits.hpp.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

namespace assay::limits {

inline constexpr std::size_t mail_address_bytes_max = 254;  // RFC 5321: what a path may hold
inline constexpr std::size_t mail_recipients_max =
    20;  // of one endpoint: its mail goes to all at once
inline constexpr std::size_t mails_queued_max = 256;  // one thread sends them; more wait as due
inline constexpr std::chrono::hours failure_mail_interval{1};  // of one tenant and kind
inline constexpr std::size_t failure_mail_states_max = 10'000;

}  // namespace assay::limits
