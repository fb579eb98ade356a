// The key that seals secrets at rest: from a file, the environment, or made beside the data.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/random.hpp"
#include "engine/base/result.hpp"

namespace assay::tools {

using MasterKey = std::array<unsigned char, 32>;

// 64 hexadecimal digits or the base64 of 32 bytes, with blanks around. Errors: invalid_argument.
Result<MasterKey> parse_master_key(std::string_view text);

struct MasterKeySource {
    std::string file;                        // --key-file; empty: none
    std::optional<std::string> environment;  // ASSAY_MASTER_KEY
    std::filesystem::path data_directory;    // where one is made, as master.key, when there is none
};
struct LoadedMasterKey {
    MasterKey key{};
    std::filesystem::path made_at;  // the file that was made just now; empty: none was
    bool beside_data = false;       // who takes the data directory takes the key as well
};
// A key file must be readable by its owner only. Errors: invalid_argument, io_error.
Result<LoadedMasterKey> load_master_key(const MasterKeySource& source, Random& random);

// A key for one purpose, from the master key: HMAC-SHA256(key, purpose).
std::string derived_key(const MasterKey& key, std::string_view purpose);

}  // namespace assay::tools
