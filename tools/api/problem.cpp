// Status codes and problem documents.
// SPDX-License-Identifier: MIT
#include "tools/api/problem.hpp"

#include "engine/base/error_json.hpp"
#include "engine/base/json_writer.hpp"

namespace assay::tools {
namespace {

HttpResponse document(int status, std::string_view code, const Error& error,
                      std::string_view further) {
    HttpResponse response;
    response.status = status;
    response.fields.push_back({"Content-Type", "application/problem+json"});
    response.fields.push_back({"Cache-Control", "no-store"});
    if (status == 401) response.fields.push_back({"WWW-Authenticate", "Bearer realm=\"assay\""});
    if (status == 429 || status == 503) response.fields.push_back({"Retry-After", "1"});
    JsonWriter writer(response.body);
    writer.begin_object();
    writer.member("type", "about:blank");
    writer.member("title", reason_phrase(status));
    writer.member("status", status);
    writer.member("code", code);
    writer.member("message", error.message);
    write_error_place(writer, error);
    response.body += further;
    writer.end_object();
    return response;
}

}  // namespace

int http_status_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_argument:
        case ErrorCode::invalid_json:
        case ErrorCode::duplicate_key:
            return 400;
        case ErrorCode::unauthorized:
            return 401;
        case ErrorCode::forbidden:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::conflict:
        case ErrorCode::already_settled:
            return 409;
        case ErrorCode::archived:
            return 410;
        case ErrorCode::not_acceptable:
            return 406;
        case ErrorCode::payload_too_large:
            return 413;
        case ErrorCode::unsupported_media:
            return 415;
        case ErrorCode::invalid_input:
        case ErrorCode::duplicate_product_id:
        case ErrorCode::ambiguous_money:
        case ErrorCode::too_many_products:
        case ErrorCode::empty_batch:
        case ErrorCode::key_reused:
        case ErrorCode::address_blocked:
            return 422;
        case ErrorCode::quota_exceeded:
        case ErrorCode::rate_limited:
            return 429;
        case ErrorCode::busy:
        case ErrorCode::unavailable:
        case ErrorCode::cancelled:  // the writer is stopping
        case ErrorCode::locked:
            return 503;
        case ErrorCode::storage_full:
            return 507;
        case ErrorCode::io_error:
        case ErrorCode::corrupt:
        case ErrorCode::commits_lost:
        case ErrorCode::schema_newer:
        case ErrorCode::dns_failed:
        case ErrorCode::connect_failed:
        case ErrorCode::tls_failed:
        case ErrorCode::timeout:
        case ErrorCode::internal:
            return 500;
    }
    return 500;
}

HttpResponse problem(const Error& error) {
    return problem_with(error, {});
}

HttpResponse problem(int status, std::string_view code, std::string_view message,
                     std::string_view remedy) {
    Error error;
    error.message = message;
    error.remedy = remedy;
    return document(status, code, error, {});
}

HttpResponse problem_with(const Error& error, std::string_view further_members) {
    const int status = http_status_of(error.code);
    if (status != 500) return document(status, to_string(error.code), error, further_members);
    // What went wrong inside is for the log, not for clients.
    Error hidden;
    hidden.message = "the server could not do this; its log says why";
    return document(status, to_string(error.code), hidden, {});
}

}  // namespace assay::tools
