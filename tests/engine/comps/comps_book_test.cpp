// The book as a thing: the same for any order of rows, whole after its stored bytes, none of
// damage.
// SPDX-License-Identifier: MIT
#include "engine/comps/comps_book.hpp"

#include <algorithm>
#include <random>

#include "engine/base/limits.hpp"
#include "tests/engine/comps/books.hpp"

namespace assay::engine {
namespace {

using assay::testing::FailsWith;
using assay::testing::IsOk;
using assay::testing::load;
using assay::testing::pens;
using assay::testing::SaleRow;

std::vector<std::string> many_rows() {
    std::vector<std::string> rows;
    for (int i = 0; i < 400; ++i) {
        SaleRow row;
        row.brand = "Brand" + std::to_string(i % 7);
        row.model = "M-" + std::to_string(100 + i % 23);
        if (i % 3 == 0) row.ean = pens;
        if (i % 5 == 0) row.asin = "B08N5WRW" + std::to_string(10 + i % 90);
        row.price = std::to_string(1 + i % 50);
        row.currency = i % 2 == 0 ? "USD" : "EUR";
        row.date = "2026-0" + std::to_string(1 + i % 4) + "-1" + std::to_string(i % 10);
        row.source = i % 4 == 0 ? "zebra" : "amazon";
        if (i % 2 == 0) row.id = "id-" + std::to_string(i % 150);
        rows.push_back(row.text());
    }
    return rows;
}

std::string joined(const std::vector<std::string>& rows) {
    std::string text;
    for (const std::string& row : rows)
        text += row;
    return text;
}

std::string encoded(const CompsBook& book) {
    std::string bytes;
    const auto kept = encode_book(book, [&](std::string_view piece) -> Result<void> {
        EXPECT_LE(piece.size(), limits::comps_chunk_bytes);
        bytes += piece;
        return {};
    });
    EXPECT_THAT(kept, IsOk());
    return bytes;
}

Result<std::shared_ptr<const CompsBook>> decoded(std::string_view bytes, std::size_t step) {
    CompsDecoder decoder;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        if (auto fed = decoder.feed(bytes.substr(at, step)); !fed) return fed.error();
    }
    return decoder.finish();
}

TEST(CompsBook, TheOrderOfItsRowsDoesNotMatter) {
    std::vector<std::string> rows = many_rows();
    const auto first = load(joined(rows));
    std::mt19937 random(7);
    for (int round = 0; round < 5; ++round) {
        std::shuffle(rows.begin(), rows.end(), random);
        const auto again = load(joined(rows));
        EXPECT_EQ(again.book->table(), first.book->table());
        EXPECT_EQ(again.book->hash(), first.book->hash());
        EXPECT_EQ(again.duplicates, first.duplicates);
    }
    EXPECT_GT(first.duplicates, 0U);
    rows.pop_back();
    EXPECT_NE(load(joined(rows)).book->hash(), first.book->hash());
}

TEST(CompsBook, EveryRowIsFoundUnderItsKeysNewestFirst) {
    const auto comps = load(joined(many_rows()));
    const CompsTable& table = comps.book->table();
    std::size_t postings = 0;
    for (const std::uint64_t key : table.keys) {
        const auto rows = comps.book->find(key);
        ASSERT_FALSE(rows.empty());
        postings += rows.size();
        EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
            return is_newer(table.rows[a].sold_at, a, table.rows[b].sold_at, b);
        }));
        for (const std::uint64_t near : {key - 1, key + 1}) {
            const bool known = std::binary_search(table.keys.begin(), table.keys.end(), near);
            EXPECT_EQ(comps.book->find(near).empty(), !known);
        }
    }
    EXPECT_EQ(postings, table.postings.size());
    EXPECT_TRUE(comps.book->find(0).empty());
    EXPECT_TRUE(comps.book->find(~std::uint64_t{0}).empty());
}

TEST(CompsBook, ComesBackFromItsBytesInAnyPieces) {
    const auto comps = load(joined(many_rows()));
    const std::string bytes = encoded(*comps.book);
    for (const std::size_t step : {bytes.size(), std::size_t{1'000}, std::size_t{7}}) {
        const auto again = decoded(bytes, step);
        ASSERT_THAT(again, IsOk());
        EXPECT_EQ((*again)->table(), comps.book->table());
        EXPECT_EQ((*again)->hash(), comps.book->hash());
    }
}

TEST(CompsBook, AnyDamageIsNoticed) {
    const auto comps = load(joined(many_rows()).substr(0, 2'000) + "\n");
    const std::string bytes = encoded(*comps.book);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
        EXPECT_THAT(decoded(damaged, damaged.size()), FailsWith(ErrorCode::corrupt)) << at;
    }
    for (std::size_t size = 0; size < bytes.size(); size += 13)
        EXPECT_THAT(decoded(bytes.substr(0, size), 4'096), FailsWith(ErrorCode::corrupt)) << size;
    EXPECT_THAT(decoded(bytes + "x", 4'096), FailsWith(ErrorCode::corrupt));
}

TEST(CompsBook, SaysFromWhenToWhenItReaches) {
    const auto comps = load(SaleRow{.ean = pens, .date = "2026-05-01"}.text() +
                            SaleRow{.ean = pens, .date = "2025-01-31"}.text() +
                            SaleRow{.ean = pens, .date = ""}.text());
    const CompsBook::Span span = comps.book->span();
    EXPECT_EQ(span.oldest, *parse_time("2025-01-31"));
    EXPECT_EQ(span.newest, *parse_time("2026-05-01"));
    EXPECT_EQ(span.undated, 1U);
    EXPECT_EQ(comps.book->table().products, 1U);
    EXPECT_GT(comps.book->memory_bytes(), 3 * sizeof(CompsRow));
}

}  // namespace
}  // namespace assay::engine
