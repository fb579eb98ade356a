// One request after the other out of a byte stream: Beast's parser behind our own rules, without a
// socket.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tools/api/http_message.hpp"

namespace assay::tools {

// feed() bytes as they come, in any split; step() says what is there. The verdict on a byte stream
// does not depend on the split. Not thread-safe.
//
//     while (true) switch (reader.step()) {
//         case need_more:  feed() more bytes
//         case head:       request() is complete; comes once per request
//         case body:       take piece()
//         case done:       the request has ended; next_request() goes on behind it
//         case refused:    refusal() says why; nothing more comes, the connection must end
//     }
class RequestReader {
  public:
    enum class Step : std::uint8_t { need_more, head, body, done, refused };

    RequestReader();
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    void feed(std::string_view bytes);
    Step step();
    // Valid from `head` to next_request().
    HttpRequest& request() noexcept;
    // The body bytes of the last `body` step; valid until the next call.
    std::string_view piece() const noexcept;
    const HttpRefusal& refusal() const noexcept;
    // Whether bytes of the request that is being read have come.
    bool has_begun() const noexcept;
    bool is_done() const noexcept;
    // Whether bytes have come that no step has taken yet.
    bool has_more() const noexcept;
    void next_request();

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::tools
