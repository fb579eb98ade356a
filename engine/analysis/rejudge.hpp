// Judges a stored result anew, under other fees, VAT, minima or channels than it was made with.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/tables.hpp"
#include "engine/analysis/verdict.hpp"
#include "engine/base/money.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// What is changed; the rest stays as each product has it.
struct RejudgeTerms {
    std::string fee_version;  // a date: the tables in force on it
    std::optional<VatRegime> regime;
    std::optional<PartsPerMillion> min_roi;
    std::string min_profit;  // "5.00", in the currency of each result; empty: unchanged
    std::vector<std::string> channels;
};

struct Judgement {
    Decision decision = Decision::insufficient_data;
    std::string channel, fee_version;           // of the best channel; empty: there is none
    std::optional<MinorUnits> profit_expected;  // of one unit
    std::vector<std::string> reasons;
    friend bool operator==(const Judgement&, const Judgement&) = default;
};

struct Rejudged {
    std::string product_id, title;
    Currency currency;
    std::int64_t quantity = 1;
    Judgement before;  // as stored
    Judgement after;
    // Whether the tables of today give `before` where nothing is changed. If not, the result was
    // made by other tables, and a part of the difference is theirs.
    bool reproduced = false;

    bool flips() const noexcept { return before.decision != after.decision; }
};

// A date from the first fee table on, and channels that are known. Errors: invalid_argument, with
// the known ones.
Result<void> validate(const RejudgeTerms& terms, const Tables& tables);
// The dates of all fee tables, ascending, each once.
std::vector<std::string> fee_versions(const Tables& tables);
std::optional<VatRegime> parse_vat_regime(std::string_view name) noexcept;

// Reads back what the price and demand of a result were, to its rounding, and runs the same fees,
// profit, risk and verdict as the analysis. Reuses its buffers: one thread at a time.
class Rejudge {
  public:
    // `then`: the tables the results are taken to be made with; `now`: those to judge by. `terms`
    // are valid for `now`.
    Rejudge(std::shared_ptr<const Tables> then, std::shared_ptr<const Tables> now,
            RejudgeTerms terms);
    ~Rejudge();
    Rejudge(const Rejudge&) = delete;
    Rejudge& operator=(const Rejudge&) = delete;

    // `line`: the envelope of a completed result. Errors: invalid_input where a part that a verdict
    // rests on is not there (analyze --only) or is not what results hold.
    Result<Rejudged> judge(const boost::json::value& line);

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
