// Reads signature headers as strictly as a receiver should.
// SPDX-License-Identifier: MIT
#include "notify/sign/claim.hpp"

#include <optional>
#include <string>

#include "notify/sign/header_name.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t signatures_max = 32;        // in one header: bounds what a stranger may ask
constexpr std::size_t timestamp_digits_max = 12;  // the year 33,658

Error unauthorized(std::string message, std::string_view field) {
    return fail(ErrorCode::unauthorized, std::move(message), std::string(field));
}

std::string the_header(std::string_view name) {
    return "the header " + std::string(name);
}

// The one header of this name. Two of them are refused: which one counts is what an attacker would
// like to choose.
Result<std::string_view> find_header(std::span<const Header> headers, std::string_view name) {
    const Header* found = nullptr;
    for (const Header& header : headers) {
        if (!same_header_name(header.name, name)) continue;
        if (found != nullptr) return unauthorized(the_header(name) + " stands there twice", name);
        found = &header;
    }
    if (found == nullptr) return unauthorized(the_header(name) + " is missing", name);
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

Result<std::int64_t> find_timestamp(std::span<const Header> headers, std::string_view name) {
    const Result<std::string_view> text = find_header(headers, name);
    if (!text) return text.error();
    const std::optional<std::int64_t> time = parse_timestamp(*text);
    if (!time) return unauthorized(std::string(name) + " is not in unix seconds", name);
    return *time;
}

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
        return unauthorized(the_header(header) + " holds more than " +
                                std::to_string(signatures_max) + " signatures",
                            header);
    }
    claim.signatures.push_back(text);
    return std::nullopt;
}

Error no_signature(std::string_view header) {
    return unauthorized(the_header(header) + " holds no v1 signature", header);
}

// t=<seconds>,v1=<hex>[,v1=<hex>]; parts of other versions are left alone.
Result<Claim> read_timestamped_hex(const Scheme& scheme, std::span<const Header> headers) {
    const std::string_view name = scheme.signature_header;
    const Result<std::string_view> value = find_header(headers, name);
    if (!value) return value.error();
    Claim claim;
    bool has_time = false;
    const auto use = [&](std::string_view piece) -> std::optional<Error> {
        const std::size_t equals = piece.find('=');
        if (equals == std::string_view::npos) {
            return unauthorized(the_header(name) + " is not of the form t=...,v1=...", name);
        }
        const std::string_view key = piece.substr(0, equals);
        const std::string_view text = piece.substr(equals + 1);
        if (key == "v1") return add_signature(claim, text, name);
        if (key != "t") return std::nullopt;
        const std::optional<std::int64_t> time = parse_timestamp(text);
        if (has_time || !time) {
            return unauthorized(has_time ? the_header(name) + " names t twice"
                                         : "t in " + std::string(name) + " is not in unix seconds",
                                name);
        }
        has_time = true;
        claim.timestamp = *time;
        return std::nullopt;
    };
    if (std::optional<Error> fault = for_each_piece(*value, ',', use)) return *std::move(fault);
    if (!has_time) return unauthorized(the_header(name) + " holds no t", name);
    if (claim.signatures.empty()) return no_signature(name);
    return claim;
}

// webhook-signature: v1,<base64>[ v1a,<base64>]; entries of other versions are left alone.
Result<Claim> read_standard_webhooks(const Scheme& scheme, std::span<const Header> headers) {
    Claim claim;
    const Result<std::string_view> id = find_header(headers, scheme.id_header);
    if (!id) return id.error();
    if (!is_message_id(*id)) {
        return unauthorized(scheme.id_header + " is empty, too long, or holds a dot or space",
                            scheme.id_header);
    }
    claim.message_id = *id;
    const Result<std::int64_t> time = find_timestamp(headers, scheme.timestamp_header);
    if (!time) return time.error();
    claim.timestamp = *time;
    const std::string_view name = scheme.signature_header;
    const Result<std::string_view> list = find_header(headers, name);
    if (!list) return list.error();
    const auto use = [&](std::string_view entry) -> std::optional<Error> {
        if (entry.empty()) return std::nullopt;  // two spaces in a row
        const std::size_t comma = entry.find(',');
        if (comma == std::string_view::npos) {
            return unauthorized(std::string(name) + " is not a list of version,signature", name);
        }
        const std::string_view version = entry.substr(0, comma);
        if (version != "v1" && version != "v1a") return std::nullopt;
        return add_signature(claim, entry, name);
    };
    if (std::optional<Error> fault = for_each_piece(*list, ' ', use)) return *std::move(fault);
    if (claim.signatures.empty()) return no_signature(name);
    return claim;
}

// One signature behind the scheme's prefix.
Result<Claim> read_single(const Scheme& scheme, std::span<const Header> headers) {
    const std::string_view name = scheme.signature_header;
    const Result<std::string_view> value = find_header(headers, name);
    if (!value) return value.error();
    if (!value->starts_with(scheme.prefix)) {
        return unauthorized(the_header(name) + " does not begin with " + scheme.prefix, name);
    }
    Claim claim;
    claim.signatures.push_back(*value);
    if (scheme.layout != SignatureLayout::split_hex) return claim;
    const Result<std::int64_t> time = find_timestamp(headers, scheme.timestamp_header);
    if (!time) return time.error();
    claim.timestamp = *time;
    return claim;
}

}  // namespace

Result<Claim> read_claim(const Scheme& scheme, std::span<const Header> headers) {
    switch (scheme.layout) {
        case SignatureLayout::timestamped_hex:
            return read_timestamped_hex(scheme, headers);
        case SignatureLayout::standard_webhooks:
            return read_standard_webhooks(scheme, headers);
        default:
            return read_single(scheme, headers);
    }
}

}  // namespace assay::notify
