// Counts the rows of a file of sold prices, hands on the good ones and keeps what is wrong with the
// others. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/batch/sold_prices.hpp"

namespace assay::engine {

class SoldRows {
  public:
    SoldRows(const SoldReadOptions& options, SoldPrices::Sink& sink, SoldReport& report)
        : options_(options), sink_(sink), report_(report) {}

    // A row with its fault, or a record for the sink. Errors: invalid_input, beyond rows_max.
    Result<void> put(const SoldRecord& record, std::optional<Error> fault) {
        if (++report_.rows > options_.rows_max) {
            return fail(ErrorCode::invalid_input,
                        "has more than " + std::to_string(options_.rows_max) + " rows", {},
                        "leave out the oldest sales");
        }
        if (!fault) fault = sink_(record);
        if (!fault) return {};
        ++report_.skipped;
        if (report_.first_faults.size() < limits::faults_listed_max) {
            fault->line = record.line;
            report_.first_faults.push_back(*std::move(fault));
        }
        return {};
    }

    const SoldReadOptions& options() const noexcept { return options_; }
    SoldReport& report() noexcept { return report_; }

  private:
    const SoldReadOptions& options_;
    SoldPrices::Sink& sink_;
    SoldReport& report_;
};

}  // namespace assay::engine
