// The closed list of signature layouts: how each is written by us and verified by a receiver, side
// by side.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/result.hpp"
#include "notify/sign/ed25519.hpp"
#include "notify/sign/header_lines.hpp"
#include "notify/sign/hmac.hpp"
#include "notify/sign/hmac_batch.hpp"
#include "notify/sign/secret.hpp"

namespace assay::notify {

enum class SignatureLayout : std::uint8_t {
    timestamped_hex,    // X-Webhook-Signature: t=<s>,v1=<hex of "t.body">; key = the secret's text
    standard_webhooks,  // webhook-id, webhook-timestamp, webhook-signature: v1,<base64 of
                        // "id.t.body">; key = the bytes behind whsec_. A whsk_ key: v1a,<Ed25519>
    split_hex,          // X-Signature: <hex of "t.body">, X-Timestamp: <s>; key = the text
    body_hex,           // X-Signature: <hex of body>; key = the text
    body_base64,        // X-Signature: <base64 of body>; key = the text
    object_hex,   // Authorization: <hex of object_id and timestamp, as the body has them>; the rest
                  // of the body is not signed
    secret_text,  // X-Signature: the secret as it is
};
inline constexpr std::array signature_layouts{
    SignatureLayout::timestamped_hex, SignatureLayout::standard_webhooks,
    SignatureLayout::split_hex,       SignatureLayout::body_hex,
    SignatureLayout::body_base64,     SignatureLayout::object_hex,
    SignatureLayout::secret_text};
std::string_view to_string(SignatureLayout layout) noexcept;
std::optional<SignatureLayout> parse_signature_layout(std::string_view text) noexcept;

// Whether one header holds the signatures of several secrets; the others hold one.
constexpr bool holds_list(SignatureLayout layout) noexcept {
    return layout == SignatureLayout::timestamped_hex ||
           layout == SignatureLayout::standard_webhooks;
}
// Whether the time of the attempt is signed, so that a receiver can tell a replay by its age.
constexpr bool signs_time(SignatureLayout layout) noexcept {
    return holds_list(layout) || layout == SignatureLayout::split_hex;
}
// Whether a changed body is noticed.
constexpr bool signs_body(SignatureLayout layout) noexcept {
    return layout != SignatureLayout::object_hex && layout != SignatureLayout::secret_text;
}

// How the secret enters the digest.
enum class SignatureDigest : std::uint8_t {
    hmac_sha256,    // HMAC with the secret as key
    sha256_suffix,  // SHA-256 of the signed text with the secret behind it; object_hex only
};
std::string_view to_string(SignatureDigest digest) noexcept;
std::optional<SignatureDigest> parse_signature_digest(std::string_view text) noexcept;

// A layout with the names of its headers. A plain value.
struct Scheme {
    // With the names above.
    Scheme(SignatureLayout chosen = SignatureLayout::standard_webhooks);  // NOLINT: converts

    SignatureLayout layout;
    std::string signature_header;
    std::string timestamp_header;  // standard_webhooks and split_hex; else empty
    std::string id_header;         // standard_webhooks; else empty
    std::string prefix;            // before a hex digest, e.g. "sha256="; not timestamped_hex
    SignatureDigest digest = SignatureDigest::hmac_sha256;
    friend bool operator==(const Scheme&, const Scheme&) = default;
};
// Names that can be sent, none twice, and nothing that the layout has no use for. Errors:
// invalid_argument with the member ("header", "timestamp_header", "id_header", "prefix", "digest").
Result<void> validate(const Scheme& scheme);
// The names of its headers, one to three.
std::vector<std::string_view> header_names(const Scheme& scheme);

// What one attempt signs. Views live for the call.
struct SignInput {
    std::string_view message_id;  // the same over retries; without dots, see is_message_id
    std::int64_t timestamp = 0;   // unix seconds of this attempt
    std::string_view body;        // exactly the bytes that are sent
    // What object_hex signs: both stand in the body, and are the event's, not the attempt's.
    std::int64_t object_id = 0;
    std::int64_t event_time = 0;  // unix seconds
};

// object_id and timestamp out of a body that a receiver got. Errors: invalid_argument.
struct ObjectStamp {
    std::int64_t object_id = 0, event_time = 0;
};
Result<ObjectStamp> read_object_stamp(std::string_view body);

// 1..256 printable ASCII characters without spaces and dots: a dot would let two different
// messages share one signed text.
bool is_message_id(std::string_view text) noexcept;

// A secret made ready for one scheme. Thread safety: that of HmacKey.
class Signer {
  public:
    // Errors: invalid_argument, when the scheme needs a form of secret that this one has not.
    static Result<Signer> make(const Scheme& scheme, const Secret& secret);
    // Appends the signature as it stands in the header, the version before it where there is one.
    // HMAC: allocates for `out` only.
    void append(const SignInput& input, std::string& out) const;
    // The same in two steps, with other signatures in between: what start() put into the batch is
    // handed to append() as `ready`. Not of an HMAC: start() does nothing and append() does all.
    void start(const SignInput& input, HmacBatch& batch) const;
    bool is_batched() const noexcept { return std::holds_alternative<HmacKey>(key_); }
    void append(const SignInput& input, const Digest* ready, std::string& out) const;
    const Scheme& scheme() const noexcept { return scheme_; }

  private:
    using Key = std::variant<HmacKey, Ed25519Key, Secret>;
    Signer(Scheme scheme, Key key) : scheme_(std::move(scheme)), key_(std::move(key)) {}
    Digest digest(const SignInput& input) const noexcept;
    template <class Sign>
    auto signed_text(const SignInput& input, Sign sign) const noexcept;
    Scheme scheme_;
    Key key_;
};

// The headers that prove who sent `input`. `signers`: at least one, all of one scheme, in the order
// in which they are to appear (rotation: profiles decide whether the old one stands first or last);
// a layout that holds no list takes the last. Appends to `out`; but for Ed25519 allocates only for
// the headers' own text.
void sign_headers(std::span<const Signer> signers, const SignInput& input,
                  std::vector<Header>& out);
void sign_headers(std::span<const Signer> signers, const SignInput& input, HeaderLines& out);

// The same for requests that are signed together: start_headers() for each, then HmacBatch::run(),
// then sign_headers() in the same order, each taking its digests from `next` on. How many a request
// puts into the batch at most: as many as it has signers.
void start_headers(std::span<const Signer> signers, const SignInput& input, HmacBatch& batch);
void sign_headers(std::span<const Signer> signers, const SignInput& input, const HmacBatch& batch,
                  std::size_t& next, HeaderLines& out);

struct VerifyOptions {
    std::chrono::seconds tolerance{300};  // either way: a receiver's clock may also be behind
    std::int64_t now = 0;                 // unix seconds
};
// What a receiver does: finds the scheme's headers (names in any case), checks the signature
// against any of `secrets`, and then the time where it is signed. Of Ed25519 keys both halves
// (whsk_, whpk_) verify. Errors: unauthorized, saying whether a header is missing, stands there
// twice or is malformed, whether no signature matches, or whether the message is too old or from
// the future; invalid_argument, when a secret has not the scheme's form. Safe with any bytes.
Result<void> verify(const Scheme& scheme, std::span<const Secret> secrets,
                    std::span<const Header> headers, std::string_view body,
                    const VerifyOptions& options);

}  // namespace assay::notify
