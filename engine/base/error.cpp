// Names, retryability and the one-line text of errors.
// SPDX-License-Identifier: MIT
#include "engine/base/error.hpp"

#include <array>

namespace assay {

namespace {

struct Name {
    ErrorCode code;
    std::string_view text;
};
// In the order of ErrorCode.
constexpr std::array names{
    Name{ErrorCode::invalid_argument, "invalid_argument"},
    Name{ErrorCode::invalid_input, "invalid_input"},
    Name{ErrorCode::invalid_json, "invalid_json"},
    Name{ErrorCode::duplicate_key, "duplicate_key"},
    Name{ErrorCode::duplicate_product_id, "duplicate_product_id"},
    Name{ErrorCode::ambiguous_money, "ambiguous_money"},
    Name{ErrorCode::not_acceptable, "not_acceptable"},
    Name{ErrorCode::unsupported_media, "unsupported_media"},
    Name{ErrorCode::payload_too_large, "payload_too_large"},
    Name{ErrorCode::too_many_products, "too_many_products"},
    Name{ErrorCode::empty_batch, "empty_batch"},
    Name{ErrorCode::not_found, "not_found"},
    Name{ErrorCode::conflict, "conflict"},
    Name{ErrorCode::already_settled, "already_settled"},
    Name{ErrorCode::key_reused, "key_reused"},
    Name{ErrorCode::unauthorized, "unauthorized"},
    Name{ErrorCode::forbidden, "forbidden"},
    Name{ErrorCode::quota_exceeded, "quota_exceeded"},
    Name{ErrorCode::rate_limited, "rate_limited"},
    Name{ErrorCode::archived, "archived"},
    Name{ErrorCode::busy, "busy"},
    Name{ErrorCode::unavailable, "unavailable"},
    Name{ErrorCode::storage_full, "storage_full"},
    Name{ErrorCode::io_error, "io_error"},
    Name{ErrorCode::corrupt, "corrupt"},
    Name{ErrorCode::commits_lost, "commits_lost"},
    Name{ErrorCode::locked, "locked"},
    Name{ErrorCode::schema_newer, "schema_newer"},
    Name{ErrorCode::address_blocked, "address_blocked"},
    Name{ErrorCode::dns_failed, "dns_failed"},
    Name{ErrorCode::connect_failed, "connect_failed"},
    Name{ErrorCode::tls_failed, "tls_failed"},
    Name{ErrorCode::timeout, "timeout"},
    Name{ErrorCode::cancelled, "cancelled"},
    Name{ErrorCode::internal, "internal"},
};

constexpr bool in_order() noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (static_cast<std::size_t>(names[i].code) != i) return false;
    }
    return names.size() == static_cast<std::size_t>(ErrorCode::internal) + 1;
}
static_assert(in_order(), "every code has its name, in the order of the codes");

}  // namespace

std::string_view to_string(ErrorCode code) noexcept {
    const auto index = static_cast<std::size_t>(code);
    return index < names.size() ? names[index].text : "internal";
}

bool is_retryable(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::rate_limited:
        case ErrorCode::busy:
        case ErrorCode::unavailable:
        case ErrorCode::storage_full:
        case ErrorCode::io_error:
        case ErrorCode::dns_failed:
        case ErrorCode::connect_failed:
        case ErrorCode::tls_failed:
        case ErrorCode::timeout:
            return true;
        default:
            return false;
    }
}

std::string describe(const Error& error) {
    std::string text;
    if (error.line) text += "line " + std::to_string(*error.line) + ": ";
    if (!error.field.empty()) text += error.field + ": ";
    text += error.message.empty() ? std::string(to_string(error.code)) : error.message;
    if (!error.remedy.empty()) text += " (" + error.remedy + ")";
    return text;
}

}  // namespace assay
