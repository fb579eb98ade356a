// One result of the analysis in words: the numbers and rules, step by step, that led to its
// verdict.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace assay::tools {

struct ExplanationStyle {
    int columns = 80;
    bool colour = false;
};

// `line` is one result as `assay analyze` and the API write it. Nothing is computed anew but sums
// that a reader can follow; what is not in the result is not told. Text from the input is shown
// without control characters. Pure.
std::string explanation(const boost::json::value& line, const ExplanationStyle& style);

}  // namespace assay::tools
