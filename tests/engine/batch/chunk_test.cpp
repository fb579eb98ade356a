// Tests of the chunk's layout: what goes in comes out, and damage is seen.
// SPDX-License-Identifier: MIT
#include "engine/batch/chunk.hpp"

#include <vector>

#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using testing::IsOk;

struct OwnedItem {
    std::uint64_t index, line;
    std::string id, json;
    std::optional<Error> fault;
};

std::vector<OwnedItem> read(std::string_view blob) {
    std::vector<OwnedItem> items;
    EXPECT_THAT(
        for_each_item(blob,
                      [&](const ChunkItem& item) {
                          items.push_back({item.index, item.line, std::string(item.product_id),
                                           std::string(item.json), item.fault});
                      }),
        IsOk());
    return items;
}

std::string chunk_of_three() {
    ChunkBuilder builder;
    builder.append({7, 8, "a", R"({"title":"A"})", std::nullopt});
    builder.append(
        {8, 9, "b", "{}", Error{ErrorCode::invalid_json, "is not JSON", "/x", 9, "mend it"}});
    builder.append({9, 10, "c", R"({"title":"C"})", std::nullopt});
    EXPECT_EQ(builder.count(), 3U);
    EXPECT_EQ(builder.first_index(), 7U);
    return builder.take();
}

TEST(Chunk, GivesBackWhatWasAppended) {
    const auto items = read(chunk_of_three());
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[0].index, 7U);
    EXPECT_EQ(items[0].line, 8U);
    EXPECT_EQ(items[0].id, "a");
    EXPECT_EQ(items[0].json, R"({"title":"A"})");
    EXPECT_FALSE(items[0].fault);
    ASSERT_TRUE(items[1].fault);
    EXPECT_EQ(*items[1].fault, (Error{ErrorCode::invalid_json, "is not JSON", "/x", 9, "mend it"}));
    EXPECT_EQ(items[2].index, 9U);
    EXPECT_FALSE(items[2].fault);
}

TEST(Chunk, IsEmptyAfterTake) {
    ChunkBuilder builder;
    builder.append({0, 1, "a", "{}", std::nullopt});
    (void)builder.take();
    EXPECT_EQ(builder.count(), 0U);
    builder.append({64, 65, "b", "{}", std::nullopt});
    const auto items = read(builder.take());
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].index, 64U);
}

TEST(Chunk, AnEmptyOneHasNoItems) {
    ChunkBuilder builder;
    EXPECT_TRUE(read(builder.take()).empty());
}

TEST(Chunk, IsFullByCountOrByBytes) {
    ChunkBuilder by_count;
    for (std::uint64_t i = 0; i < limits::chunk_products; ++i) {
        EXPECT_FALSE(by_count.full());
        by_count.append({i, i + 1, "id", "{}", std::nullopt});
    }
    EXPECT_TRUE(by_count.full());

    ChunkBuilder by_bytes;
    const std::string fat(limits::product_bytes_max, ' ');
    std::uint64_t items = 0;
    for (; !by_bytes.full(); ++items)
        by_bytes.append({items, 0, "id", fat, std::nullopt});
    EXPECT_LT(items, limits::chunk_products);
    EXPECT_LE(by_bytes.take().size(), limits::chunk_bytes_max);
}

TEST(Chunk, EveryDamagedByteIsSeen) {
    const std::string blob = chunk_of_three();
    for (std::size_t i = 0; i < blob.size(); ++i) {
        std::string damaged = blob;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
        // The first index is the store's to know; everything else is under the checksum or magic.
        if (i >= 8 && i < 16) continue;
        EXPECT_THAT(for_each_item(damaged, [](const ChunkItem&) {}), FailsWith(ErrorCode::corrupt))
            << "byte " << i;
    }
}

TEST(Chunk, EveryCutIsSeen) {
    const std::string blob = chunk_of_three();
    for (std::size_t i = 0; i < blob.size(); ++i) {
        EXPECT_THAT(for_each_item(std::string_view(blob).substr(0, i), [](const ChunkItem&) {}),
                    FailsWith(ErrorCode::corrupt));
    }
}

}  // namespace
}  // namespace assay::engine
