// The signature layouts, each written and verified.
// SPDX-License-Identifier: MIT
#include "notify/sign/scheme.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cassert>
#include <charconv>

#include "engine/base/ascii.hpp"
#include "engine/base/encoding.hpp"
#include "engine/base/limits.hpp"
#include "notify/sign/claim.hpp"
#include "notify/sign/header_name.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t message_id_bytes_max = 256;
constexpr std::size_t prefix_bytes_max = 32;

// A whole number as text, without an allocation.
class NumberText {
  public:
    explicit NumberText(std::int64_t number) noexcept {
        const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), number);
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

void append_hex(const Digest& digest, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + 2 * digest.size());
    write_hex(view_of(digest), out.data() + before);
}

void append_base64(std::string_view bytes, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + base64_size(bytes.size()));
    write_base64(bytes, out.data() + before);
}

Error refused(std::string member, std::string message) {
    return fail(ErrorCode::invalid_argument, std::move(message), std::move(member));
}

Error unauthorized(std::string message, std::string_view field) {
    return fail(ErrorCode::unauthorized, std::move(message), std::string(field));
}

bool takes_prefix(SignatureLayout layout) noexcept {
    return layout == SignatureLayout::split_hex || layout == SignatureLayout::body_hex ||
           layout == SignatureLayout::body_base64 || layout == SignatureLayout::object_hex;
}

Result<void> check_name(const std::string& name, std::string_view member, bool used) {
    if (!used && name.empty()) return {};
    if (!used) return refused(std::string(member), "the layout sends no such header");
    if (!is_header_name(name)) {
        return refused(std::string(member), "is not the name of a header");
    }
    if (is_reserved_header(name)) {
        return refused(std::string(member), "is a header that HTTP or Assay sets itself");
    }
    return {};
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

Result<Ed25519Key> ed25519_of(const Secret& secret) {
    Result<std::string> bytes = secret.decoded_key();
    if (!bytes) return bytes.error();
    Result<Ed25519Key> key = secret.is_private_key() ? Ed25519Key::from_private(*bytes)
                                                     : Ed25519Key::from_public(*bytes);
    wipe(*bytes);
    return key;
}

constexpr std::string_view ed25519_version = "v1a,";

// Whether one of the claim's v1a signatures is of this key. Errors: invalid_argument.
Result<bool> matches_ed25519(const Secret& secret, const Claim& claim, std::string_view body) {
    const Result<Ed25519Key> key = ed25519_of(secret);
    if (!key) return key.error();
    std::string message(claim.message_id);
    message += '.';
    message += NumberText(claim.timestamp).view();
    message += '.';
    message += body;
    bool matches = false;
    for (const std::string_view entry : claim.signatures) {
        if (!entry.starts_with(ed25519_version)) continue;
        const Result<std::string> signature = from_base64(entry.substr(ed25519_version.size()));
        matches = matches || (signature && key->verify(message, *signature));
    }
    return matches;
}

// Whether one of the claim's signatures is of this secret. Errors: invalid_argument.
Result<bool> matches(const Scheme& scheme, const Secret& secret, const Claim& claim,
                     const SignInput& input) {
    if (scheme.layout == SignatureLayout::standard_webhooks &&
        (secret.is_private_key() || secret.is_public_key())) {
        return matches_ed25519(secret, claim, input.body);
    }
    const Result<Signer> signer = Signer::make(scheme, secret);
    if (!signer) return signer.error();
    // Texts are compared, not bytes: there is one right spelling.
    std::string right;
    signer->append(input, right);
    bool found = false;
    // Every one is compared, so that the time does not tell which one matched.
    for (const std::string_view signature : claim.signatures) {
        found |= equal_in_constant_time(right, signature);
    }
    return found;
}

}  // namespace

std::string_view to_string(SignatureLayout layout) noexcept {
    switch (layout) {
        case SignatureLayout::timestamped_hex:
            return "timestamped_hex";
        case SignatureLayout::standard_webhooks:
            return "standard_webhooks";
        case SignatureLayout::split_hex:
            return "split_hex";
        case SignatureLayout::body_hex:
            return "body_hex";
        case SignatureLayout::body_base64:
            return "body_base64";
        case SignatureLayout::object_hex:
            return "object_hex";
        case SignatureLayout::secret_text:
            return "secret_text";
    }
    return "unknown";
}

std::optional<SignatureLayout> parse_signature_layout(std::string_view text) noexcept {
    for (const SignatureLayout layout : signature_layouts) {
        if (to_string(layout) == text) return layout;
    }
    return std::nullopt;
}

std::string_view to_string(SignatureDigest digest) noexcept {
    return digest == SignatureDigest::hmac_sha256 ? "hmac_sha256" : "sha256_suffix";
}

std::optional<SignatureDigest> parse_signature_digest(std::string_view text) noexcept {
    for (const auto digest : {SignatureDigest::hmac_sha256, SignatureDigest::sha256_suffix}) {
        if (to_string(digest) == text) return digest;
    }
    return std::nullopt;
}

Scheme::Scheme(SignatureLayout chosen) : layout(chosen), signature_header("X-Signature") {
    switch (chosen) {
        case SignatureLayout::timestamped_hex:
            signature_header = "X-Webhook-Signature";
            break;
        case SignatureLayout::standard_webhooks:
            signature_header = "webhook-signature";
            timestamp_header = "webhook-timestamp";
            id_header = "webhook-id";
            break;
        case SignatureLayout::split_hex:
            timestamp_header = "X-Timestamp";
            break;
        case SignatureLayout::object_hex:
            signature_header = "Authorization";
            break;
        default:
            break;
    }
}

Result<void> validate(const Scheme& scheme) {
    const bool has_id = scheme.layout == SignatureLayout::standard_webhooks;
    const bool has_time = has_id || scheme.layout == SignatureLayout::split_hex;
    for (const Result<void>& checked :
         {check_name(scheme.signature_header, "header", true),
          check_name(scheme.timestamp_header, "timestamp_header", has_time),
          check_name(scheme.id_header, "id_header", has_id)}) {
        if (!checked) return checked;
    }
    const std::vector<std::string_view> names = header_names(scheme);
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (same_header_name(names[i], names[j])) {
                return refused("header", "two headers have the same name");
            }
        }
    }
    if (!scheme.prefix.empty() && !takes_prefix(scheme.layout)) {
        return refused("prefix", "the layout has none");
    }
    const bool plain = std::all_of(scheme.prefix.begin(), scheme.prefix.end(),
                                   [](char c) { return c > 0x20 && c < 0x7f; });
    if (!plain || scheme.prefix.size() > prefix_bytes_max) {
        return refused("prefix", "is not of at most 32 printable ASCII characters");
    }
    if (scheme.digest != SignatureDigest::hmac_sha256 &&
        scheme.layout != SignatureLayout::object_hex) {
        return refused("digest", "is for the layout object_hex only");
    }
    return {};
}

std::vector<std::string_view> header_names(const Scheme& scheme) {
    std::vector<std::string_view> names;
    for (const std::string* name :
         {&scheme.id_header, &scheme.timestamp_header, &scheme.signature_header}) {
        if (!name->empty()) names.push_back(*name);
    }
    return names;
}

Result<ObjectStamp> read_object_stamp(std::string_view body) {
    namespace json = boost::json;
    json::parse_options options;
    options.max_depth = limits::json_depth_max;
    boost::system::error_code error;
    const json::value value =
        json::parse(json::string_view(body.data(), body.size()), error, {}, options);
    const json::object* const object = error ? nullptr : value.if_object();
    const json::value* const id = object != nullptr ? object->if_contains("object_id") : nullptr;
    const json::value* const time = object != nullptr ? object->if_contains("timestamp") : nullptr;
    ObjectStamp stamp;
    if (id == nullptr || !id->is_int64() || id->get_int64() <= 0) {
        return refused("object_id", "the body holds no object_id that is a positive integer");
    }
    stamp.object_id = id->get_int64();
    const std::string_view digits =
        time != nullptr && time->is_string() ? std::string_view(time->get_string()) : "";
    const auto [end, fault] =
        std::from_chars(digits.data(), digits.data() + digits.size(), stamp.event_time);
    // The number's own text is what was signed. Nothing separates it from the id, so only a fixed
    // length (until the year 2286) tells where one ends and the other begins.
    if (fault != std::errc() || end != digits.data() + digits.size() || digits.size() != 10 ||
        digits.front() == '0') {
        return refused("timestamp", "the body holds no timestamp that is a text of unix seconds");
    }
    return stamp;
}

bool is_message_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= message_id_bytes_max &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return c > 0x20 && c < 0x7f && c != '.'; });
}

Result<Signer> Signer::make(const Scheme& scheme, const Secret& secret) {
    if (secret.empty()) {
        return fail(ErrorCode::invalid_argument, "there is no secret to sign with", "secret");
    }
    if (scheme.layout == SignatureLayout::secret_text ||
        scheme.digest == SignatureDigest::sha256_suffix) {
        return Signer(scheme, secret);
    }
    if (scheme.layout != SignatureLayout::standard_webhooks) {
        return Signer(scheme, HmacKey(secret.reveal()));
    }
    if (secret.is_public_key()) {
        return fail(ErrorCode::invalid_argument, "a public key cannot sign", "secret",
                    "give the private key: whsk_...");
    }
    if (secret.is_private_key()) {
        Result<Ed25519Key> key = ed25519_of(secret);
        if (!key) return key.error();
        return Signer(scheme, std::move(key).value());
    }
    Result<std::string> key = secret.decoded();
    if (!key) return key.error();
    Signer signer(scheme, HmacKey(*key));
    wipe(*key);
    return signer;
}

// Hands `sign` the key and the parts of what this scheme signs.
template <class Sign>
auto Signer::signed_text(const SignInput& input, Sign sign) const noexcept {
    const NumberText time(input.timestamp);
    const NumberText object_id(input.object_id), event_time(input.event_time);
    const HmacKey* const key = std::get_if<HmacKey>(&key_);
    assert(key != nullptr);
    switch (scheme_.layout) {
        case SignatureLayout::timestamped_hex:
        case SignatureLayout::split_hex:
            return sign(*key, {time.view(), ".", input.body});
        case SignatureLayout::standard_webhooks:
            return sign(*key, {input.message_id, ".", time.view(), ".", input.body});
        case SignatureLayout::object_hex:
            return sign(*key, {object_id.view(), event_time.view()});
        default:
            return sign(*key, {input.body});
    }
}

using Parts = std::initializer_list<std::string_view>;

Digest Signer::digest(const SignInput& input) const noexcept {
    if (const Secret* const suffix = std::get_if<Secret>(&key_)) {
        const NumberText object_id(input.object_id), event_time(input.event_time);
        return sha256({object_id.view(), event_time.view(), suffix->reveal()});
    }
    return signed_text(input, [](const HmacKey& key, Parts parts) { return key.sign(parts); });
}

void Signer::start(const SignInput& input, HmacBatch& batch) const {
    if (!is_batched()) return;
    signed_text(input, [&batch](const HmacKey& key, Parts parts) { return batch.add(key, parts); });
}

void Signer::append(const SignInput& input, std::string& out) const {
    append(input, nullptr, out);
}

void Signer::append(const SignInput& input, const Digest* ready, std::string& out) const {
    if (const Ed25519Key* const key = std::get_if<Ed25519Key>(&key_)) {
        out += ed25519_version;
        const NumberText time(input.timestamp);
        append_base64(key->sign({input.message_id, ".", time.view(), ".", input.body}), out);
        return;
    }
    out += scheme_.prefix;
    if (scheme_.layout == SignatureLayout::secret_text) {
        out += std::get<Secret>(key_).reveal();
        return;
    }
    const Digest made = ready != nullptr ? *ready : digest(input);
    if (scheme_.layout == SignatureLayout::standard_webhooks) out += "v1,";
    const bool is_base64 = scheme_.layout == SignatureLayout::standard_webhooks ||
                           scheme_.layout == SignatureLayout::body_base64;
    is_base64 ? append_base64(view_of(made), out) : append_hex(made, out);
}

namespace {

// A layout that holds no list shows the last one's signature alone.
std::span<const Signer> those_shown(std::span<const Signer> signers) noexcept {
    assert(!signers.empty());
    return holds_list(signers.front().scheme().layout) ? signers : signers.last(1);
}

// Headers as values, written as HeaderLines are.
class HeaderList {
  public:
    explicit HeaderList(std::vector<Header>& out) : out_(out) {}
    void add(std::string_view name, std::string_view value) {
        out_.push_back({std::string(name), std::string(value)});
    }
    std::string& begin(std::string_view name) {
        add(name, {});
        return out_.back().value;
    }
    void end() noexcept {}

  private:
    std::vector<Header>& out_;
};

constexpr auto not_ready = [](const Signer&) -> const Digest* { return nullptr; };

// `ready(signer)` gives the digest that is made already, or null. `out`: HeaderLines or HeaderList.
template <class Ready, class Out>
void write_headers(std::span<const Signer> signers, const SignInput& input, Ready ready, Out& out) {
    const Scheme& scheme = signers.front().scheme();
    assert(scheme.layout != SignatureLayout::standard_webhooks || is_message_id(input.message_id));
    const NumberText time(input.timestamp);
    if (!scheme.id_header.empty()) out.add(scheme.id_header, input.message_id);
    if (!scheme.timestamp_header.empty()) out.add(scheme.timestamp_header, time.view());
    std::string& value = out.begin(scheme.signature_header);
    const bool timestamped = scheme.layout == SignatureLayout::timestamped_hex;
    if (timestamped) value.append("t=").append(time.view());
    bool is_first = true;
    for (const Signer& signer : those_shown(signers)) {
        assert(signer.scheme() == scheme);
        if (timestamped) {
            value += ",v1=";
        } else if (!is_first) {
            value += ' ';
        }
        is_first = false;
        signer.append(input, ready(signer), value);
    }
    out.end();
}

}  // namespace

void sign_headers(std::span<const Signer> signers, const SignInput& input,
                  std::vector<Header>& out) {
    HeaderList list(out);
    write_headers(signers, input, not_ready, list);
}

void sign_headers(std::span<const Signer> signers, const SignInput& input, HeaderLines& out) {
    write_headers(signers, input, not_ready, out);
}

void start_headers(std::span<const Signer> signers, const SignInput& input, HmacBatch& batch) {
    for (const Signer& signer : those_shown(signers))
        signer.start(input, batch);
}

void sign_headers(std::span<const Signer> signers, const SignInput& input, const HmacBatch& batch,
                  std::size_t& next, HeaderLines& out) {
    const auto ready = [&](const Signer& signer) {
        return signer.is_batched() ? &batch.digest(next++) : nullptr;
    };
    write_headers(signers, input, ready, out);
}

Result<void> verify(const Scheme& scheme, std::span<const Secret> secrets,
                    std::span<const Header> headers, std::string_view body,
                    const VerifyOptions& options) {
    const Result<Claim> claim = read_claim(scheme, headers);
    if (!claim) return claim.error();
    SignInput input{claim->message_id, claim->timestamp, body};
    if (scheme.layout == SignatureLayout::object_hex) {
        const Result<ObjectStamp> stamp = read_object_stamp(body);
        if (!stamp) return unauthorized(stamp.error().message, stamp.error().field);
        input.object_id = stamp->object_id;
        input.event_time = stamp->event_time;
    }
    bool found = false;
    for (const Secret& secret : secrets) {
        const Result<bool> one = matches(scheme, secret, *claim, input);
        if (!one) return one.error();
        found |= *one;
    }
    if (!found) {
        return unauthorized("no signature matches: another secret, or the message was changed",
                            scheme.signature_header);
    }
    if (!signs_time(scheme.layout)) return {};
    return check_time(claim->timestamp, options, scheme.signature_header);
}

}  // namespace assay::notify
