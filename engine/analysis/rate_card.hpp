// Rate cards: a user's own postage by zone and weight, put in place of a channel's.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/analysis/channel.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

// Whether a file of the user's is a rate card (its root names one) rather than a channel.
bool is_rate_card(std::string_view json);

// Gives each channel under "use" the postage of its zone. Errors: invalid_input with file and
// place; also for a channel that is not there, or sells in another currency.
Result<void> apply_rate_card(std::string_view json, std::string_view path,
                             std::span<Channel> channels);

}  // namespace assay::engine
