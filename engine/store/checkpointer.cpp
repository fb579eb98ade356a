// Passive checkpoints: they never make a reader or the writer wait.
// SPDX-License-Identifier: MIT
#include "engine/store/checkpointer.hpp"

#include <sqlite3.h>

namespace assay::engine {

Checkpointer::Checkpointer(Connect connect)
    : connect_(std::move(connect)), thread_([this] { loop(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Checkpointer::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_one();
}

void Checkpointer::restart_wal(Connection& writer) {
    const std::lock_guard running(connection_mutex_);
    sqlite3_wal_checkpoint_v2(writer.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr,
                              nullptr);
}

void Checkpointer::suspend() {
    const std::lock_guard running(connection_mutex_);
    {
        const std::lock_guard lock(mutex_);
        suspended_ = true;
        woken_ = false;
    }
    connection_.reset();
}

void Checkpointer::resume() {
    const std::lock_guard lock(mutex_);
    suspended_ = false;
}

void Checkpointer::loop() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return woken_ || stopping_; });
            if (stopping_) return;
            woken_ = false;
        }
        checkpoint();
    }
}

void Checkpointer::checkpoint() {
    const std::lock_guard running(connection_mutex_);
    {
        const std::lock_guard lock(mutex_);
        if (suspended_) return;
    }
    if (!connection_) {
        Result<std::unique_ptr<Connection>> opened = connect_();
        if (!opened) return;  // the next wake tries again
        connection_ = *std::move(opened);
    }
    const int code = sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr,
                                               SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK && code != SQLITE_BUSY) connection_.reset();
}

}  // namespace assay::engine
