// zlib, block by block.
// SPDX-License-Identifier: MIT
#include "engine/batch/gzip_stream.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace assay::engine {
namespace {

constexpr std::size_t block_bytes = 256 * 1024;
constexpr int gzip_only = 16;  // zlib's way to ask for the gzip format

Error damaged() {
    return fail(ErrorCode::unsupported_media, "is not gzip, or is damaged", {},
                "check the file, or leave out Content-Encoding");
}

}  // namespace

struct GzipStream::State {
    z_stream stream{};
    std::vector<char> block = std::vector<char>(block_bytes);
    std::size_t unpacked = 0;
    std::size_t unpacked_max = 0;
    bool between_members = true;
    bool any = false;
    Sink sink;

    Result<void> inflate_some(std::string_view& bytes);
};

GzipStream::GzipStream(std::size_t unpacked_bytes_max, Sink sink)
    : state_(std::make_unique<State>()) {
    state_->unpacked_max = unpacked_bytes_max;
    state_->sink = std::move(sink);
    if (inflateInit2(&state_->stream, MAX_WBITS + gzip_only) != Z_OK)
        std::abort();  // no memory for 40 KiB at the start of a submission
}

GzipStream::~GzipStream() {
    inflateEnd(&state_->stream);
}

// Unpacks until a block is full or the input is used up.
Result<void> GzipStream::State::inflate_some(std::string_view& bytes) {
    // zlib's interface is not const-correct; it does not write to its input.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    const std::size_t offered = std::min<std::size_t>(bytes.size(), 1U << 30);
    stream.avail_in = static_cast<uInt>(offered);
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    bytes.remove_prefix(offered - stream.avail_in);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return damaged();
    between_members = status == Z_STREAM_END;
    const std::size_t made = block.size() - stream.avail_out;
    unpacked += made;
    if (unpacked > unpacked_max) {
        return fail(ErrorCode::payload_too_large,
                    "unpacks to more than " + std::to_string(unpacked_max >> 20) + " MiB", {},
                    "split it into several batches");
    }
    if (made == 0) return {};
    return sink({block.data(), made});
}

Result<void> GzipStream::feed(std::string_view bytes) {
    State& state = *state_;
    bool block_was_full = false;
    while (!bytes.empty() || block_was_full) {
        if (state.between_members && !block_was_full) {
            // Some writers pad with zeros after the last member.
            if (state.any)
                bytes.remove_prefix(std::min(bytes.find_first_not_of('\0'), bytes.size()));
            if (bytes.empty()) return {};
            inflateReset(&state.stream);
            state.any = true;
        }
        if (auto done = state.inflate_some(bytes); !done) return done;
        block_was_full = state.stream.avail_out == 0 && !state.between_members;
    }
    return {};
}

Result<void> GzipStream::finish() {
    if (state_->any && state_->between_members) return {};
    if (!state_->any) return fail(ErrorCode::empty_batch, "has no content");
    return fail(ErrorCode::unsupported_media, "is gzip that ends too early", {},
                "send the whole file");
}

}  // namespace assay::engine
