// The CLI's side of the HTTP API: one blocking call per request, over libcurl.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace assay::tools {

struct ServerAddress {
    std::string url = "http://127.0.0.1:8080";  // --server or ASSAY_SERVER
    std::string key;                            // --key or ASSAY_API_KEY
};

struct ApiReply {
    int status = 0;
    std::string body;
};

// Talks to one server. Refusals (problem JSON) come back as Errors whose text says what the server
// said; a server that cannot be reached says so and how to start one. Not thread-safe.
class ApiClient {
  public:
    // Errors: invalid_argument for a URL that is not http(s) or a key with characters no header may
    // carry.
    static Result<ApiClient> make(ServerAddress address);
    ~ApiClient();
    ApiClient(ApiClient&&) noexcept;
    ApiClient& operator=(ApiClient&&) noexcept;

    // `path` starts with "/v1/". A JSON answer (null when there is no content).
    Result<boost::json::value> get(std::string_view path);
    Result<boost::json::value> post(std::string_view path, const boost::json::value& body);
    Result<boost::json::value> patch(std::string_view path, const boost::json::value& body);
    Result<boost::json::value> remove(std::string_view path);

    // Sends what `read(buffer, size)` gives until it gives 0, chunked: nothing is held whole.
    struct Upload {
        std::string method = "POST";
        std::string path;
        std::string content_type;
        bool gzip = false;
        std::string idempotency_key;
        std::function<std::size_t(char*, std::size_t)> read;
    };
    Result<boost::json::value> upload(const Upload& upload);
    // What was wrong with which product when the last request was refused for it; capped by the
    // server.
    const std::vector<Error>& faults() const noexcept;

    // Hands on the answer's bytes as they come, until the answer ends or `write` returns false. A
    // stream that says nothing for a minute is given up: live ones show every 15 s that they live.
    Result<void> stream(std::string_view path, std::string_view accept,
                        const std::function<bool(std::string_view)>& write);

    // Asked about once a second while a call is under way: true ends it with `cancelled`.
    void set_stop(std::function<bool()> stop);

  private:
    struct Body;
    explicit ApiClient(std::unique_ptr<Body> body);
    Result<boost::json::value> send(const char* method, std::string_view path,
                                    const boost::json::value& body);
    std::unique_ptr<Body> body_;
};

// Splits Server-Sent Events (WHATWG HTML, 9.2) into (event, data) pairs as bytes come in. Not
// thread-safe.
class EventStreamReader {
  public:
    using Sink = std::function<bool(std::string_view event, std::string_view data)>;
    // False once the sink has had enough.
    bool feed(std::string_view bytes, const Sink& sink);

  private:
    bool take_line(std::string_view line, const Sink& sink);
    std::string pending_, event_, data_;
};

}  // namespace assay::tools
