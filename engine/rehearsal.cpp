// Intake without a store behind it, held against the same rules.
// SPDX-License-Identifier: MIT
#include "engine/rehearsal.hpp"

#include <utility>

#include "engine/analysis/analysis_plan.hpp"
#include "engine/batch_store/tenants.hpp"
#include "engine/submission.hpp"

namespace assay::engine {
namespace {

IntakeOptions checking(IntakeOptions options) {
    options.check_products = true;
    return options;
}

}  // namespace

Rehearsal::Rehearsal(Database& database, Clock& clock, std::shared_ptr<const Tables> tables,
                     SubmitRequest request)
    : database_(database),
      clock_(clock),
      tables_(std::move(tables)),
      tenant_(std::move(request.tenant)),
      intake_(checking(std::move(request.intake)),
              [](const IntakeItem&) -> Result<void> { return {}; }) {}

Result<void> Rehearsal::feed(std::string_view bytes) {
    return intake_.feed(bytes);
}

Result<Engine::Submission::Receipt> Rehearsal::finish() {
    auto report = intake_.finish();
    if (!report) return report.error();
    if (Result<void> passed = check(); !passed) return passed.error();
    return Receipt{{}, *std::move(report), false};
}

// What a submission is held against once its last byte is there.
Result<void> Rehearsal::check() {
    const BatchOptions& options = intake_.batch_options();
    const auto plan = AnalysisPlan::make(options.analyzers, tables_);
    if (!plan) return plan.error();
    if (options.on_invalid == OnInvalid::reject && report().faults > 0)
        return rejected_for_faults(report());
    auto lease = database_.read();
    if (!lease) return lease.error();
    const auto quota = batch_store::read_quota(**lease, tenant_, clock_.now());
    if (!quota) return quota.error();
    const auto share = batch_store::bonus_share(*quota, static_cast<std::int64_t>(report().items));
    if (!share) return share.error();
    return {};
}

}  // namespace assay::engine
