// Books from a few lines of CSV, products from a few words, and their joins.
// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "engine/comps/read_comps.hpp"
#include "tests/support/matchers.hpp"

namespace assay::testing {

inline constexpr const char* comps_header =
    "EAN,ASIN,ISBN,Brand,Model,MPN,Price,Currency,Date,Source,ID,Title,Match,Kind,Condition,Qty\n";
// An EAN and the ASIN, ISBN and names of the tests.
inline constexpr const char* pens = "4006381333931";
inline constexpr const char* other_ean = "4006381333948";

inline Result<engine::LoadedComps> try_load(std::string_view text) {
    engine::CompsReader reader({});
    if (auto fed = reader.feed(text); !fed) return fed.error();
    return reader.finish();
}
inline engine::LoadedComps load(const std::string& rows) {
    auto loaded = try_load(comps_header + rows);
    EXPECT_THAT(loaded, IsOk());
    return loaded ? *std::move(loaded) : engine::LoadedComps{};
}

// One row of CSV; what is not said is left empty.
struct SaleRow {
    std::string ean = {}, asin = {}, isbn = {}, brand = {}, model = {}, mpn = {};
    std::string price = "10.00", currency = "EUR", date = "2026-05-01";
    std::string source = {}, id = {}, title = {}, match = {}, kind = {}, condition = {}, qty = {};

    std::string text() const {
        std::string line;
        for (const std::string* cell :
             {&ean, &asin, &isbn, &brand, &model, &mpn, &price, &currency, &date, &source, &id,
              &title, &match, &kind, &condition, &qty})
            line += (cell == &ean ? "" : ",") + *cell;
        return line + "\n";
    }
};

// What a product that is being joined says of itself; texts are literals.
struct Asked {
    std::string_view ean = {}, asin = {}, isbn = {}, brand = {}, model = {}, mpn = {};
    std::string_view currency = "EUR";
    std::vector<engine::Comparable> own = {};
};

struct Answered {
    std::vector<engine::Comparable> comparables;
    engine::ComparableJoin join;

    std::vector<MinorUnits> prices() const {
        std::vector<MinorUnits> list;
        for (const engine::Comparable& comparable : comparables)
            list.push_back(comparable.price);
        return list;
    }
    std::int64_t by(engine::JoinKey key) const { return join.rows[static_cast<std::size_t>(key)]; }
};

inline Answered ask(const engine::ComparableSource& book, const Asked& asked,
                    const char* as_of = "2026-05-25T10:30:00Z") {
    engine::Product product;
    product.identifiers.ean = asked.ean;
    product.identifiers.asin = asked.asin;
    product.identifiers.isbn = asked.isbn;
    product.brand = asked.brand;
    product.model = asked.model;
    product.mpn = asked.mpn;
    if (!asked.currency.empty()) product.currency = *Currency::parse(asked.currency);
    product.comparables = asked.own;
    engine::Identity identity;
    identify(product, identity);
    engine::JoinScratch scratch;
    Answered answered;
    book.join(product, identity, *parse_time(as_of), {}, scratch, answered.join);
    answered.comparables = scratch.comparables;
    return answered;
}

}  // namespace assay::testing
