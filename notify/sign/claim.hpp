// What a request claims: the time, id and signatures that its headers hold. Private to notify/sign.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "notify/sign/scheme.hpp"

namespace assay::notify {

// Views into the headers.
struct Claim {
    std::string_view message_id;
    std::int64_t timestamp = 0;
    std::vector<std::string_view> signatures;  // as Signer::append() writes them
};

// Errors: unauthorized.
Result<Claim> read_claim(const Scheme& scheme, std::span<const Header> headers);

}  // namespace assay::notify
