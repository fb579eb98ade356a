// Reads one response from bytes as they come, within limits (private to http; no socket in here).
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"

namespace assay::notify {

struct ResponseLimits {
    std::size_t header_bytes = 0;
    std::size_t body_bytes = 0;
    std::size_t text_bytes = 0;  // of the body, kept
    int interim = 8;             // 1xx responses skipped
};

// One per connection; begin() before each response. A receiver says much the same every time: a
// short response that comes whole and is that of last time, byte for byte, is not parsed again.
class ResponseReader {
  public:
    enum class State { more, complete, too_large, invalid };

    explicit ResponseReader(const ResponseLimits& limits);
    ~ResponseReader();
    ResponseReader(const ResponseReader&) = delete;
    ResponseReader& operator=(const ResponseReader&) = delete;

    void begin();
    // Takes what it can from the front of `bytes`; what it leaves comes again, with more behind it.
    // too_large with status() == 0: the header itself was too long.
    State feed(std::string_view bytes, std::size_t& taken);
    // The peer has closed: complete, when that is how the response ends.
    State end_of_stream();

    int status() const noexcept;     // 0 before the header is complete
    bool reusable() const noexcept;  // complete, delimited, and the peer keeps the connection
    std::string text() const;  // valid UTF-8, cut, without control characters but tab and newline
    std::string location() const;  // of a redirect, sanitised and cut; for the log only
    std::string problem() const;   // when invalid
    // Retry-After as a wait from `now`, 0 .. limits::retry_after_max; nullopt: absent or
    // unreadable.
    std::optional<std::chrono::seconds> retry_after(TimePoint now) const;

  private:
    class Parser;
    struct Place;
    State parse(std::string_view bytes, std::size_t& taken);
    State step_over_interim();

    ResponseLimits limits_;
    std::unique_ptr<Place> place_;
    Parser* parser_ = nullptr;  // of the response that is being read, or was last
    std::string last_;          // the bytes that it read, if they came whole
    bool begun_ = false;        // a byte of the response has been seen
    int interim_ = 0;
};

// Any bytes as text that can be stored and shown: invalid UTF-8 and control characters (but tab and
// newline) become U+FFFD; at most `bytes_max` bytes, cut between characters.
std::string sanitised(std::string_view bytes, std::size_t bytes_max);

// Seconds or an HTTP date (RFC 9110, 10.2.3).
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, TimePoint now);

}  // namespace assay::notify
