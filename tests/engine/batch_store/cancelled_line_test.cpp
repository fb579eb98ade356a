// The kept line of cancelled products.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/cancelled_line.hpp"

#include <gtest/gtest.h>

namespace assay::engine::batch_store::detail {
namespace {

TEST(CancelledLineTest, EveryPlaceOfTheIdTakesItEscaped) {
    const std::string kept = make_cancelled_line([](std::string& out, std::string_view id) {
        out += "{\"product_id\":\"" + std::string(id) + "\",\"twice\":\"" + std::string(id) +
               "\",\"error\":{\"code\":\"cancelled\"}}\n";
    });
    std::string out = "before\n";
    append_from(kept, "a \"b\"", out);
    EXPECT_EQ(out,
              "before\n{\"product_id\":\"a \\\"b\\\"\",\"twice\":\"a \\\"b\\\"\","
              "\"error\":{\"code\":\"cancelled\"}}\n");
}

}  // namespace
}  // namespace assay::engine::batch_store::detail
