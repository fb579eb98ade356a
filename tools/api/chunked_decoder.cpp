// The chunked coding as a state machine over single bytes, with data taken in runs.
// SPDX-License-Identifier: MIT
#include "tools/api/chunked_decoder.hpp"

#include <algorithm>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "tools/api/request_rules.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t size_digits_max = 15;  // 2^60: no sum of ours overflows
constexpr std::size_t extension_bytes_max = 256;
constexpr std::size_t trailer_bytes_max = 4 * limits::kibibyte;

}  // namespace

ChunkedDecoder::State ChunkedDecoder::decode(std::string_view& input, std::string& body) {
    while (!input.empty() && part_ != Part::done && part_ != Part::refused) {
        if (part_ == Part::data) {
            const auto run = static_cast<std::size_t>(
                std::min<std::uint64_t>(left_, static_cast<std::uint64_t>(input.size())));
            body.append(input.substr(0, run));
            input.remove_prefix(run);
            left_ -= run;
            if (left_ == 0) part_ = Part::data_return;
            continue;
        }
        step(input.front());
        input.remove_prefix(1);
    }
    if (part_ == Part::refused) return State::refused;
    return part_ == Part::done ? State::done : State::more;
}

void ChunkedDecoder::step(char c) {
    switch (part_) {
        case Part::size:
            return step_size(c);
        case Part::extension:
            if (c == '\r')
                part_ = Part::size_line_feed;
            else if ((c < 0x20 && c != '\t') || c > 0x7e)
                refuse("a chunk extension has a control character");
            else if (++extension_bytes_ > extension_bytes_max)
                refuse("a chunk extension is longer than 256 bytes");
            return;
        case Part::size_line_feed:
            if (c != '\n') return refuse("a chunk size does not end with CRLF");
            part_ = left_ > 0 ? Part::data : Part::trailer;
            return;
        case Part::data_return:
            if (c != '\r') return refuse("a chunk is longer than its size");
            part_ = Part::data_line_feed;
            return;
        case Part::data_line_feed:
            if (c != '\n') return refuse("a chunk does not end with CRLF");
            part_ = Part::size;
            digits_ = 0;
            extension_bytes_ = 0;
            return;
        case Part::trailer:
            if (++trailer_bytes_ > trailer_bytes_max)
                return refuse("the trailer is longer than 4 KiB");
            if (c == '\r')
                part_ = Part::trailer_line_feed;
            else
                line_ += c;
            return;
        case Part::trailer_line_feed:
            if (c != '\n') return refuse("a trailer line does not end with CRLF");
            return end_trailer_line();
        case Part::data:
        case Part::done:
        case Part::refused:
            return;
    }
}

void ChunkedDecoder::step_size(char c) {
    const int digit = hex_value(c);
    if (digit >= 0) {
        if (digits_ == 0) left_ = 0;
        if (++digits_ > size_digits_max) return refuse("a chunk size is too large");
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return;
    }
    if (digits_ == 0) return refuse("a chunk size is not a hexadecimal number");
    if (c == '\r')
        part_ = Part::size_line_feed;
    else if (c == ';')
        part_ = Part::extension;
    else
        refuse("a chunk size is not a hexadecimal number");
}

void ChunkedDecoder::end_trailer_line() {
    if (line_.empty()) {
        part_ = Part::done;
        return;
    }
    const std::size_t colon = line_.find(':');
    if (colon == std::string::npos || !is_token(std::string_view(line_).substr(0, colon)) ||
        !is_field_value(std::string_view(line_).substr(colon + 1)))
        return refuse("a trailer line is no header field");
    if (!is_allowed_in_trailer(std::string_view(line_).substr(0, colon)))
        return refuse("the trailer has a field that belongs in the header");
    line_.clear();
    part_ = Part::trailer;
}

void ChunkedDecoder::refuse(const char* why) {
    part_ = Part::refused;
    why_ = why;
}

}  // namespace assay::tools
