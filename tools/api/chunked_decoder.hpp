// Chunked bodies (RFC 9112 section 7.1), strictly and byte by byte, so that no split matters.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::tools {

// Refused: anything but CRLF as line end, sizes beyond 2^60, blanks around the size, extensions of
// more than 256 bytes or with bytes outside printable ASCII, trailers of more than 4 KiB, and
// trailer fields that belong in the header (request_rules.hpp). Extensions and other trailer fields
// are read over. Not thread-safe.
class ChunkedDecoder {
  public:
    enum class State : std::uint8_t { more, done, refused };

    // Takes bytes from the front of `input` and appends body bytes to `body`; stops behind the end
    // of the body, so what is left of `input` belongs to the next request.
    State decode(std::string_view& input, std::string& body);
    const char* why() const noexcept { return why_; }  // of `refused`

  private:
    enum class Part : std::uint8_t {
        size,
        extension,
        size_line_feed,
        data,
        data_return,
        data_line_feed,
        trailer,
        trailer_line_feed,
        done,
        refused,
    };
    void step(char c);
    void step_size(char c);
    void end_trailer_line();
    void refuse(const char* why);

    Part part_ = Part::size;
    const char* why_ = "";
    std::uint64_t left_ = 0;  // of the chunk: its size while that is read, then the bytes to come
    std::size_t digits_ = 0;
    std::size_t extension_bytes_ = 0;
    std::size_t trailer_bytes_ = 0;
    std::string line_;  // of the trailer
};

}  // namespace assay::tools
