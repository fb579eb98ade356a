// The closed list of error codes, what each means, and which are worth another try.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

enum class ErrorCode : std::uint8_t {
    // What the caller sent.
    invalid_argument,      // a parameter, option or flag has a value we cannot take
    invalid_input,         // a product, line or field is wrong
    invalid_json,          // bytes that should be JSON are not
    duplicate_key,         // a JSON object names a key twice
    duplicate_product_id,  // a later product repeats an id of its batch
    ambiguous_money,       // a bare fraction where minor units were promised
    not_acceptable,        // an answer in a form that we do not give
    unsupported_media,     // a content type, encoding or file kind we do not read
    payload_too_large,     // more bytes than a limit allows
    too_many_products,     // more products than a batch may hold
    empty_batch,           // a batch without products
    // What the state of things forbids.
    not_found,
    conflict,         // the thing exists already, or is busy with the same request
    already_settled,  // a batch that has ended cannot be changed
    key_reused,       // an idempotency key came back with another body
    unauthorized,
    forbidden,
    quota_exceeded,
    rate_limited,
    archived,  // retention has removed it
    // What our own surroundings refuse.
    busy,         // a bounded queue is full: come back later
    unavailable,  // the store is closed after an I/O error and is being re-opened
    storage_full,
    io_error,
    corrupt,       // stored bytes fail their checksum
    commits_lost,  // the store is behind its mark file
    locked,        // another process owns the data directory
    schema_newer,  // the data was written by a newer Assay
    // What went wrong on the way to a receiver.
    address_blocked,
    dns_failed,
    connect_failed,
    tls_failed,
    timeout,
    // Rest.
    cancelled,
    internal,
};

// The code's name on the wire and in logs, e.g. "invalid_input". Never changes once released.
std::string_view to_string(ErrorCode code) noexcept;

// Whether the same request may succeed later without being changed.
bool is_retryable(ErrorCode code) noexcept;

// One thing that went wrong: what, where, and how to mend it. A plain value.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;                  // what is wrong, a sentence without a full stop
    std::string field;                    // JSON pointer, column or flag; empty when there is none
    std::optional<std::uint64_t> line{};  // 1-based line of the input, where there is one
    std::string remedy;                   // how to mend it; empty when the message says it already

    friend bool operator==(const Error&, const Error&) = default;
};

// "line 3: /quantity: is negative (write a whole number from 1 to 1000000)"
std::string describe(const Error& error);

}  // namespace assay
