// The shim between SQLite and its default VFS.
// SPDX-License-Identifier: MIT
#include "tests/support/faulty_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

namespace assay::testing {
namespace {

constexpr std::size_t sector = 512;

enum class Kind { write, truncate, sync, failed_sync, remove, note };

struct Entry {
    Kind kind{};
    std::string file;
    std::int64_t number = 0;  // offset, new size or noted number
    std::string bytes;
};

struct File {
    sqlite3_file base;  // first: SQLite knows a File by it
    FaultyVfs::Body* vfs;
    std::string* name;
    sqlite3_file* real;
};

File* self(sqlite3_file* file) {
    return reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
    return self(file)->real;
}

void put(std::string& image, std::size_t offset, std::string_view bytes) {
    if (image.size() < offset + bytes.size()) image.resize(offset + bytes.size(), '\0');
    image.replace(offset, bytes.size(), bytes);
}

void replay(std::string& image, const Entry& entry) {
    const auto number = static_cast<std::size_t>(entry.number);
    if (entry.kind == Kind::write) put(image, number, entry.bytes);
    if (entry.kind == Kind::truncate) image.resize(number, '\0');
}

// Keeps each sector of each write, or not.
void replay_scattered(std::string& image, const Entry& entry, Random& random) {
    if (entry.kind != Kind::write) {
        if (random.next_u64() % 2 == 0) replay(image, entry);
        return;
    }
    for (std::size_t at = 0; at < entry.bytes.size(); at += sector) {
        if (random.next_u64() % 2 == 0) continue;
        put(image, static_cast<std::size_t>(entry.number) + at,
            std::string_view(entry.bytes).substr(at, sector));
    }
}

}  // namespace

struct FaultyVfs::Body {
    mutable std::mutex mutex;
    std::string name;
    sqlite3_vfs vfs{};
    sqlite3_vfs* base = nullptr;
    int countdown = 0;  // 0: not armed
    Fault fault{};
    bool from_then_on = false, failing = false, failed = false;
    bool recording = false, syncs_skipped = false;
    std::vector<Entry> log;

    // The code of the fault that this operation meets, or SQLITE_OK.
    int next(int io_code) {
        if (countdown > 0 && --countdown == 0) failing = true;
        if (!failing) return SQLITE_OK;
        failed = true;
        failing = from_then_on;
        return fault == Fault::no_space ? SQLITE_FULL : io_code;
    }
    void add(Kind kind, const std::string& file, std::int64_t number, std::string_view bytes = {}) {
        if (recording) log.push_back({kind, file, number, std::string(bytes)});
    }
};

namespace {

int close_file(sqlite3_file* file) {
    const int code = real(file)->pMethods->xClose(real(file));
    delete self(file)->name;
    return code;
}
int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), out, size, offset);
}
int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    FaultyVfs::Body& vfs = *self(file)->vfs;
    const std::lock_guard lock(vfs.mutex);
    const int fault = vfs.next(SQLITE_IOERR_WRITE);
    const int kept = fault == SQLITE_OK ? size : size / 2;
    const int code = real(file)->pMethods->xWrite(real(file), bytes, kept, offset);
    vfs.add(Kind::write, *self(file)->name, offset,
            {static_cast<const char*>(bytes), static_cast<std::size_t>(kept)});
    return fault != SQLITE_OK ? fault : code;
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    FaultyVfs::Body& vfs = *self(file)->vfs;
    const std::lock_guard lock(vfs.mutex);
    if (const int fault = vfs.next(SQLITE_IOERR_TRUNCATE); fault != SQLITE_OK) return fault;
    vfs.add(Kind::truncate, *self(file)->name, size);
    return real(file)->pMethods->xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int) {
    FaultyVfs::Body& vfs = *self(file)->vfs;
    const std::lock_guard lock(vfs.mutex);
    if (const int fault = vfs.next(SQLITE_IOERR_FSYNC); fault != SQLITE_OK) {
        vfs.add(Kind::failed_sync, *self(file)->name, 0);
        return fault;
    }
    if (!vfs.syncs_skipped) vfs.add(Kind::sync, *self(file)->name, 0);
    return SQLITE_OK;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
}
int file_control(sqlite3_file* file, int op, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), op, argument);
}
int sector_size(sqlite3_file*) {
    return static_cast<int>(sector);
}
int characteristics(sqlite3_file*) {
    return 0;  // promises nothing: no atomic writes, no safe append
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
    real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods methods{
    2,         close_file,  read_file,  write_file,   truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_lock, file_control, sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,  nullptr,      nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    auto& body = *static_cast<FaultyVfs::Body*>(vfs->pAppData);
    File* const opened = ::new (file) File{};
    opened->vfs = &body;
    opened->real = reinterpret_cast<sqlite3_file*>(opened + 1);
    const int code = body.base->xOpen(body.base, path, opened->real, flags, out_flags);
    if (code != SQLITE_OK) {
        opened->base.pMethods = nullptr;
        return code;
    }
    opened->name = new std::string(
        path == nullptr ? std::string() : std::filesystem::path(path).filename().string());
    opened->base.pMethods = &methods;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    auto& body = *static_cast<FaultyVfs::Body*>(vfs->pAppData);
    const std::lock_guard lock(body.mutex);
    const int code = body.base->xDelete(body.base, path, 0);
    if (code == SQLITE_OK) {
        body.add(Kind::remove, std::filesystem::path(path).filename().string(), sync_directory);
    }
    return code;
}

}  // namespace

FaultyVfs::FaultyVfs() : body_(std::make_unique<Body>()) {
    static std::atomic<int> count{0};  // names only; relaxed: nothing else hangs on it
    body_->name = "faulty-" + std::to_string(count.fetch_add(1, std::memory_order_relaxed));
    body_->base = sqlite3_vfs_find(nullptr);
    body_->vfs = *body_->base;
    body_->vfs.pNext = nullptr;
    body_->vfs.zName = body_->name.c_str();
    body_->vfs.pAppData = body_.get();
    body_->vfs.szOsFile = static_cast<int>(sizeof(File)) + body_->base->szOsFile;
    body_->vfs.xOpen = open_file;
    body_->vfs.xDelete = delete_file;
    sqlite3_vfs_register(&body_->vfs, 0);
}

FaultyVfs::~FaultyVfs() {
    sqlite3_vfs_unregister(&body_->vfs);
}

const std::string& FaultyVfs::name() const noexcept {
    return body_->name;
}

void FaultyVfs::fail_at(int nth, Fault fault, bool from_then_on) {
    const std::lock_guard lock(body_->mutex);
    body_->countdown = nth;
    body_->fault = fault;
    body_->from_then_on = from_then_on;
    body_->failing = body_->failed = false;
}

void FaultyVfs::heal() {
    const std::lock_guard lock(body_->mutex);
    body_->countdown = 0;
    body_->failing = false;
}

bool FaultyVfs::has_failed() const {
    const std::lock_guard lock(body_->mutex);
    return body_->failed;
}

void FaultyVfs::record() {
    const std::lock_guard lock(body_->mutex);
    body_->recording = true;
}

void FaultyVfs::skip_syncs() {
    const std::lock_guard lock(body_->mutex);
    body_->syncs_skipped = true;
}

void FaultyVfs::note(std::int64_t number) {
    const std::lock_guard lock(body_->mutex);
    body_->add(Kind::note, {}, number);
}

std::size_t FaultyVfs::recorded() const {
    const std::lock_guard lock(body_->mutex);
    return body_->log.size();
}

std::int64_t FaultyVfs::crash(std::size_t operations, Loss loss, Random& random,
                              const std::filesystem::path& directory) const {
    struct State {
        std::string image;  // what is surely there
        std::vector<const Entry*> unsynced;
        bool directory_synced = false;
        std::optional<std::string> removed;  // the file of this name before, while that may return
    };
    std::map<std::string, State> files;
    std::int64_t noted = 0;
    const std::lock_guard lock(body_->mutex);
    for (std::size_t i = 0; i < std::min(operations, body_->log.size()); ++i) {
        const Entry& entry = body_->log[i];
        if (entry.kind == Kind::note) {
            noted = entry.number;
            continue;
        }
        if (entry.kind == Kind::remove) {
            const auto gone = files.extract(entry.file);
            const bool durable = entry.number != 0;
            if (!durable && gone) files[entry.file].removed = gone.mapped().image;
            continue;
        }
        State& state = files[entry.file];
        if (entry.kind != Kind::sync && entry.kind != Kind::failed_sync) {
            state.unsynced.push_back(&entry);
            continue;
        }
        if (entry.kind == Kind::sync && !state.directory_synced && entry.file != "assay.db") {
            // SQLite syncs the directory with the first sync of a file: now every removal holds.
            state.directory_synced = true;
            for (auto& [name, other] : files)
                other.removed.reset();
        }
        // The kernel calls pages clean after a sync that failed: no later one writes them.
        const bool lost = entry.kind == Kind::failed_sync && loss != Loss::nothing;
        for (const Entry* done : state.unsynced) {
            if (!lost) {
                replay(state.image, *done);
            } else if (loss != Loss::everything) {
                replay_scattered(state.image, *done, random);
            }
        }
        state.unsynced.clear();
    }
    for (auto& [name, state] : files) {
        if (state.removed && loss == Loss::everything) {
            state = {*state.removed, {}, true, {}};
        } else if (state.removed && state.unsynced.empty()) {
            continue;
        }
        const std::size_t count = state.unsynced.size();
        std::size_t kept = loss == Loss::nothing ? count : 0;
        if (loss == Loss::suffix && count > 0) kept = random.next_u64() % (count + 1);
        for (std::size_t i = 0; i < kept; ++i)
            replay(state.image, *state.unsynced[i]);
        if (loss == Loss::suffix && kept < count) {
            Entry torn = *state.unsynced[kept];
            const std::size_t sectors = torn.bytes.size() / sector;
            torn.bytes.resize(random.next_u64() % (sectors + 1) * sector);
            if (torn.kind == Kind::write) replay(state.image, torn);
        }
        if (loss == Loss::scattered) {
            for (const Entry* entry : state.unsynced)
                replay_scattered(state.image, *entry, random);
        }
        std::ofstream(directory / name, std::ios::binary | std::ios::trunc)
            .write(state.image.data(), static_cast<std::streamsize>(state.image.size()));
    }
    return noted;
}

}  // namespace assay::testing
