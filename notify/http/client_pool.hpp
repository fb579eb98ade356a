// Transport over HTTP and HTTPS: keep-alive connections per origin, to checked addresses only.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/base/clock.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "notify/dispatch/transport.hpp"
#include "notify/endpoint/address.hpp"
#include "notify/endpoint/url.hpp"
#include "notify/http/resolver.hpp"

namespace boost::asio {
class io_context;
}

namespace assay::notify {

struct ClientOptions {
    UrlPolicy urls;
    AddressPolicy addresses;
    std::string ca_bundle;  // PEM file of further authorities; empty: the system's only
    bool system_authorities = true;
    std::chrono::milliseconds dns_timeout = limits::dns_timeout;
    std::chrono::milliseconds connect_timeout = limits::connect_timeout;
    std::chrono::milliseconds tls_timeout = limits::tls_timeout;
    std::chrono::milliseconds connection_age_max = limits::connection_age_max;
    std::chrono::milliseconds connection_idle_max{60'000};
    std::chrono::milliseconds tick{50};  // how coarsely deadlines are kept
    std::size_t connections_per_origin_max = limits::connections_per_origin_max;
    std::size_t connections_idle_max = limits::connections_idle_max;
    std::size_t header_bytes_max = limits::response_header_bytes_max;
    std::size_t body_bytes_max = limits::response_body_bytes_max;
    std::size_t text_bytes_kept = limits::response_text_bytes_kept;
    int interim_responses_max = 8;
};
// Errors: invalid_argument.
Result<void> validate(const ClientOptions& options);

// Rules, beyond Transport's: redirects are not followed and proxies of the environment are ignored;
// every answer of the resolver is judged by the address policy, one bad refuses all (`blocked`),
// and what is dialled is exactly what was judged; framing headers are ours alone and every header
// is checked again right before writing; a request is written a second time only when a re-used
// connection died without a byte of response. One timer for all deadlines; one send and one receive
// call per request on a warm connection. `io`, `clock` and `resolver` outlive the pool; the
// resolver is destroyed before `io`. Errors: tls_failed (a CA bundle that cannot be read).
Result<std::unique_ptr<Transport>> make_client_pool(boost::asio::io_context& io, const Clock& clock,
                                                    NameResolver& resolver,
                                                    const ClientOptions& options);

}  // namespace assay::notify
