// Phrases of tables in texts: whole words, in any case, the first row of a table first.
// SPDX-License-Identifier: MIT
#include "engine/analysis/phrase_index.hpp"

#include <gmock/gmock.h>

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> found_in(const PhraseIndex& index, std::string_view text) {
    std::vector<std::string> found;
    std::string folded;
    index.find_all(fold_text(text, folded), [&](std::uint16_t value, std::string_view phrase) {
        found.push_back(std::to_string(value) + " " + std::string(phrase));
    });
    return found;
}

PhraseIndex index_of(std::initializer_list<std::pair<std::string_view, int>> phrases) {
    PhraseIndex index;
    for (const auto& [phrase, value] : phrases)
        index.add(phrase, static_cast<std::uint16_t>(value));
    index.finish();
    return index;
}

TEST(PhraseIndex, FindsWholeWordsAndPhrasesInTheOrderOfTheText) {
    const PhraseIndex index = index_of({{"book", 3}, {"video games", 1}, {"video", 2}});
    EXPECT_THAT(found_in(index, "Video games, a book and bookshelves"),
                ElementsAre("1 video games", "2 video", "3 book"));
    EXPECT_THAT(found_in(index, "videogames"), IsEmpty());
    EXPECT_THAT(found_in(index, "video gamesx"), ElementsAre("2 video"));
    EXPECT_THAT(found_in(index, ""), IsEmpty());
}

TEST(PhraseIndex, TakesPhrasesWithMarksInside) {
    const PhraseIndex index = index_of({{"women's bags", 0}, {"blu-ray", 1}, {"bücher", 2}});
    EXPECT_THAT(found_in(index, "WOMEN'S BAGS"), ElementsAre("0 women's bags"));
    EXPECT_THAT(found_in(index, "4K Blu-ray disc"), ElementsAre("1 blu-ray"));
    EXPECT_THAT(found_in(index, "BÜCHER"), ElementsAre("2 bücher"));
}

TEST(PhraseIndex, TheSmallestValueIsTheFirst) {
    const PhraseIndex index = index_of({{"watches", 7}, {"jewelry", 2}});
    EXPECT_EQ(index.find_first("jewelry & watches"), 2);
    EXPECT_EQ(index.find_first("watches"), 7);
    EXPECT_EQ(index.find_first("clocks"), std::nullopt);
}

TEST(PhraseIndex, TheDeepestPartOfAPathThatHasOneDecides) {
    const PhraseIndex index = index_of({{"watches", 0}, {"jewelry", 1}});
    EXPECT_EQ(index.find_deepest("Jewelry & Watches > Fine Jewelry"), 1);
    EXPECT_EQ(index.find_deepest("Watches > Bands > Leather"), 0);
    EXPECT_EQ(index.find_deepest(" > > "), std::nullopt);
    EXPECT_EQ(index.find_deepest(""), std::nullopt);
    EXPECT_EQ(PhraseIndex().find_deepest("watches"), std::nullopt);
}

TEST(PhraseIndex, HoldsManyPhrasesWithOneFirstWord) {
    PhraseIndex index;
    for (int i = 0; i < 300; ++i)
        index.add("set " + std::to_string(i), static_cast<std::uint16_t>(i));
    index.finish();
    for (int i = 0; i < 300; ++i)
        EXPECT_EQ(index.find_first("set " + std::to_string(i)), i);
}

}  // namespace
}  // namespace assay::engine
