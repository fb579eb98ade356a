// Directory, lock and mark by POSIX calls.
// SPDX-License-Identifier: MIT
#include "engine/store/data_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>

#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

// "assay mark 00000000000000000042 0123456789abcdef\n": number, then XXH3-64 of what stands before.
constexpr std::string_view mark_head = "assay mark ";
constexpr std::size_t digits_end = mark_head.size() + 20;
constexpr std::size_t mark_size = digits_end + 1 + 16 + 1;

Error system_error(const std::string& what, int code) {
    const bool full = code == ENOSPC || code == EDQUOT;
    return fail(full ? ErrorCode::storage_full : ErrorCode::io_error,
                what + ": " + std::strerror(code));  // NOLINT(concurrency-mt-unsafe): at start only
}

std::array<char, mark_size + 1> mark_text(std::int64_t commit) noexcept {
    std::array<char, mark_size + 1> text{};
    std::snprintf(text.data(), text.size(), "assay mark %020lld", static_cast<long long>(commit));
    const std::uint64_t sum = hash64({text.data(), digits_end});
    std::snprintf(text.data() + digits_end, text.size() - digits_end, " %016llx\n",
                  static_cast<unsigned long long>(sum));
    return text;
}

// Makes the directory and those above it, and syncs the entry.
Result<void> make_directory(const std::filesystem::path& path) {
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) return {};
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return system_error("cannot make " + path.string(), errno);
    }
    return {};
}

Result<void> sync_directory(const std::filesystem::path& path) {
    const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return system_error("cannot open " + path.string(), errno);
    const int synced = ::fsync(directory);
    const int code = errno;
    ::close(directory);
    if (synced != 0 && code != EINVAL) return system_error("cannot sync " + path.string(), code);
    return {};
}

Result<int> open_file(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return system_error("cannot open " + path.string(), errno);
    return file;
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::filesystem::path& directory) {
    std::unique_ptr<DataDirectory> held(new DataDirectory);
    held->path_ = std::filesystem::absolute(directory).lexically_normal();
    if (!held->path_.has_filename()) held->path_ = held->path_.parent_path();
    if (Result<void> made = make_directory(held->path_); !made) return made.error();

    const Result<int> lock = open_file(held->path_ / "assay.lock");
    if (!lock) return lock.error();
    held->lock_ = *lock;
    if (::flock(held->lock_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return system_error("cannot lock the data directory", errno);
        return fail(ErrorCode::locked,
                    "another process uses the data directory " + held->path_.string(), {},
                    "stop it, or start with another --data-dir");
    }
    const Result<int> mark = open_file(held->path_ / "assay.mark");
    if (!mark) return mark.error();
    held->mark_ = *mark;
    // SQLite gives its other files the mode of this one. Before it opens the file itself: closing
    // a descriptor of it later would drop SQLite's locks.
    const Result<int> database = open_file(held->database_file());
    if (!database) return database.error();
    ::close(*database);
    if (Result<void> synced = sync_directory(held->path_); !synced) return synced.error();
    // The parent may be another user's and not readable: then its entry is theirs to sync.
    static_cast<void>(sync_directory(held->path_.parent_path()));
    return held;
}

DataDirectory::~DataDirectory() {
    if (mark_ >= 0) ::close(mark_);
    if (lock_ >= 0) ::close(lock_);
}

Result<std::optional<std::int64_t>> DataDirectory::read_mark() const {
    std::array<char, mark_size + 1> text{};
    const ssize_t got = ::pread(mark_, text.data(), text.size(), 0);
    if (got < 0) return system_error("cannot read the mark file", errno);
    const std::string_view read(text.data(), static_cast<std::size_t>(got));
    // What a power cut leaves of a file that was never synced.
    if (read.find_first_not_of('\0') == std::string_view::npos)
        return std::optional<std::int64_t>{};
    std::int64_t commit = -1;
    if (read.size() == mark_size) {
        std::from_chars(read.data() + mark_head.size(), read.data() + digits_end, commit);
    }
    if (commit < 0 || std::string_view(mark_text(commit).data(), mark_size) != read) {
        return fail(ErrorCode::corrupt, "the mark file is damaged");
    }
    return std::optional(commit);
}

void DataDirectory::write_mark(std::int64_t commit) noexcept {
    const auto text = mark_text(commit);
    [[maybe_unused]] const ssize_t written = ::pwrite(mark_, text.data(), mark_size, 0);
}

}  // namespace assay::engine
