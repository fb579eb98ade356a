// The values of one HTTP exchange: request, response, and bodies that come or go in pieces.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace assay::tools {

struct HttpField {
    std::string name;
    std::string value;
    friend bool operator==(const HttpField&, const HttpField&) = default;
};

// The first field of that name (any case); nullptr when there is none.
const std::string* find_field(const std::vector<HttpField>& fields, std::string_view name) noexcept;

// Everything before the body, as it was sent. The server has checked it (request_rules.hpp).
struct HttpRequest {
    std::string method;             // upper case
    std::string target;             // "/v1/batches?limit=2"
    std::string path;               // before the '?', still percent-encoded
    std::string query;              // behind it
    int minor_version = 1;          // HTTP/1.x
    std::vector<HttpField> fields;  // order and spelling of the sender
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
    std::string remote_address;  // "127.0.0.1"

    bool has_body() const noexcept { return chunked || content_length.value_or(0) > 0; }
    const std::string* field(std::string_view name) const noexcept {
        return find_field(fields, name);
    }
};

// A response body that is made while it is sent. All calls come from a worker, one at a time.
class BodySource {
  public:
    enum class State : std::uint8_t {
        more,     // call again when these bytes are written
        waiting,  // call again when the wake function was called
        ended,    // these bytes are the last
        broken,   // what is missing cannot be had: the connection is cut, so that nobody takes what
                  // came for the whole
    };
    struct Piece {
        std::string bytes;
        State state = State::ended;
    };

    virtual ~BodySource() = default;
    virtual Piece next() = 0;
    // Called before the first next(). `wake` may be called from any thread, at any time, even after
    // the exchange has ended.
    virtual void on_ready(std::function<void()> wake) { static_cast<void>(wake); }
    // Sent after 15 s of silence, so that proxies and clients see that we live. Empty: nothing is
    // sent. A source that waits without a heartbeat only notices a lost client when it writes.
    virtual std::string_view heartbeat() const { return {}; }
};

struct HttpResponse {
    int status = 200;
    std::vector<HttpField> fields;  // without those of the framing, which the server writes
    std::string body;
    std::unique_ptr<BodySource> stream;  // instead of `body`: chunked (HTTP/1.0: until the close)
    bool close = false;                  // end the connection after this response
};

// Takes a request's body piece by piece. All calls come from a worker, one at a time; the next
// piece is read from the network only when feed() has returned.
class BodySink {
  public:
    virtual ~BodySink() = default;
    // A response ends the request early; what is left of the body is not read.
    virtual std::optional<HttpResponse> feed(std::string_view piece) = 0;
    // The body is complete.
    virtual HttpResponse finish() = 0;
};

// A sink that keeps the whole body and hands it over at the end; beyond `bytes_max` it answers with
// `too_large`.
std::unique_ptr<BodySink> read_whole_body(std::size_t bytes_max,
                                          std::function<HttpResponse(std::string body)> then,
                                          std::function<HttpResponse()> too_large);

// What one exchange looked like when it was over, for logs and metrics.
struct HttpExchange {
    const HttpRequest& request;
    int status = 0;
    std::uint64_t body_bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::int64_t duration_us = 0;
};

// Why the server itself refused a request, before any handler saw it.
struct HttpRefusal {
    int status = 400;
    std::string code;     // "bad_request", "busy" ...
    std::string message;  // a sentence without a full stop
    friend bool operator==(const HttpRefusal&, const HttpRefusal&) = default;
};

// What the server asks of its user. Thread safety: called from several workers at once.
class HttpHandler {
  public:
    using Begin = std::variant<HttpResponse, std::unique_ptr<BodySink>>;

    virtual ~HttpHandler() = default;
    // The head has arrived: answer at once, or say what takes the body (also when it is empty).
    // `request` outlives the exchange. May block; must not throw.
    virtual Begin begin(const HttpRequest& request) = 0;
    // The response to a request that broke a rule. Called on the I/O thread: must not block.
    virtual HttpResponse refuse(const HttpRefusal& refusal);
    // After the last byte of the response, on the I/O thread: must not block.
    virtual void finished(const HttpExchange& exchange) { static_cast<void>(exchange); }
};

std::string_view reason_phrase(int status) noexcept;

// Status line, framing and fields. Fields with bytes that would break the framing are left out: it
// is a bug of ours and never reaches the wire.
std::string serialise_head(const HttpResponse& response, std::string_view date,
                           std::string_view framing, bool keep_alive);

}  // namespace assay::tools
