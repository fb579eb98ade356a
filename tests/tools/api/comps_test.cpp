// /v1/comps: a tenant's sold prices price its batches, and what cannot be used is refused.
// SPDX-License-Identifier: MIT
#include "tests/tools/api/api_fixture.hpp"

namespace assay::tools {
namespace {

using ::testing::HasSubstr;

class CompsApi : public ApiFixture {};

TEST_F(CompsApi, KeepsATenantsSoldPricesAndPricesItsBatchesWithThem) {
    key = admin;
    const std::vector<HttpField> csv = {{"Content-Type", "text/csv"}};
    EXPECT_EQ(call("GET", "/v1/comps").status, 404);
    EXPECT_EQ(call("DELETE", "/v1/comps").status, 404);
    std::string sales = "EAN,Price,Sold Date\n4006381333931,bad,2026-05-01\n";
    for (int i = 0; i < 6; ++i)
        sales += "4006381333931,2" + std::to_string(i) + ".00,\n";
    const Reply put = call("PUT", "/v1/comps?currency=EUR", sales, csv);
    ASSERT_EQ(put.status, 200) << put.body;
    const auto book = put.object();
    EXPECT_EQ(book.at("object").as_string(), "comps");
    EXPECT_EQ(book.at("rows").as_int64(), 6);
    EXPECT_EQ(book.at("skipped").as_int64(), 1);
    EXPECT_EQ(book.at("undated").as_int64(), 6);
    const auto& fault = book.at("faults").as_array().at(0).as_object();
    EXPECT_EQ(fault.at("line").as_int64(), 2);
    EXPECT_EQ(fault.at("param").as_string(), "Price");
    EXPECT_EQ(call("GET", "/v1/comps").body, put.body);

    const std::string batch =
        finished_batch(R"({"identifiers":{"ean":"4006381333931"},"currency":"EUR"})");
    const Reply results = call("GET", "/v1/batches/" + batch + "/results");
    EXPECT_THAT(results.body, HasSubstr(R"("source":"comps_book","rule":"gtin")"));
    EXPECT_THAT(results.body, HasSubstr(R"("n_used":6)"));

    key = other;
    EXPECT_EQ(call("GET", "/v1/comps").status, 404);
    key = make_key({Scope::submit, Scope::read});
    EXPECT_EQ(call("PUT", "/v1/comps", sales, csv).status, 403);
    EXPECT_EQ(call("DELETE", "/v1/comps").status, 403);
    EXPECT_EQ(call("GET", "/v1/comps").status, 200);
    key = admin;
    EXPECT_EQ(call("DELETE", "/v1/comps").status, 204);
    EXPECT_EQ(call("GET", "/v1/comps").status, 404);
}

TEST_F(CompsApi, RefusesSoldPricesThatItCannotUseAndKeepsThoseItHas) {
    key = admin;
    const std::vector<HttpField> csv = {{"Content-Type", "text/csv"}};
    const std::string good = "EAN,Price,Currency\n4006381333931,20.00,EUR\n";
    ASSERT_EQ(call("PUT", "/v1/comps", good, csv).status, 200);
    const auto refused = [&](const std::string& target, const std::string& body,
                             std::vector<HttpField> fields) {
        const Reply reply = call("PUT", target, body, std::move(fields));
        return std::to_string(reply.status) + " " + reply.text("param");
    };
    EXPECT_EQ(refused("/v1/comps", good, {{"Content-Type", "application/json"}}),
              "415 Content-Type");
    EXPECT_EQ(
        refused("/v1/comps", good, {{"Content-Type", "text/csv"}, {"Content-Encoding", "br"}}),
        "415 Content-Encoding");
    EXPECT_EQ(refused("/v1/comps?currency=XXZ", good, csv), "400 currency");
    EXPECT_EQ(refused("/v1/comps?money_unit=x", good, csv), "400 money_unit");
    EXPECT_EQ(refused("/v1/comps?columns=price", good, csv), "400 columns");
    EXPECT_EQ(refused("/v1/comps?columns=price=Nothing", good, csv), "400 columns");
    EXPECT_EQ(refused("/v1/comps?colour=red", good, csv), "400 colour");
    EXPECT_EQ(refused("/v1/comps", "%PDF-1.7", csv), "415 ");
    EXPECT_EQ(refused("/v1/comps", "EAN,Price,Currency\n4006381333931,x,EUR\n", csv), "422 ");
    EXPECT_EQ(refused("/v1/comps", "Title,Price\nKettle,1\n", csv), "422 ");
    EXPECT_EQ(call("GET", "/v1/comps").object().at("rows").as_int64(), 1);
}

}  // namespace
}  // namespace assay::tools
