// Moves the WAL into the database file on a thread of its own (private to this folder).
// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/store/connection.hpp"

namespace assay::engine {

// Sleeps until it is woken; an idle store costs nothing. A checkpoint that fails loses nothing: the
// WAL keeps what was not moved, and the next one moves it again. Thread safety: all calls from the
// writer's thread.
class Checkpointer {
  public:
    using Connect = std::function<Result<std::unique_ptr<Connection>>()>;

    explicit Checkpointer(Connect connect);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    void wake();
    // Moves the whole WAL on the caller's own connection and makes the next commit begin it anew.
    // Waits for the checkpoint under way: SQLite refuses a second one at once, whatever the busy
    // timeout, so that a slow disk would let the WAL grow on. A failure loses nothing.
    void restart_wal(Connection& writer);
    // Closes its connection, after the checkpoint under way, and keeps it closed until resume().
    void suspend();
    void resume();

  private:
    void loop();
    void checkpoint();

    Connect connect_;
    std::mutex mutex_;  // guards the flags
    std::condition_variable changed_;
    bool woken_ = false, suspended_ = false, stopping_ = false;
    std::mutex connection_mutex_;  // held while a checkpoint runs; taken before mutex_, never after
    std::unique_ptr<Connection> connection_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace assay::engine
