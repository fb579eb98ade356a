// Tests of what the tables and the time of a batch tell of an input.
// SPDX-License-Identifier: MIT
#include "engine/analysis/input_checks.hpp"

#include <gmock/gmock.h>

#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::official_tables;

class InputChecks : public ::testing::Test {
  protected:
    std::vector<std::string> told() {
        EvidenceList list;
        constexpr std::string_view analyzers[] = {"identity", "price"};
        check_input(product_, official_tables(), analyzers, *parse_time("2026-05-25"), list);
        std::vector<std::string> out;
        for (const Evidence& entry : list.entries())
            out.push_back(std::string(entry.rule) + " " + entry.detail);
        return out;
    }
    Comparable sold(std::string_view time) {
        Comparable comparable;
        comparable.sold_at = *parse_time(time);
        return comparable;
    }
    Product product_;
};

TEST_F(InputChecks, SaysNothingOfASoundProduct) {
    product_.comparables = {sold("2026-05-25"), sold("2026-05-01"), Comparable{}};
    product_.market.channel = "ebay_us";
    product_.overrides.channels = {"ebay_de"};
    product_.overrides.analyzers = {"price", "identity"};
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(InputChecks, NamesDatesThatAreYetToCome) {
    product_.comparables = {sold("2026-05-01"), sold("2026-05-26"), sold("2999-01-01")};
    product_.market.rank_history = {{*parse_time("2030-01-01"), 5}};
    EXPECT_THAT(told(), ElementsAre("after_as_of /comparables/1/sold_at: is after the batch's "
                                    "as_of; the sale is left out (2 such entries)",
                                    "after_as_of /market/rank_history/0/0: is after the batch's "
                                    "as_of"));
}

TEST_F(InputChecks, NamesChannelsVersionsAndAnalyzersThatNobodyKnows) {
    product_.market.channel = "corner_shop";
    product_.market.marketplace = "EBAY_ZZ";
    product_.overrides.channels = {"ebay_us", "bazaar"};
    product_.overrides.fee_version = "1850-01-01";
    product_.overrides.analyzers = {"horoscope", "price", "runes"};
    EXPECT_THAT(
        told(),
        ElementsAre(
            "unknown_channel /market/channel: has no fee table; no profit is computed",
            "unknown_channel /overrides/channels/1: has no fee table and is left out",
            "unknown_fee_version /overrides/fee_version: is before the first fee table; no "
            "channel is priced",
            "unknown_analyzer /overrides/analyzers/0: is no analyzer's name (2 such entries)"));
    product_ = {};
    product_.market.marketplace = "EBAY_ZZ";
    EXPECT_THAT(told(), ElementsAre("unknown_channel /market/marketplace: has no fee table; no "
                                    "profit is computed"));
}

TEST_F(InputChecks, EveryDateHasTheTablesInForceOnIt) {
    product_.overrides.fee_version = "2026-02-01";  // between two tables
    EXPECT_THAT(told(), IsEmpty());
    product_.overrides.fee_version = "latest";
    EXPECT_THAT(told(), ElementsAre("unknown_fee_version /overrides/fee_version: is no date; the "
                                    "tables of the batch's as_of are used"));
}

TEST_F(InputChecks, NamesFeeOptionsThatNoTableHas) {
    product_.overrides.fee_options = {"international", "stockx:level_3"};
    EXPECT_THAT(told(), IsEmpty());
    product_.overrides.fee_options = {"internatonal", "stockx:level_9", "corner_shop:store"};
    EXPECT_THAT(told(),
                ElementsAre("unknown_fee_option /overrides/fee_options/0: is no fee table's "
                            "option and is left out (3 such entries)"));
}

}  // namespace
}  // namespace assay::engine
