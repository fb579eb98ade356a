// Counts, unpacks, and gathers the head.
// SPDX-License-Identifier: MIT
#include "engine/batch/input_gate.hpp"

#include <utility>

#include "engine/batch/foreign_file.hpp"

namespace assay::engine {

InputGate::InputGate(const InputGateOptions& options, Step begin, Step rest)
    : options_(options), begin_(std::move(begin)), rest_(std::move(rest)) {
    if (options_.gzip) {
        gzip_.emplace(options_.unpacked_bytes_max,
                      [this](std::string_view bytes) { return plain(bytes); });
    }
}

Result<void> InputGate::feed(std::string_view bytes) {
    wire_bytes_ += bytes.size();
    if (wire_bytes_ > options_.bytes_max) {
        return fail(ErrorCode::payload_too_large,
                    "has more than " + std::to_string(options_.bytes_max >> 20) + " MiB", {},
                    std::string(options_.too_large_remedy));
    }
    return gzip_ ? gzip_->feed(bytes) : plain(bytes);
}

Result<void> InputGate::finish() {
    if (gzip_) {
        if (auto ended = gzip_->finish(); !ended) return ended;
    }
    return begun_ ? Result<void>{} : open();
}

Result<void> InputGate::plain(std::string_view bytes) {
    if (begun_) return rest_(bytes);
    head_ += bytes;
    return head_.size() < foreign_file_bytes ? Result<void>{} : open();
}

Result<void> InputGate::open() {
    begun_ = true;
    const std::string head = std::move(head_);
    return begin_(head);
}

}  // namespace assay::engine
