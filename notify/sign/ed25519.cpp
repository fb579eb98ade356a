// Ed25519 by OpenSSL.
// SPDX-License-Identifier: MIT
#include "notify/sign/ed25519.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cassert>

namespace assay::notify {
namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Error refused(std::string message, std::string remedy) {
    return fail(ErrorCode::invalid_argument, std::move(message), "secret", std::move(remedy));
}

}  // namespace

struct Ed25519Key::Body {
    Key key;
};

Ed25519Key::Ed25519Key(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Ed25519Key::~Ed25519Key() = default;
Ed25519Key::Ed25519Key(Ed25519Key&&) noexcept = default;
Ed25519Key& Ed25519Key::operator=(Ed25519Key&&) noexcept = default;

Result<Ed25519Key> Ed25519Key::from_private(std::string_view bytes) {
    if (bytes.size() != seed_bytes && bytes.size() != private_bytes) {
        return refused(
            "the private key holds " + std::to_string(bytes.size()) + " bytes behind whsk_",
            "write whsk_ followed by the base64 of 64 bytes: the seed, then the public key");
    }
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), seed_bytes));
    if (!key) return refused("the private key cannot be used", "make a new one");
    if (bytes.size() == private_bytes) {
        std::array<unsigned char, public_bytes> own;
        std::size_t size = own.size();
        const bool known = EVP_PKEY_get_raw_public_key(key.get(), own.data(), &size) == 1;
        // Signing under a key that its receivers do not hold would only be noticed there.
        if (!known || CRYPTO_memcmp(own.data(), bytes.data() + seed_bytes, own.size()) != 0) {
            return refused("the private key's two halves do not belong together",
                           "copy the whole key again");
        }
    }
    return Ed25519Key(std::make_unique<Body>(Body{std::move(key)}));
}

Result<Ed25519Key> Ed25519Key::from_public(std::string_view bytes) {
    Key key;
    if (bytes.size() == public_bytes) {
        key.reset(
            EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size()));
    }
    if (!key) {
        return refused("the public key is not of 32 bytes behind whpk_",
                       "write whpk_ followed by the base64 of the 32 bytes");
    }
    return Ed25519Key(std::make_unique<Body>(Body{std::move(key)}));
}

std::string Ed25519Key::sign(std::initializer_list<std::string_view> parts) const {
    assert(body_ != nullptr);
    std::string message;
    std::size_t size = 0;
    for (const std::string_view part : parts)
        size += part.size();
    message.reserve(size);
    for (const std::string_view part : parts)
        message += part;
    std::string signature(signature_bytes, '\0');
    std::size_t written = signature.size();
    const Context context(EVP_MD_CTX_new());
    const bool done =
        context &&
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, body_->key.get()) == 1 &&
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &written,
                       bytes_of(message), message.size()) == 1;
    assert(done && written == signature_bytes);
    // Out of memory, or a public key: nothing that verifies may come of it.
    if (!done) signature.assign(signature_bytes, '\0');
    return signature;
}

bool Ed25519Key::verify(std::string_view message, std::string_view signature) const noexcept {
    assert(body_ != nullptr);
    if (signature.size() != signature_bytes) return false;
    const Context context(EVP_MD_CTX_new());
    return context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, body_->key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                            message.size()) == 1;
}

}  // namespace assay::notify
