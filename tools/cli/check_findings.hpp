// What a receiver's answers say about it: observations in, findings with a fix each and a grade
// out. Pure.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "notify/delivery/delivery.hpp"
#include "notify/profile/profile.hpp"

namespace assay::tools {

// What is asked of a receiver, in this order.
enum class Check : std::uint8_t {
    valid,         // a delivery as Assay sends it
    duplicate,     // the same once more: at-least-once delivery repeats itself
    tampered,      // one byte of the body changed after signing
    wrong_secret,  // signed with another secret
    no_signature,
    old_time,      // signed an hour ago
    future_time,   // signed an hour ahead
    rotation,      // two signatures, the second of which is the receiver's
    exact_bytes,   // a body that does not survive being parsed and written again
    unknown_type,  // an event that the receiver has never heard of
    large,         // a body of 1 MiB
    quick,         // how long the accepted ones took
    method,        // a GET, as browsers and monitors send
    transport,     // https, its certificate
};
inline constexpr Check checks[] = {
    Check::valid,    Check::duplicate,   Check::tampered, Check::wrong_secret, Check::no_signature,
    Check::old_time, Check::future_time, Check::rotation, Check::exact_bytes,  Check::unknown_type,
    Check::large,    Check::quick,       Check::method,   Check::transport};
std::string_view to_string(Check check) noexcept;

// Why a check means nothing for a profile; empty: it applies.
std::string_view not_applicable(Check check, const notify::Profile& profile) noexcept;

// How the receiver answered one delivery.
struct Observation {
    Check check{};
    notify::Outcome outcome;
};

// What a plain look at the URL showed, beside the deliveries.
struct Look {
    bool https = false;
    bool loopback = false;
    int get_status = 0;                       // of a GET; 0: it was not answered
    std::optional<std::int64_t> days_left{};  // until the certificate ends; none: not known
};

enum class Verdict : std::uint8_t { passed, advice, failed, skipped };
std::string_view to_string(Verdict verdict) noexcept;

struct Finding {
    Check check{};
    Verdict verdict{};
    std::string said;  // what was seen
    std::string fix;   // empty when there is nothing to mend
    int status = 0;    // of the answer; 0: none
    std::int32_t duration_ms = -1;
};

// One finding for each of `checks`, in their order. Where the valid delivery was not accepted the
// others say nothing and are skipped: who refuses everything also refuses what is forged. Pure.
std::vector<Finding> judge(const notify::Profile& profile, std::span<const Observation> seen,
                           const Look& look);

// A: nothing to mend. B: advice only. C: faults that cost deliveries. F: takes what it must refuse,
// or does not take what is valid.
char grade(std::span<const Finding> findings) noexcept;

}  // namespace assay::tools
