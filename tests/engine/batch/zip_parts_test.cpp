// Tests of archives: what is read, and each thing that is refused.
// SPDX-License-Identifier: MIT
#include "engine/batch/zip_parts.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"
#include "tests/support/xlsx_writer.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::zip_of;
using testing::ZipEntries;

Result<std::string> content_of(ZipParts& parts, std::string_view name) {
    std::string out;
    auto read = parts.read(name, [&](std::string_view bytes) -> Result<bool> {
        out += bytes;
        return true;
    });
    if (!read) return read.error();
    return out;
}

Result<ZipParts> open(const std::string& bytes) {
    return ZipParts::open(bytes, limits::unpacked_bytes_max);
}

TEST(ZipParts, GivesPartsByNameInAnyCaseAndWithEitherSlash) {
    const std::string bytes = zip_of({{"xl/Book.xml", "abc"}, {"empty", ""}});
    auto parts = open(bytes);
    ASSERT_THAT(parts, IsOk());
    EXPECT_EQ(parts->names(), (std::vector<std::string>{"xl/Book.xml", "empty"}));
    EXPECT_EQ(*content_of(*parts, "XL\\book.XML"), "abc");
    EXPECT_EQ(*content_of(*parts, "empty"), "");
    EXPECT_FALSE(parts->has("xl"));
    EXPECT_THAT(content_of(*parts, "xl/none.xml"), FailsWith(ErrorCode::not_found));
}

TEST(ZipParts, LeavesTheRestPackedWhenEnoughWasSeen) {
    const std::string bytes = zip_of({{"a", std::string(1'000'000, 'x')}});
    auto parts = open(bytes);
    ASSERT_THAT(parts, IsOk());
    int pieces = 0;
    EXPECT_THAT(parts->read("a",
                            [&](std::string_view) -> Result<bool> {
                                ++pieces;
                                return false;
                            }),
                IsOk());
    EXPECT_EQ(pieces, 1);
    EXPECT_THAT(parts->read("a",
                            [](std::string_view) -> Result<bool> {
                                return fail(ErrorCode::io_error, "no more");
                            }),
                FailsWith(ErrorCode::io_error));
}

TEST(ZipParts, RefusesANameGivenTwice) {
    std::string bytes = zip_of({{"sheet1.xml", "a"}, {"sheet2.xml", "b"}});
    for (std::size_t at = bytes.find("sheet2"); at != std::string::npos;
         at = bytes.find("sheet2", at))
        bytes.replace(at, 6, "SHEET1");
    const auto parts = open(bytes);
    ASSERT_THAT(parts, FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(parts.error().message, HasSubstr("twice"));
}

TEST(ZipParts, RefusesAPassword) {
    const std::string bytes = zip_of({{"a", "secret"}}, "password");
    auto parts = open(bytes);
    ASSERT_THAT(parts, IsOk()) << "the directory is open even so";
    const auto content = content_of(*parts, "a");
    ASSERT_THAT(content, FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(content.error().message, HasSubstr("password"));
    EXPECT_THAT(content.error().remedy, HasSubstr("remove the password"));
}

TEST(ZipParts, NoticesEveryKindOfDamage) {
    const std::string whole = zip_of({{"a", "some text that is packed"}, {"b", "and more"}});
    EXPECT_THAT(open("PK\x03\x04 but no more"), FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(open(whole.substr(0, whole.size() / 2)), FailsWith(ErrorCode::unsupported_media));
    std::string flipped = whole;
    flipped[whole.find("some text") != std::string::npos ? whole.find("some text") : 40] ^= 1;
    auto parts = open(flipped);
    ASSERT_THAT(parts, IsOk());
    const auto content = content_of(*parts, "a");
    ASSERT_THAT(content, FailsWith(ErrorCode::unsupported_media)) << "the checksum differs";
    EXPECT_FALSE(content.error().remedy.empty());
}

TEST(ZipParts, CountsWhatComesOutOverAllReads) {
    const std::string bytes = zip_of({{"a", std::string(600'000, 'x')}});
    auto parts = ZipParts::open(bytes, 1'000'000);
    ASSERT_THAT(parts, IsOk());
    EXPECT_THAT(content_of(*parts, "a"), IsOk());
    EXPECT_THAT(content_of(*parts, "a"), FailsWith(ErrorCode::payload_too_large));
}

TEST(ZipParts, RefusesABombByItsRatio) {
    const std::string bytes =
        zip_of({{"a", std::string(limits::unpacking_ratio_from_bytes + 1'000'000, '\0')}});
    ASSERT_LT(bytes.size(), 200'000U);
    auto parts = open(bytes);
    ASSERT_THAT(parts, IsOk());
    std::size_t seen = 0;
    const auto read = parts->read("a", [&](std::string_view block) -> Result<bool> {
        seen += block.size();
        return true;
    });
    EXPECT_THAT(read, FailsWith(ErrorCode::unsupported_media));
    EXPECT_LE(seen, limits::unpacking_ratio_from_bytes);
}

TEST(ZipParts, RefusesTooManyParts) {
    ZipEntries entries;
    for (std::size_t i = 0; i <= limits::workbook_parts_max; ++i)
        entries.emplace_back(std::to_string(i), "");
    EXPECT_THAT(open(zip_of(entries)), FailsWith(ErrorCode::payload_too_large));
}

}  // namespace
}  // namespace assay::engine
