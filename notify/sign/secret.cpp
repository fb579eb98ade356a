// Secrets: the forms that are taken, and the care that no copy of one stays behind in memory.
// SPDX-License-Identifier: MIT
#include "notify/sign/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "engine/base/encoding.hpp"
#include "notify/sign/hmac.hpp"

namespace assay::notify {
namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t key_prefix_bytes = 5;  // whsk_, whpk_

Error refused(std::string message, std::string remedy) {
    return fail(ErrorCode::invalid_argument, std::move(message), "secret", std::move(remedy));
}

}  // namespace

Result<Secret> Secret::parse(std::string_view text) {
    if (text.size() < characters_min || text.size() > characters_max) {
        return refused("the secret has " + std::to_string(text.size()) + " characters",
                       "take one of 16 to 256 characters, or leave it out to get one made");
    }
    const bool printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    if (!printable) {
        return refused("the secret holds a control character or one beyond ASCII",
                       "use printable ASCII characters only");
    }
    // Where the secret travels as a header's value, receivers would drop them.
    if (text.front() == ' ' || text.back() == ' ') {
        return refused("the secret begins or ends with a space", "leave the space out");
    }
    Secret secret;
    secret.text_ = text;
    return secret;
}

Secret Secret::generate(Random& random) {
    std::array<std::byte, 32> bytes;
    random.fill(bytes);
    const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    Secret secret;
    // Sized once: growing in steps would leave pieces of the secret in freed memory.
    secret.text_.resize(prefix.size() + base64_size(view.size()));
    write_base64(view, std::copy(prefix.begin(), prefix.end(), secret.text_.data()));
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return secret;
}

Secret::~Secret() {
    wipe(text_);
}

Secret::Secret(const Secret&) = default;

Secret& Secret::operator=(const Secret& other) {
    if (this == &other) return *this;
    wipe(text_);
    text_ = other.text_;
    return *this;
}

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
    wipe(other.text_);  // a short text is copied by a move, and would stay where it was
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe(text_);
    text_.swap(other.text_);
    wipe(other.text_);
    return *this;
}

Result<std::string> Secret::decoded() const {
    const std::string_view text = text_;
    if (!text.starts_with(prefix)) {
        return refused("the secret does not begin with whsec_",
                       "this profile needs whsec_ followed by the base64 of 24 to 64 bytes");
    }
    Result<std::string> bytes = from_base64(text.substr(prefix.size()));
    if (!bytes) {
        return refused("what follows whsec_ is not standard base64 with its padding",
                       "write whsec_ followed by the base64 of 24 to 64 random bytes");
    }
    if (bytes->size() < key_bytes_min || bytes->size() > key_bytes_max) {
        const std::size_t size = bytes->size();
        wipe(*bytes);
        return refused("the secret holds " + std::to_string(size) + " bytes behind whsec_",
                       "take 24 to 64 random bytes");
    }
    return bytes;
}

Result<std::string> Secret::decoded_key() const {
    if (!is_private_key() && !is_public_key()) {
        return refused("the secret begins with neither whsk_ nor whpk_",
                       "give an Ed25519 key as whsk_ or whpk_ and base64");
    }
    Result<std::string> bytes = from_base64(std::string_view(text_).substr(key_prefix_bytes));
    if (bytes) return bytes;
    return refused("what follows whsk_ or whpk_ is not standard base64 with its padding",
                   "copy the whole key again");
}

bool operator==(const Secret& a, const Secret& b) noexcept {
    return equal_in_constant_time(a.text_, b.text_);
}

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
    return out << (secret.empty() ? "(none)" : "***");
}

}  // namespace assay::notify
