// Threads that are started while it lives inherit a full signal mask.
// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>

namespace assay {

// Signals belong to the main thread: who starts another one holds this meanwhile. The starter's own
// mask comes back with the end of the scope. Any thread.
class SignalsBlocked {
  public:
    SignalsBlocked() noexcept {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  private:
    sigset_t before_{};
};

}  // namespace assay
