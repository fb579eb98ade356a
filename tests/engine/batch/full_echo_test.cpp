// All of a product's input, with only what is personal masked.
// SPDX-License-Identifier: MIT
#include "engine/batch/full_echo.hpp"

#include <gtest/gtest.h>

#include <string>

#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

TEST(FullEcho, LeavesNothingOutAndMasksWhatIsPersonal) {
    FullEcho echo;
    EXPECT_EQ(echo.of(R"({"product_id":"7","comparables":[{"price":5, "sold_at":"2026-05-01"}],)"
                      R"("market":{"rank_history":[1,2]},"imei":"490154203237518","own":1.50})"),
              R"({"product_id":"7","comparables":[{"price":5, "sold_at":"2026-05-01"}],)"
              R"("market":{"rank_history":[1,2]},"imei":"49015420*****18","own":1.50})");
    EXPECT_EQ(echo.of(R"({})"), "{}") << "and nothing of the one before";
}

TEST(FullEcho, KnowsWhatIsNoProduct) {
    FullEcho echo;
    EXPECT_EQ(echo.of("[1]"), std::nullopt);
    EXPECT_EQ(echo.of("{"), std::nullopt);
    EXPECT_EQ(echo.of(""), std::nullopt);
    const std::string large(limits::product_bytes_max, ' ');
    EXPECT_EQ(echo.of(large + "{}"), std::nullopt);
}

}  // namespace
}  // namespace assay::engine
