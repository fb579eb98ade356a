// A plain look at a receiver's URL, beside the deliveries: a GET, and the certificate's end.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/base/clock.hpp"
#include "notify/endpoint/url.hpp"
#include "tools/cli/check_findings.hpp"

namespace assay::tools {

// `remote`: the address that a delivery has just reached, "203.0.113.7:443": it passed the address
// policy, and nothing else is dialled. Empty: nothing is. Blocks for a few seconds at most; what
// cannot be learned stays unknown. `ca_bundle`: authorities beside the system's; empty: none.
Look look_at(const notify::Url& url, const std::string& remote, const std::string& ca_bundle,
             TimePoint now);

}  // namespace assay::tools
