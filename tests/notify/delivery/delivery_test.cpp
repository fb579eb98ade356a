// The names of states and outcomes.
// SPDX-License-Identifier: MIT
#include "notify/delivery/delivery.hpp"

#include <gtest/gtest.h>

#include <set>

namespace assay::notify {
namespace {

TEST(Delivery, StatusNamesReadBack) {
    std::set<std::string_view> names;
    for (const auto status : {DeliveryStatus::pending, DeliveryStatus::delivered,
                              DeliveryStatus::failed, DeliveryStatus::cancelled}) {
        EXPECT_EQ(parse_delivery_status(to_string(status)), status);
        names.insert(to_string(status));
    }
    EXPECT_EQ(names, (std::set<std::string_view>{"pending", "delivered", "failed", "cancelled"}));
    EXPECT_EQ(parse_delivery_status("Pending"), std::nullopt);
}

TEST(Delivery, OutcomeNamesReadBackAndDiffer) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(OutcomeKind::aborted); ++i) {
        const auto kind = static_cast<OutcomeKind>(i);
        EXPECT_EQ(parse_outcome_kind(to_string(kind)), kind);
        names.insert(to_string(kind));
    }
    EXPECT_EQ(names.size(), 11U);
    EXPECT_EQ(to_string(OutcomeKind::response_too_large), "response_too_large");
    EXPECT_EQ(to_string(OutcomeKind::invalid_request), "invalid_request");
    EXPECT_EQ(parse_outcome_kind(""), std::nullopt);
}

TEST(Delivery, OnlyResponsesHaveAStatus) {
    for (int i = 0; i <= static_cast<int>(OutcomeKind::aborted); ++i) {
        const auto kind = static_cast<OutcomeKind>(i);
        EXPECT_EQ(has_status(kind),
                  kind == OutcomeKind::response || kind == OutcomeKind::response_too_large);
    }
}

}  // namespace
}  // namespace assay::notify
