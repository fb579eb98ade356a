// Result lines: the envelope of failed and cancelled products, masking, and absent numbers.
// SPDX-License-Identifier: MIT
#include "engine/analysis/result_line.hpp"

#include <gmock/gmock.h>

#include "engine/analysis/analysis_plan.hpp"

namespace assay::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(FailedLine, SaysWhatIsWrongWhereAndHowToMendIt) {
    std::string out;
    const Error fault = fail(ErrorCode::invalid_input, "is negative", "/quantity",
                             "write a whole number from 1 to 1000000");
    append_failed_line(out, "p-1", R"({"title":"x"})", fault, "parse");
    const std::string expected =
        R"~({"product_id":"p-1","product_data":{"title":"x"},"status":"failed",)~"
        R"~("progress":100,"result":null,"error":{"code":"invalid_input",)~"
        R"~("message":"is negative (write a whole number from 1 to 1000000)",)~"
        R"~("stage":"parse","retryable":false,"attempts":1,"field":"/quantity"}})~";
    EXPECT_EQ(out, expected + "\n");
}

TEST(FailedLine, KnowsOnlyTheSchemasCodes) {
    for (const auto& [code, name] : {std::pair{ErrorCode::invalid_json, "invalid_input"},
                                     {ErrorCode::duplicate_key, "invalid_input"},
                                     {ErrorCode::duplicate_product_id, "duplicate_product_id"},
                                     {ErrorCode::ambiguous_money, "ambiguous_money"},
                                     {ErrorCode::internal, "internal"}}) {
        std::string out;
        append_failed_line(out, "p", {}, fail(code, "no"), "intake");
        EXPECT_THAT(out, HasSubstr(std::string(R"("code":")") + name + '"'));
        EXPECT_THAT(out, HasSubstr(R"("product_data":{})"));
        EXPECT_THAT(out, HasSubstr(R"("field":null)"));
    }
}

TEST(FailedLine, NamesTheLineOfTheInput) {
    std::string out;
    Error fault = fail(ErrorCode::invalid_json, "ends early");
    fault.line = 12;
    append_failed_line(out, "p", {}, fault, "intake");
    EXPECT_THAT(out, HasSubstr(R"("line":12)"));
}

TEST(CancelledLine, IsSettledWithoutAResult) {
    std::string out;
    append_cancelled_line(out, "p");
    EXPECT_THAT(out, HasSubstr(R"("status":"cancelled","progress":100,"result":null)"));
    EXPECT_THAT(out, HasSubstr(R"("code":"cancelled")"));
    EXPECT_EQ(out.back(), '\n');
}

std::string line_of(const Analysis& analysis, const PrintedParts& parts) {
    Product product;
    product.product_id = "p";
    std::string out;
    append_result_line(out, product, analysis, parts,
                       {"2026-02-12", "2026-05-25T10:30:00.000Z", 0xabc});
    return out;
}

TEST(ResultLine, MasksTheImei) {
    Analysis analysis;
    analysis.identity.imei = "490154203237518";
    PrintedParts parts;
    parts.identity = true;
    const std::string line = line_of(analysis, parts);
    EXPECT_THAT(line, HasSubstr(R"("imei":"49015420*****18")"));
    EXPECT_THAT(line, Not(HasSubstr("3237518")));
}

TEST(ResultLine, WritesNoNumberWhereNoneIsKnown) {
    PrintedParts parts;
    parts.price = parts.demand = parts.profit = true;
    const std::string line = line_of(Analysis{}, parts);
    EXPECT_THAT(line, HasSubstr(R"("p10":null,"p50":null,"p90":null,"ci":null)"));
    EXPECT_THAT(line, HasSubstr(R"("units_per_day":null)"));
    EXPECT_THAT(line, HasSubstr(R"("channels":[],"best_channel":null)"));
    EXPECT_THAT(line, HasSubstr(R"("input_hash":"xxh3:0000000000000abc")"));
}

TEST(ResultLine, ShowsEvidenceOfPrintedStagesOnly) {
    Analysis analysis;
    analysis.evidence.add("price", "comparables", "hodges_lehmann").detail = "8 of 8 used";
    analysis.evidence.add("demand", "sold_count", "gamma_poisson");
    analysis.evidence.add("intake", "input", "lossy_numeric");
    PrintedParts parts;
    parts.price = true;
    const std::string line = line_of(analysis, parts);
    EXPECT_THAT(line, HasSubstr("8 of 8 used"));
    EXPECT_THAT(line, HasSubstr("lossy_numeric"));
    EXPECT_THAT(line, Not(HasSubstr("gamma_poisson")));
}

}  // namespace
}  // namespace assay::engine
