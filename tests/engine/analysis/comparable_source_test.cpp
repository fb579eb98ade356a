// Joined comparables in an analysis: they make prices, leave evidence, and count in the input hash.
// SPDX-License-Identifier: MIT
#include "engine/analysis/comparable_source.hpp"

#include <gmock/gmock.h>

#include "engine/analysis/analysis_plan.hpp"
#include "engine/base/hash.hpp"
#include "engine/batch/product_parser.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Six sales for whatever is asked.
class SixSales final : public ComparableSource {
  public:
    explicit SixSales(std::uint64_t hash) : hash_(hash) {}
    std::uint64_t hash() const noexcept override { return hash_; }
    void join(const Product& product, const Identity&, TimePoint as_of, const JoinRules& rules,
              JoinScratch& out, ComparableJoin& found) const override {
        found.clear();
        found.book_hash = hash_;
        out.comparables.assign(product.comparables.begin(), product.comparables.end());
        for (int i = 0; i < 6; ++i) {
            Comparable sale;
            sale.price = 5'000 + i;
            sale.currency = product.currency;
            sale.sold_at = as_of - std::chrono::days(3 + i);
            sale.match = rules.brand_model_match;
            out.comparables.push_back(sale);
        }
        found.rows[static_cast<std::size_t>(JoinKey::brand_model)] = 6;
        found.other_currency = 2;
    }

  private:
    std::uint64_t hash_;
};

std::string line_with(std::shared_ptr<const ComparableSource> comps) {
    const auto tables = load_tables();
    const auto plan = AnalysisPlan::make({}, *tables, std::move(comps));
    ProductParser parser;
    Product product;
    const std::string json = R"({"title":"Headphones","currency":"EUR","unit_cost":"10.00"})";
    EXPECT_FALSE(parser.parse(json, "p", MoneyUnit::minor, product));
    Workspace workspace;
    std::string line;
    for (int twice = 0; twice < 2; ++twice) {  // buffers are used again
        line.clear();
        plan->run(product, 0, json, *parse_time("2026-05-25"), workspace, line);
    }
    return line;
}

TEST(ComparableSource, AProductWithoutPricesGetsItsPriceFromTheBook) {
    EXPECT_THAT(line_with(nullptr), HasSubstr(R"("n":0,"n_used":0)"));
    const std::string line = line_with(std::make_shared<SixSales>(0xabcULL));
    EXPECT_THAT(line, HasSubstr(R"("n":6,"n_used":6)"));
    EXPECT_THAT(line, HasSubstr(R"("source":"comps_book","rule":"brand_model","detail":)"
                                R"("6 rows of book xxh3:0000000000000abc")"));
    EXPECT_THAT(line, HasSubstr(R"("rule":"left_out","detail":"2 other_currency")"));
}

TEST(ComparableSource, TheBookCountsInTheInputHash) {
    const auto hash_of = [](const std::string& line) {
        return line.substr(line.find("\"input_hash\""), 40);
    };
    const std::string none = hash_of(line_with(nullptr));
    const std::string one = hash_of(line_with(std::make_shared<SixSales>(1)));
    EXPECT_NE(none, one);
    EXPECT_NE(one, hash_of(line_with(std::make_shared<SixSales>(2))));
    EXPECT_EQ(one, hash_of(line_with(std::make_shared<SixSales>(1))));
}

TEST(ComparableSource, SaysInEvidenceWhatItDidAndNothingWithoutABook) {
    EvidenceList list;
    explain_join({}, list);
    EXPECT_TRUE(list.entries().empty());
    ComparableJoin join;
    join.book_hash = 7;
    join.rows = {1, 0, 2, 0};
    join.conflict = join.damaged = true;
    join.known_already = 3;
    join.after_as_of = 4;
    join.other_product = 5;
    join.beyond_limit = 6;
    explain_join(join, list);
    std::string text;
    for (const Evidence& entry : list.entries())
        text +=
            std::string(entry.source) + " " + std::string(entry.rule) + ": " + entry.detail + "\n";
    EXPECT_THAT(text, HasSubstr("comps_book gtin: 1 row of book xxh3:0000000000000007\n"));
    EXPECT_THAT(text, HasSubstr("comps_book asin: 2 rows"));
    EXPECT_THAT(text, HasSubstr("comps_book damaged: "));
    EXPECT_THAT(text, HasSubstr("comps_book identifier_conflict: "));
    EXPECT_THAT(text, HasSubstr("left_out: 3 known_already, 4 after_as_of, 5 other_product, 6 "
                                "beyond_limit"));
    EXPECT_THAT(text, Not(HasSubstr("isbn")));
    EXPECT_EQ(join.joined(), 3);
}

TEST(SaleMarks, RememberWhatWasAddedUntilTheyAreCleared) {
    SaleMarks marks;
    EXPECT_FALSE(marks.has(hash64("a")));
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 2'000; ++i)
            EXPECT_TRUE(marks.add(hash64(std::to_string(i))));
        for (int i = 0; i < 2'000; ++i) {
            EXPECT_TRUE(marks.has(hash64(std::to_string(i))));
            EXPECT_FALSE(marks.add(hash64(std::to_string(i))));
        }
        EXPECT_FALSE(marks.has(hash64("other")));
        marks.clear();
        EXPECT_FALSE(marks.has(hash64("1")));
    }
}

}  // namespace
}  // namespace assay::engine
