// The closed list of signature layouts: how each is written by us and verified by a receiver, side
// by side.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "notify/sign/hmac.hpp"
#include "notify/sign/secret.hpp"

namespace assay::notify {

struct Header {
    std::string name, value;
    friend bool operator==(const Header&, const Header&) = default;
};

enum class SignatureLayout : std::uint8_t {
    timestamped_hex,    // X-Webhook-Signature: t=<s>,v1=<hex of "t.body">; key = the secret's text
    standard_webhooks,  // webhook-id, webhook-timestamp, webhook-signature: v1,<base64 of
                        // "id.t.body">; key = the bytes behind whsec_
};
std::string_view to_string(SignatureLayout layout) noexcept;
std::optional<SignatureLayout> parse_signature_layout(std::string_view text) noexcept;

// What one attempt signs. Views live for the call.
struct SignInput {
    std::string_view message_id;  // the same over retries; without dots, see is_message_id
    std::int64_t timestamp = 0;   // unix seconds of this attempt
    std::string_view body;        // exactly the bytes that are sent
};

// 1..256 printable ASCII characters without spaces and dots: a dot would let two different
// messages share one signed text.
bool is_message_id(std::string_view text) noexcept;

// A secret made ready for one layout. Thread safety: digest() from several threads at once.
class Signer {
  public:
    // Errors: invalid_argument, when the layout needs a form of secret that this one has not.
    static Result<Signer> make(SignatureLayout layout, const Secret& secret);
    // Never allocates.
    Digest digest(const SignInput& input) const noexcept;
    SignatureLayout layout() const noexcept { return layout_; }

  private:
    Signer(SignatureLayout layout, HmacKey key) : layout_(layout), key_(std::move(key)) {}
    SignatureLayout layout_;
    HmacKey key_;
};

// The headers that prove who sent `input`. `signers`: at least one, all of one layout, in the order
// in which they are to appear (rotation: profiles decide whether the old one stands first or last).
// Appends to `out`; allocates only for the headers' own text.
void sign_headers(std::span<const Signer> signers, const SignInput& input,
                  std::vector<Header>& out);

struct VerifyOptions {
    std::chrono::seconds tolerance{300};  // either way: a receiver's clock may also be behind
    std::int64_t now = 0;                 // unix seconds
};
// What a receiver does: finds the layout's headers (names in any case), checks the signature
// against any of `secrets`, and then the time. Errors: unauthorized, saying whether a header is
// missing, stands there twice or is malformed, whether no signature matches, or whether the message
// is too old or from the future; invalid_argument, when a secret has not the layout's form. Safe
// with any bytes.
Result<void> verify(SignatureLayout layout, std::span<const Secret> secrets,
                    std::span<const Header> headers, std::string_view body,
                    const VerifyOptions& options);

}  // namespace assay::notify
