// Signing secrets: parsed, generated, printed as ***, wiped when they go.
// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "engine/base/random.hpp"
#include "engine/base/result.hpp"

namespace assay::notify {

// A secret as its owner wrote it. Wipes its memory on destruction; prints as "***" only.
// Thread safety: that of a plain value.
class Secret {
  public:
    static constexpr std::size_t characters_min = 16;
    static constexpr std::size_t characters_max = 256;
    // What Standard Webhooks allows behind `whsec_`, once decoded.
    static constexpr std::size_t key_bytes_min = 24;
    static constexpr std::size_t key_bytes_max = 64;

    Secret() = default;
    // Any printable ASCII text of 16..256 characters, without a space at either end. Errors:
    // invalid_argument on field "secret"; the message never quotes the text.
    static Result<Secret> parse(std::string_view text);
    // `whsec_` + standard base64 of 32 random bytes.
    static Secret generate(Random& random);
    ~Secret();
    Secret(const Secret&);
    Secret& operator=(const Secret&);
    Secret(Secret&&) noexcept;
    Secret& operator=(Secret&&) noexcept;

    bool empty() const noexcept { return text_.empty(); }
    // The whole text: the key of schemes that sign with it as it is. Never log it.
    std::string_view reveal() const noexcept { return text_; }
    // The bytes behind `whsec_`, base64-decoded: the key of Standard Webhooks. The caller wipes
    // them (notify/sign/hmac.hpp). Errors: invalid_argument on field "secret": another prefix, no
    // base64, or not 24..64 bytes.
    Result<std::string> decoded() const;
    // `whsk_`: the private key of Ed25519; `whpk_`: the public one, which can only verify.
    bool is_private_key() const noexcept { return text_.starts_with("whsk_"); }
    bool is_public_key() const noexcept { return text_.starts_with("whpk_"); }
    // The bytes behind `whsk_` or `whpk_`; the caller wipes them. Errors: invalid_argument.
    Result<std::string> decoded_key() const;

    friend bool operator==(const Secret& a, const Secret& b) noexcept;  // constant time
    friend std::ostream& operator<<(std::ostream& out, const Secret& secret);

  private:
    std::string text_;
};

}  // namespace assay::notify
