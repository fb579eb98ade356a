// Memory first, then one temporary file that is only appended to and read from.
// SPDX-License-Identifier: MIT
#include "tools/cli/chunk_spool.hpp"

#include <cassert>
#include <cerrno>

namespace assay::tools {

namespace {

Error file_error(const char* what) {
    const bool full = errno == ENOSPC || errno == EDQUOT;
    return fail(full ? ErrorCode::storage_full : ErrorCode::io_error,
                std::string("the temporary file for the second pass ") + what, {},
                "make room where temporary files go, or leave out what compares products with each"
                " other: --only identity,price,fees,profit");
}

}  // namespace

Result<void> ChunkSpool::add(std::string chunk) {
    Entry entry;
    entry.size = chunk.size();
    if (memory_used_ + chunk.size() <= memory_max_) {
        memory_used_ += chunk.size();
        entry.bytes = std::move(chunk);
        entries_.push_back(std::move(entry));
        return {};
    }
    if (!file_) file_.reset(std::tmpfile());
    if (!file_) return file_error("cannot be made");
    if (std::fwrite(chunk.data(), 1, chunk.size(), file_.get()) != chunk.size()) {
        return file_error("cannot be written");
    }
    entry.at = file_size_;
    file_size_ += static_cast<std::int64_t>(chunk.size());
    entries_.push_back(std::move(entry));
    return {};
}

Result<std::string> ChunkSpool::take(std::size_t number) {
    assert(number < entries_.size());
    Entry& entry = entries_[number];
    if (entry.at < 0) {
        memory_used_ -= entry.size;
        return std::move(entry.bytes);
    }
    std::string bytes(entry.size, '\0');
    if (std::fflush(file_.get()) != 0 || fseeko(file_.get(), entry.at, SEEK_SET) != 0 ||
        std::fread(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
        return file_error("cannot be read back");
    }
    return bytes;
}

}  // namespace assay::tools
