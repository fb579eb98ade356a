// Submissions under way: bytes in, chunks stored as they come, a queued batch at the end.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/random.hpp"
#include "engine/batch_run.hpp"
#include "engine/engine.hpp"

namespace assay::engine {

class StoredSubmission;

// invalid_input: on_invalid=reject, and there are faults.
Error rejected_for_faults(const IntakeReport& report);

// Opens submissions and keeps count of them: how many at once, which idempotency keys are in use,
// which have gone quiet. Thread safety: any thread. Outlives its submissions.
class SubmissionDesk {
  public:
    struct Services {
        Database& database;
        Writer& writer;
        Clock& clock;
        Random& random;
        std::shared_ptr<const Tables> tables;
        CompsShelf& comps;
        std::function<void(std::shared_ptr<BatchRun>)> queued;  // a batch is durable
        // It may be: the store is to say so. Taken up then, unless it is known already.
        std::function<void(std::shared_ptr<BatchRun>)> perhaps_queued;
        std::function<std::size_t()> open_batches;
        const Audience* audience;  // null: nobody listens
    };

    SubmissionDesk(Services services, EngineOptions options);

    Result<std::unique_ptr<Engine::Submission>> open(SubmitRequest request);

    const Services& services() const noexcept { return services_; }
    // The rows of a submission that came to nothing; tried again later when the writer refuses.
    void drop(const BatchId& batch);

  private:
    friend class StoredSubmission;
    using KeyInUse = std::pair<TenantId, std::string>;

    Result<void> check_room() const;
    void close(StoredSubmission& submission);
    void expire_idle();
    void drop_again();

    const Services services_;
    const EngineOptions options_;
    std::mutex mutex_;
    std::vector<StoredSubmission*> under_way_;
    std::set<KeyInUse> keys_;
    std::vector<BatchId> to_drop_;
};

}  // namespace assay::engine
