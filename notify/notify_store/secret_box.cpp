// Secrets at rest: AES-256-GCM under the master key, bound to their place by associated data.
// SPDX-License-Identifier: MIT
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cassert>
#include <memory>

#include "engine/base/encoding.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}

// The library fails here only when memory is gone or when we call it wrongly.
void must(int ok) {
    if (ok != 1) std::abort();
}

}  // namespace

SecretBox::SecretBox(std::array<unsigned char, 32> key) : key_(key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    must(EVP_Digest(key_.data(), key_.size(), digest.data(), &size, EVP_sha256(), nullptr));
    key_id_ = to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), 4));
    OPENSSL_cleanse(key.data(), key.size());
}

SecretBox::~SecretBox() {
    OPENSSL_cleanse(key_.data(), key_.size());
}

std::string SecretBox::seal(std::string_view plain, std::string_view associated,
                            Random& random) const {
    std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
    random.fill(std::as_writable_bytes(std::span(sealed.data(), nonce_bytes)));
    const Context context(EVP_CIPHER_CTX_new());
    if (!context) std::abort();
    must(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(sealed)));
    int size = 0;
    must(EVP_EncryptUpdate(context.get(), nullptr, &size, bytes(associated),
                           static_cast<int>(associated.size())));
    unsigned char* const out = bytes(sealed) + nonce_bytes;
    must(
        EVP_EncryptUpdate(context.get(), out, &size, bytes(plain), static_cast<int>(plain.size())));
    assert(static_cast<std::size_t>(size) == plain.size());
    must(EVP_EncryptFinal_ex(context.get(), out + size, &size));
    must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, out + plain.size()));
    return sealed;
}

Result<std::string> SecretBox::open(std::string_view sealed, std::string_view associated) const {
    if (sealed.size() < nonce_bytes + tag_bytes) {
        return fail(ErrorCode::corrupt, "a stored secret is too short");
    }
    const std::string_view cipher =
        sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
    std::string tag(sealed.substr(sealed.size() - tag_bytes));
    std::string plain(cipher.size(), '\0');
    const Context context(EVP_CIPHER_CTX_new());
    if (!context) std::abort();
    must(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(sealed)));
    int size = 0;
    must(EVP_DecryptUpdate(context.get(), nullptr, &size, bytes(associated),
                           static_cast<int>(associated.size())));
    must(EVP_DecryptUpdate(context.get(), bytes(plain), &size, bytes(cipher),
                           static_cast<int>(cipher.size())));
    must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()));
    if (EVP_DecryptFinal_ex(context.get(), bytes(plain) + plain.size(), &size) != 1) {
        OPENSSL_cleanse(plain.data(), plain.size());
        return fail(ErrorCode::corrupt,
                    "a stored secret does not open: other master key, or damaged", {},
                    "start with the key file that this data directory was made with");
    }
    return plain;
}

}  // namespace assay::notify
