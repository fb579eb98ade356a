// Reads and writes private files by POSIX calls.
// SPDX-License-Identifier: MIT
#include "tools/settings/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace assay::tools {
namespace {

constexpr std::size_t private_file_bytes_max = 1'024;  // a key and a line end

Error io_fault(const std::filesystem::path& path, const char* what) {
    return fail(ErrorCode::io_error,
                std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<bool> is_open_to_others(const std::filesystem::path& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return io_fault(path, "read");
    return (about.st_mode & 077) != 0;
}

Result<std::string> read_private_file(const std::filesystem::path& path, std::string_view what,
                                      std::string_view field) {
    const auto open_to_others = is_open_to_others(path);
    if (!open_to_others) {
        Error error = open_to_others.error();
        error.field = field;
        return error;
    }
    if (*open_to_others) {
        return fail(ErrorCode::invalid_argument,
                    "the " + std::string(what) + " " + path.string() + " can be read by others",
                    std::string(field),
                    "chmod 600 it, and take a new key if somebody may have read it");
    }
    std::ifstream file(path, std::ios::binary);
    std::string text(private_file_bytes_max, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

Result<void> write_private_file(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::path unfinished = path;
    unfinished += ".new";
    ::unlink(unfinished.c_str());
    const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return io_fault(path, "write");
    const ssize_t written = ::write(file, text.data(), text.size());
    const bool whole = written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    ::close(file);
    if (!whole || ::rename(unfinished.c_str(), path.c_str()) != 0) return io_fault(path, "write");
    const int directory = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return io_fault(path.parent_path(), "open");
    const bool synced = ::fsync(directory) == 0;
    ::close(directory);
    if (!synced) return io_fault(path.parent_path(), "sync");
    return {};
}

Result<void> make_private_file(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return errno == EEXIST ? Result<void>() : io_fault(path, "write");
    ::close(file);
    return {};
}

}  // namespace assay::tools
