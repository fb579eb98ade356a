// The signature layouts, each written and verified.
// SPDX-License-Identifier: MIT
#include "notify/sign/scheme.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

#include "engine/base/encoding.hpp"

namespace assay::notify {
namespace {

constexpr std::string_view timestamped_hex_header = "X-Webhook-Signature";
constexpr std::string_view id_header = "webhook-id";
constexpr std::string_view timestamp_header = "webhook-timestamp";
constexpr std::string_view signature_header = "webhook-signature";

constexpr std::size_t message_id_bytes_max = 256;
constexpr std::size_t signatures_max = 32;        // in one header: bounds what a stranger may ask
constexpr std::size_t timestamp_digits_max = 12;  // the year 33,658

// Unix seconds as text, without an allocation.
class TimestampText {
  public:
    explicit TimestampText(std::int64_t seconds) noexcept {
        const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), seconds);
        size_ = static_cast<std::size_t>(end.ptr - digits_.data());
    }
    std::string_view view() const noexcept { return {digits_.data(), size_}; }

  private:
    std::array<char, 20> digits_;  // -9223372036854775808
    std::size_t size_ = 0;
};

std::string_view view_of(const Digest& digest) noexcept {
    return {digest.data(), digest.size()};
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

Error unauthorized(std::string message, std::string_view field) {
    return fail(ErrorCode::unauthorized, std::move(message), std::string(field));
}

// The one header of this name. Two of them are refused: which one counts is what an attacker would
// like to choose.
Result<std::string_view> find_header(std::span<const Header> headers, std::string_view name) {
    const Header* found = nullptr;
    for (const Header& header : headers) {
        if (!same_name(header.name, name)) continue;
        if (found != nullptr) {
            return unauthorized("the header " + std::string(name) + " stands there twice", name);
        }
        found = &header;
    }
    if (found == nullptr) {
        return unauthorized("the header " + std::string(name) + " is missing", name);
    }
    return std::string_view(found->value);
}

// Plain decimal digits without leading zeros: the number's text is what was signed.
std::optional<std::int64_t> parse_timestamp(std::string_view text) noexcept {
    if (text.empty() || text.size() > timestamp_digits_max) return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    std::int64_t seconds = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        seconds = seconds * 10 + (c - '0');
    }
    return seconds;
}

// What a request claims, taken from its headers.
struct Claim {
    std::string_view message_id;
    std::int64_t timestamp = 0;
    std::vector<std::string_view> signatures;  // still encoded
};

// Takes `text` apart at `separator` and hands each piece to `use`, which gives a fault or none.
template <class Use>
std::optional<Error> for_each_piece(std::string_view text, char separator, Use use) {
    while (true) {
        const std::size_t end = text.find(separator);
        if (std::optional<Error> fault = use(text.substr(0, end))) return fault;
        if (end == std::string_view::npos) return std::nullopt;
        text.remove_prefix(end + 1);
    }
}

std::optional<Error> add_signature(Claim& claim, std::string_view text, std::string_view header) {
    if (claim.signatures.size() >= signatures_max) {
        return unauthorized("the header " + std::string(header) + " holds more than " +
                                std::to_string(signatures_max) + " signatures",
                            header);
    }
    claim.signatures.push_back(text);
    return std::nullopt;
}

Error no_signature(std::string_view header) {
    return unauthorized("the header " + std::string(header) + " holds no v1 signature", header);
}

// t=<seconds>,v1=<hex>[,v1=<hex>]; parts of other versions are left alone.
Result<Claim> read_timestamped_hex(std::span<const Header> headers) {
    const std::string_view name = timestamped_hex_header;
    const Result<std::string_view> value = find_header(headers, name);
    if (!value) return value.error();
    Claim claim;
    bool has_time = false;
    const auto use = [&](std::string_view piece) -> std::optional<Error> {
        const std::size_t equals = piece.find('=');
        if (equals == std::string_view::npos) {
            return unauthorized("the header X-Webhook-Signature is not of the form t=...,v1=...",
                                name);
        }
        const std::string_view key = piece.substr(0, equals);
        const std::string_view text = piece.substr(equals + 1);
        if (key == "v1") return add_signature(claim, text, name);
        if (key != "t") return std::nullopt;
        const std::optional<std::int64_t> time = parse_timestamp(text);
        if (has_time || !time) {
            return unauthorized(has_time ? "the header X-Webhook-Signature names t twice"
                                         : "t in X-Webhook-Signature is not in unix seconds",
                                name);
        }
        has_time = true;
        claim.timestamp = *time;
        return std::nullopt;
    };
    if (std::optional<Error> fault = for_each_piece(*value, ',', use)) return *std::move(fault);
    if (!has_time) return unauthorized("the header X-Webhook-Signature holds no t", name);
    if (claim.signatures.empty()) return no_signature(name);
    return claim;
}

// webhook-signature: v1,<base64>[ v1,<base64>]; entries of other versions are left alone.
Result<Claim> read_standard_webhooks(std::span<const Header> headers) {
    Claim claim;
    const Result<std::string_view> id = find_header(headers, id_header);
    if (!id) return id.error();
    if (!is_message_id(*id)) {
        return unauthorized("webhook-id is empty, too long, or holds a dot or space", id_header);
    }
    claim.message_id = *id;
    const Result<std::string_view> time_text = find_header(headers, timestamp_header);
    if (!time_text) return time_text.error();
    const std::optional<std::int64_t> time = parse_timestamp(*time_text);
    if (!time) return unauthorized("webhook-timestamp is not in unix seconds", timestamp_header);
    claim.timestamp = *time;
    const Result<std::string_view> list = find_header(headers, signature_header);
    if (!list) return list.error();
    const auto use = [&](std::string_view entry) -> std::optional<Error> {
        if (entry.empty()) return std::nullopt;  // two spaces in a row
        const std::size_t comma = entry.find(',');
        if (comma == std::string_view::npos) {
            return unauthorized("webhook-signature is not a list of version,signature",
                                signature_header);
        }
        if (entry.substr(0, comma) != "v1") return std::nullopt;
        return add_signature(claim, entry.substr(comma + 1), signature_header);
    };
    if (std::optional<Error> fault = for_each_piece(*list, ' ', use)) return *std::move(fault);
    if (claim.signatures.empty()) return no_signature(signature_header);
    return claim;
}

Result<Claim> read_claim(SignatureLayout layout, std::span<const Header> headers) {
    return layout == SignatureLayout::timestamped_hex ? read_timestamped_hex(headers)
                                                      : read_standard_webhooks(headers);
}

std::string_view header_of(SignatureLayout layout) noexcept {
    return layout == SignatureLayout::timestamped_hex ? timestamped_hex_header : signature_header;
}

// The digest as the layout writes it. Texts are compared, not bytes: there is one right spelling.
std::string_view encode(SignatureLayout layout, const Digest& digest,
                        std::array<char, 64>& buffer) noexcept {
    static_assert(base64_size(sizeof(Digest)) <= sizeof(buffer) && 2 * sizeof(Digest) == 64);
    const char* end = layout == SignatureLayout::timestamped_hex
                          ? write_hex(view_of(digest), buffer.data())
                          : write_base64(view_of(digest), buffer.data());
    return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

Result<void> check_time(std::int64_t timestamp, const VerifyOptions& options,
                        std::string_view field) {
    const std::int64_t tolerance = std::max<std::int64_t>(0, options.tolerance.count());
    const std::int64_t age = options.now - timestamp;  // timestamps have at most 12 digits
    const std::string limit = " s, more than the " + std::to_string(tolerance) + " s allowed";
    if (age > tolerance) {
        return unauthorized(
            "the message is too old by its timestamp: " + std::to_string(age) + limit, field);
    }
    if (age < -tolerance) {
        return unauthorized("the message comes from the future: its timestamp is ahead by " +
                                std::to_string(-age) + limit,
                            field);
    }
    return {};
}

}  // namespace

std::string_view to_string(SignatureLayout layout) noexcept {
    switch (layout) {
        case SignatureLayout::timestamped_hex:
            return "timestamped_hex";
        case SignatureLayout::standard_webhooks:
            return "standard_webhooks";
    }
    return "unknown";
}

std::optional<SignatureLayout> parse_signature_layout(std::string_view text) noexcept {
    for (const auto layout :
         {SignatureLayout::timestamped_hex, SignatureLayout::standard_webhooks}) {
        if (to_string(layout) == text) return layout;
    }
    return std::nullopt;
}

bool is_message_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= message_id_bytes_max &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return c > 0x20 && c < 0x7f && c != '.'; });
}

Result<Signer> Signer::make(SignatureLayout layout, const Secret& secret) {
    if (secret.empty()) {
        return fail(ErrorCode::invalid_argument, "there is no secret to sign with", "secret");
    }
    if (layout == SignatureLayout::timestamped_hex) {
        return Signer(layout, HmacKey(secret.reveal()));
    }
    Result<std::string> key = secret.decoded();
    if (!key) return key.error();
    Signer signer(layout, HmacKey(*key));
    wipe(*key);
    return signer;
}

Digest Signer::digest(const SignInput& input) const noexcept {
    const TimestampText time(input.timestamp);
    if (layout_ == SignatureLayout::timestamped_hex) {
        return key_.sign({time.view(), ".", input.body});
    }
    return key_.sign({input.message_id, ".", time.view(), ".", input.body});
}

void sign_headers(std::span<const Signer> signers, const SignInput& input,
                  std::vector<Header>& out) {
    assert(!signers.empty());
    const SignatureLayout layout = signers.front().layout();
    const bool hex = layout == SignatureLayout::timestamped_hex;
    assert(hex || is_message_id(input.message_id));
    const TimestampText time(input.timestamp);
    std::string value;
    value.reserve(16 + signers.size() * 72);
    if (hex) value.append("t=").append(time.view());
    for (const Signer& signer : signers) {
        assert(signer.layout() == layout);
        std::array<char, 64> buffer;
        if (hex) {
            value += ",v1=";
        } else {
            value += value.empty() ? "v1," : " v1,";
        }
        value += encode(layout, signer.digest(input), buffer);
    }
    if (!hex) {
        out.push_back({std::string(id_header), std::string(input.message_id)});
        out.push_back({std::string(timestamp_header), std::string(time.view())});
    }
    out.push_back({std::string(header_of(layout)), std::move(value)});
}

Result<void> verify(SignatureLayout layout, std::span<const Secret> secrets,
                    std::span<const Header> headers, std::string_view body,
                    const VerifyOptions& options) {
    const Result<Claim> claim = read_claim(layout, headers);
    if (!claim) return claim.error();
    const SignInput input{claim->message_id, claim->timestamp, body};
    bool matches = false;
    for (const Secret& secret : secrets) {
        const Result<Signer> signer = Signer::make(layout, secret);
        if (!signer) return signer.error();
        std::array<char, 64> buffer;
        const std::string_view right = encode(layout, signer->digest(input), buffer);
        // Every pair is compared, so that the time does not tell which one matched.
        for (const std::string_view signature : claim->signatures) {
            matches |= equal_in_constant_time(right, signature);
        }
    }
    if (!matches) {
        return unauthorized("no signature matches: another secret, or the message was changed",
                            header_of(layout));
    }
    return check_time(claim->timestamp, options, header_of(layout));
}

}  // namespace assay::notify
