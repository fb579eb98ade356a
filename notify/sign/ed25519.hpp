// Ed25519 signatures (RFC 8032), for receivers that must not be able to sign themselves.
// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::notify {

// One key, private or public; private bytes are wiped when it goes. Thread safety: that of HmacKey.
class Ed25519Key {
  public:
    static constexpr std::size_t seed_bytes = 32;
    static constexpr std::size_t private_bytes = 64;  // the seed, then its public key
    static constexpr std::size_t public_bytes = 32;
    static constexpr std::size_t signature_bytes = 64;

    // From 32 bytes (the seed) or 64 (with its public key behind it, which has to be the right
    // one). Errors: invalid_argument on field "secret".
    static Result<Ed25519Key> from_private(std::string_view bytes);
    static Result<Ed25519Key> from_public(std::string_view bytes);
    ~Ed25519Key();
    Ed25519Key(Ed25519Key&&) noexcept;
    Ed25519Key& operator=(Ed25519Key&&) noexcept;

    // Over the concatenation of `parts`; of a private key only. Allocates: OpenSSL takes the
    // message whole.
    std::string sign(std::initializer_list<std::string_view> parts) const;
    bool verify(std::string_view message, std::string_view signature) const noexcept;

  private:
    struct Body;
    explicit Ed25519Key(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

}  // namespace assay::notify
