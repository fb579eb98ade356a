// Reading, making and deriving keys.
// SPDX-License-Identifier: MIT
#include "tools/cli/master_key.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <cstring>
#include <span>

#include "engine/base/ascii.hpp"
#include "engine/base/encoding.hpp"
#include "tools/settings/private_file.hpp"

namespace assay::tools {
namespace {

Result<MasterKey> read_key_file(const std::filesystem::path& path) {
    auto text = read_private_file(path, "key file", "--key-file");
    if (!text) return std::move(text).error();
    auto key = parse_master_key(*text);
    OPENSSL_cleanse(text->data(), text->size());
    if (!key) key.error().field = path.string();
    return key;
}

}  // namespace

Result<MasterKey> parse_master_key(std::string_view text) {
    text = trim(text);
    auto bytes = text.size() == 64 ? from_hex(text) : from_base64(text);
    MasterKey key{};
    if (!bytes || bytes->size() != key.size())
        return fail(ErrorCode::invalid_argument, "the master key is not 32 bytes", {},
                    "write 64 hexadecimal digits, e.g. from: openssl rand -hex 32");
    std::memcpy(key.data(), bytes->data(), key.size());
    OPENSSL_cleanse(bytes->data(), bytes->size());
    return key;
}

Result<LoadedMasterKey> load_master_key(const MasterKeySource& source, Random& random) {
    LoadedMasterKey loaded;
    const std::filesystem::path own = source.data_directory / "master.key";
    Result<MasterKey> key = MasterKey{};
    if (!source.file.empty()) {
        key = read_key_file(source.file);
    } else if (source.environment) {
        key = parse_master_key(*source.environment);
        if (!key) key.error().field = "ASSAY_MASTER_KEY";
    } else if (std::filesystem::exists(own)) {
        loaded.beside_data = true;
        key = read_key_file(own);
    } else {
        loaded.beside_data = true;
        random.fill(std::as_writable_bytes(std::span(*key)));
        const std::string_view bytes(reinterpret_cast<const char*>(key->data()), key->size());
        std::string text = to_hex(bytes) + "\n";
        const auto written = write_private_file(own, text);
        OPENSSL_cleanse(text.data(), text.size());
        if (!written) return written.error();
        loaded.made_at = own;
    }
    if (!key) return std::move(key).error();
    loaded.key = *key;
    return loaded;
}

std::string derived_key(const MasterKey& key, std::string_view purpose) {
    std::string out(32, '\0');
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
         reinterpret_cast<unsigned char*>(out.data()), &size);
    return out;
}

}  // namespace assay::tools
