// The user's own profiles: every *.json of one directory, beside the built-in ones.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "engine/base/result.hpp"
#include "notify/profile/profile.hpp"

namespace CLI {
class App;
}

namespace assay::tools {

// The built-in profiles with those of `directory` behind them; empty: the built-in ones alone.
// Errors: invalid_argument where it is no directory, holds no JSON file, or a file is no profile or
// takes a name that there is already; payload_too_large.
Result<std::shared_ptr<const notify::ProfileBook>> load_profiles_with(const std::string& directory);

// A profile that signs. Those for people (Discord, mail) have nothing to sign or to verify, and are
// refused by name. Errors: invalid_argument, with the names that there are.
Result<const notify::Profile*> find_signing_profile(const notify::ProfileBook& book,
                                                    const std::string& name);
// "a, b, c": those that sign.
std::string signing_names(const notify::ProfileBook& book);

// --profiles DIR
void add_profiles_option(CLI::App& command, std::string& directory);

}  // namespace assay::tools
