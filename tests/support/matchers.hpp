// Matchers for Result: EXPECT_THAT(result, IsOk()), EXPECT_THAT(result, FailsWith(code)).
// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include "engine/base/result.hpp"

namespace assay::testing {

MATCHER(IsOk, "is a value") {
    if (arg.has_value()) return true;
    *result_listener << "which fails with " << to_string(arg.error().code) << ": "
                     << describe(arg.error());
    return false;
}

MATCHER_P(FailsWith, code, std::string("fails with ") + std::string(to_string(code))) {
    if (arg.has_value()) {
        *result_listener << "which is a value";
        return false;
    }
    *result_listener << "which fails with " << to_string(arg.error().code) << ": "
                     << describe(arg.error());
    return arg.error().code == code;
}

}  // namespace assay::testing
