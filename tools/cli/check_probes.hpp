// The deliveries that `assay check` sends: good ones, and ones that a receiver must refuse. Pure.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/base/result.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/profile/profile.hpp"
#include "notify/sign/secret.hpp"
#include "tools/cli/check_findings.hpp"

namespace assay::tools {

struct Probe {
    Check check{};
    notify::SignedRequest request;
};

struct ProbeInput {
    std::string url;
    const notify::Profile& profile;
    const notify::Secret& secret;
    std::int64_t now = 0;  // unix seconds
};

// Every delivery that applies to the profile, in the order in which they are to be sent; each has
// an id of its own but for the duplicate, which is the valid one again. Errors: invalid_argument
// (a secret that does not fit the profile).
Result<std::vector<Probe>> make_probes(const ProbeInput& input, Random& random);

}  // namespace assay::tools
