// Reading, making and deriving keys; private files.
// SPDX-License-Identifier: MIT
#include "tools/cli/master_key.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>

#include "engine/base/ascii.hpp"
#include "engine/base/encoding.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t key_file_bytes_max = 1'024;

Error io_fault(const std::filesystem::path& path, const char* what) {
    return fail(ErrorCode::io_error,
                std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(errno));
}

Result<MasterKey> read_key_file(const std::filesystem::path& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return io_fault(path, "read");
    if ((about.st_mode & 077) != 0)
        return fail(ErrorCode::invalid_argument,
                    "the key file " + path.string() + " can be read by others", "--key-file",
                    "chmod 600 it, and take a new key if somebody may have read it");
    std::ifstream file(path, std::ios::binary);
    std::string text(key_file_bytes_max, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    auto key = parse_master_key(text);
    OPENSSL_cleanse(text.data(), text.size());
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

Result<void> write_private_file(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::path unfinished = path;
    unfinished += ".new";
    ::unlink(unfinished.c_str());
    const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return io_fault(path, "write");
    const ssize_t written = ::write(file, text.data(), text.size());
    const bool whole = written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    ::close(file);
    if (!whole || ::rename(unfinished.c_str(), path.c_str()) != 0) return io_fault(path, "write");
    const int directory = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return io_fault(path.parent_path(), "open");
    const bool synced = ::fsync(directory) == 0;
    ::close(directory);
    if (!synced) return io_fault(path.parent_path(), "sync");
    return {};
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
