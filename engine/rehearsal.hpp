// A submission that only looks: what would be understood, and what would be refused.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "engine/analysis/tables.hpp"
#include "engine/engine.hpp"

namespace assay::engine {

// Reads everything as a submission would, each product included; stores and charges nothing. One
// thread at a time.
class Rehearsal final : public Engine::Submission {
  public:
    Rehearsal(Database& database, Clock& clock, std::shared_ptr<const Tables> tables,
              SubmitRequest request);

    Result<void> feed(std::string_view bytes) override;
    Result<Receipt> finish() override;
    const IntakeReport& report() const noexcept override { return intake_.report(); }

  private:
    Result<void> check();

    Database& database_;
    Clock& clock_;
    const std::shared_ptr<const Tables> tables_;
    const TenantId tenant_;
    Intake intake_;
};

}  // namespace assay::engine
