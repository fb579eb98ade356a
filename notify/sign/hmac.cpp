// HMAC-SHA256 over two prepared SHA-256 states, one for each pad of the key.
// SPDX-License-Identifier: MIT

// The SHA256_* functions are deprecated in OpenSSL 3, and still the right ones here: copying a
// prepared state is a plain struct copy, while EVP_MAC_init with a null key and EVP_MD_CTX_copy_ex
// allocate on every signature under OpenSSL 3.0 (bench/sign_bench.cpp measures all of them). The
// price is that an alternative provider (FIPS, hardware) is not asked.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "notify/sign/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cassert>
#include <cstring>
#include <type_traits>

namespace assay::notify {
namespace {

using Block = std::array<unsigned char, SHA256_CBLOCK>;

static_assert(std::is_trivially_copyable_v<SHA256_CTX>, "a prepared state is copied as bytes");
static_assert(sizeof(Digest) == SHA256_DIGEST_LENGTH);

void start(SHA256_CTX& state, const Block& key, unsigned char pad) {
    Block padded;
    for (std::size_t i = 0; i < padded.size(); ++i) {
        padded[i] = static_cast<unsigned char>(key[i] ^ pad);
    }
    SHA256_Init(&state);
    SHA256_Update(&state, padded.data(), padded.size());
    OPENSSL_cleanse(padded.data(), padded.size());
}

}  // namespace

struct HmacKey::Body {
    SHA256_CTX inner, outer;
};

HmacKey::HmacKey(std::string_view key) : body_(std::make_unique<Body>()) {
    Block block{};
    if (key.size() > block.size()) {
        SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), block.data());
    } else if (!key.empty()) {
        std::memcpy(block.data(), key.data(), key.size());
    }
    start(body_->inner, block, 0x36);
    start(body_->outer, block, 0x5c);
    OPENSSL_cleanse(block.data(), block.size());
}

HmacKey::~HmacKey() {
    if (body_) OPENSSL_cleanse(body_.get(), sizeof(Body));
}

HmacKey::HmacKey(HmacKey&&) noexcept = default;

HmacKey& HmacKey::operator=(HmacKey&& other) noexcept {
    // Swapped, so that the state that goes is wiped by the other's destructor.
    std::swap(body_, other.body_);
    return *this;
}

Digest HmacKey::sign(std::initializer_list<std::string_view> parts) const noexcept {
    assert(body_ != nullptr);
    SHA256_CTX state = body_->inner;
    for (const std::string_view part : parts) {
        SHA256_Update(&state, part.data(), part.size());
    }
    std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes;
    SHA256_Final(bytes.data(), &state);  // wipes the data it buffered
    state = body_->outer;
    SHA256_Update(&state, bytes.data(), bytes.size());
    SHA256_Final(bytes.data(), &state);
    Digest digest;
    std::memcpy(digest.data(), bytes.data(), bytes.size());
    return digest;
}

const std::uint32_t* HmacKey::inner_state() const noexcept {
    static_assert(std::is_same_v<SHA_LONG, std::uint32_t>);
    return body_->inner.h;
}

const std::uint32_t* HmacKey::outer_state() const noexcept {
    return body_->outer.h;
}

Digest sha256(std::initializer_list<std::string_view> parts) noexcept {
    SHA256_CTX state;
    SHA256_Init(&state);
    for (const std::string_view part : parts) {
        SHA256_Update(&state, part.data(), part.size());
    }
    std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes;
    SHA256_Final(bytes.data(), &state);
    Digest digest;
    std::memcpy(digest.data(), bytes.data(), bytes.size());
    return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::string& text) noexcept {
    text.resize(text.capacity());  // within the capacity: does not allocate, cannot throw
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

}  // namespace assay::notify
