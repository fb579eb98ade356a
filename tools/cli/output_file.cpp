// Writes beside, then renames.
// SPDX-License-Identifier: MIT
#include "tools/cli/output_file.hpp"

#include <cerrno>
#include <filesystem>
#include <ostream>
#include <system_error>

namespace assay::tools {

Error stream_failure(const std::string& what) {
    const int cause = errno;
    const ErrorCode code = cause == ENOSPC  ? ErrorCode::storage_full
                           : cause == EPIPE ? ErrorCode::cancelled
                                            : ErrorCode::io_error;
    const std::string reason = cause == 0 ? "" : ": " + std::generic_category().message(cause);
    return fail(code, what + reason);
}

Result<void> write_lines(std::ostream& out, std::string_view lines) {
    errno = 0;
    out.write(lines.data(), static_cast<std::streamsize>(lines.size()));
    out.flush();
    if (!out) return stream_failure("cannot write the results");
    return {};
}

Result<void> OutputFile::open(const std::string& path) {
    std::error_code unknown;
    const auto status = std::filesystem::status(path, unknown);
    const bool plain = !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
    path_ = path;
    writing_ = plain ? path + ".part" : path;
    errno = 0;
    file_.open(writing_, std::ios::binary | std::ios::trunc);
    if (!file_) return stream_failure("cannot write " + writing_);
    return {};
}

Result<void> OutputFile::write(std::string_view bytes) {
    errno = 0;
    file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file_) return stream_failure("cannot write " + writing_);
    return {};
}

Result<void> OutputFile::finish() {
    errno = 0;
    file_.close();
    if (!file_) return stream_failure("cannot write " + writing_);
    std::error_code failed;
    if (writing_ != path_) std::filesystem::rename(writing_, path_, failed);
    if (failed) return fail(ErrorCode::io_error, "cannot write " + path_);
    writing_ = path_;
    return {};
}

OutputFile::~OutputFile() {
    std::error_code ignored;
    if (writing_ != path_) std::filesystem::remove(writing_, ignored);
}

}  // namespace assay::tools
