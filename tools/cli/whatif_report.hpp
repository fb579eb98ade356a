// What `assay whatif` found: rows of what flips, and what it comes to in all.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/analysis/rejudge.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

// Takes results one by one. Keeps the rows that a terminal is shown, up to a maximum, and sums of
// all. Not thread-safe.
class WhatifReport {
  public:
    static constexpr std::size_t rows_max = 1000;  // a list for people; --json has them all
    static constexpr std::size_t names_max = 5;

    // `all`: rows for results that stay as they are too.
    explicit WhatifReport(bool all) : all_(all) {}

    void add(const engine::Rejudged& result);
    // `kind`: why, in a few words; results are counted by it.
    void add_unjudged(const std::string& kind, std::string product_id);

    bool lists(const engine::Rejudged& result) const noexcept { return all_ || result.flips(); }
    std::int64_t read() const noexcept { return read_; }

    std::string table(const CommandContext& context) const;
    std::string totals() const;
    // One line of JSON each, without its end.
    static std::string json(const engine::Rejudged& result);
    std::string json_summary() const;

  private:
    struct Named {
        std::int64_t count = 0;
        std::vector<std::string> first;  // ids
        void add(std::string id);
        std::string text() const;
    };
    struct Sums {
        std::int64_t buys_before = 0, buys_after = 0;
        MinorUnits before = 0, after = 0;  // expected profit of what is a buy, all its units
    };
    using Decisions = std::array<std::int64_t, engine::decision_count>;

    const bool all_;
    std::int64_t read_ = 0, judged_ = 0, flips_ = 0, more_rows_ = 0;
    std::vector<std::vector<std::string>> rows_;
    std::array<Decisions, engine::decision_count> moves_{};  // from, to
    std::map<std::string, Sums> sums_;                       // by currency
    std::map<std::string, Named> unjudged_;                  // by kind
    Named insufficient_, unlike_;
};

}  // namespace assay::tools
