// The table of words: what it takes, what it refuses and why, and that every meaning has words.
// SPDX-License-Identifier: MIT
#include "engine/analysis/title_vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/data_file.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;

Word find(const TitleVocabulary& words, std::string_view word) {
    return words.find(word_key(word));
}

Result<void> read(std::string_view json, TitleVocabulary& words) {
    DataFile file("own.json", json);
    read_vocabulary(file.root(), words);
    return file.finish();
}

TEST(TitleVocabularyTest, AWordIsFoundInWhateverCaseItWasGiven) {
    TitleVocabulary words;
    EXPECT_EQ(find(words, "lotto"), Word::other);
    EXPECT_EQ(words.add("LOTTO", Word::lot), std::nullopt);
    EXPECT_EQ(find(words, "lotto"), Word::lot);
    EXPECT_EQ(find(words, "lott"), Word::other);
    EXPECT_EQ(words.add("lotto", Word::lot), std::nullopt) << "twice is no harm";
    EXPECT_EQ(words.size(), 1U);
}

TEST(TitleVocabularyTest, WhatIsNoSingleWordIsRefused) {
    TitleVocabulary words;
    for (const char* text : {"", " ", "brand new", "e-ware", "4er", "!", "caf\xC3\xA9 bar"})
        EXPECT_TRUE(words.add(text, Word::lot)) << text;
    EXPECT_EQ(words.size(), 0U);
    EXPECT_EQ(words.add("v2a", Word::lot), std::nullopt);
    EXPECT_EQ(words.add("d'occasion", Word::used), std::nullopt);
    EXPECT_EQ(find(words, "doccasion"), Word::used) << "as the normal form of a title has it";
}

TEST(TitleVocabularyTest, AWordHasOneMeaning) {
    TitleVocabulary words = shipped_vocabulary();
    const auto refused = words.add("konvolut", Word::used);
    ASSERT_TRUE(refused);
    EXPECT_THAT(std::string(*refused), HasSubstr("another meaning"));
    EXPECT_EQ(find(words, "konvolut"), Word::bundle);
    EXPECT_EQ(find(words, "konvolute"), Word::other);
}

TEST(TitleVocabularyTest, OfALongWordTheFirstSixteenBytesCount) {
    TitleVocabulary words;
    EXPECT_EQ(words.add("abcdefghijklmnopq", Word::lot), std::nullopt);
    EXPECT_EQ(find(words, "abcdefghijklmnop"), Word::lot);
    EXPECT_EQ(find(words, "abcdefghijklmno"), Word::other);
    EXPECT_TRUE(words.add("abcdefghijklmnopXYZ", Word::used));
}

TEST(TitleVocabularyTest, AFullTableSaysSo) {
    TitleVocabulary words;
    std::string word = "aaaa";
    for (std::size_t i = 0; i < TitleVocabulary::words_max; ++i) {
        for (std::size_t at = 0, rest = i; at < word.size(); ++at, rest /= 26)
            word[at] = static_cast<char>('a' + rest % 26);
        ASSERT_EQ(words.add(word, Word::lot), std::nullopt) << word;
    }
    EXPECT_EQ(find(words, "aaaa"), Word::lot);
    EXPECT_EQ(find(words, word), Word::lot);
    EXPECT_TRUE(words.add("zzzzz", Word::lot));
    EXPECT_EQ(find(words, "zzzzz"), Word::other);
}

TEST(TitleVocabularyTest, FaultsNameFileAndPlace) {
    TitleVocabulary words;
    const auto fault = [&](std::string_view json) {
        const auto done = read(json, words);
        return done ? std::string("none") : done.error().field + " " + done.error().message;
    };
    EXPECT_EQ(fault(R"({"words": {"bundle": {"it": ["lotto"]}}})"), "none");
    EXPECT_THAT(fault(R"({"words": {"bundel": {"it": ["a"]}}})"),
                HasSubstr("/words/bundel own.json: /words/bundel is no meaning of a word; known "
                          "are article, lot,"));
    EXPECT_THAT(fault(R"({"words": {"bundle": {"it": ["due pezzi"]}}})"),
                HasSubstr("own.json: /words/bundle/it/0 (\"due pezzi\") is not one word "));
    EXPECT_THAT(fault(R"({"words": {"used": {"it": ["lotto"]}}})"),
                HasSubstr("(\"lotto\") is listed already with another meaning: \"bundle\";"));
    EXPECT_THAT(fault(R"({"words": {"used": {"it": [7]}}})"), HasSubstr("is not a text"));
    EXPECT_THAT(fault(R"({"words": {"used": ["usato"]}})"), HasSubstr("is not an object"));
    EXPECT_THAT(fault(R"({"words": {}, "word": 1})"), HasSubstr("is not known here"));
    EXPECT_THAT(fault("{}"), HasSubstr("has no member \"words\""));
}

TEST(TitleVocabularyTest, AUsersWordsAreReadBesideOurs) {
    const embedded::EmbeddedFile own{
        "own.json", R"({"words": {"bundle": {"it": ["lottone"]}, "used": {"it": ["usato"]}}})"};
    const auto tables = load_tables({&own, 1});
    ASSERT_THAT(tables, IsOk());
    EXPECT_TRUE(read_title("LOTTONE Lego", (*tables)->vocabulary).is_bundle);
    EXPECT_TRUE(read_title("Konvolut Lego", (*tables)->vocabulary).is_bundle);
    EXPECT_FALSE(read_title("LOTTONE Lego", shipped_vocabulary()).is_bundle);
    Product product;
    product.title = "Canon EOS usato";
    Attributes attributes;
    read_attributes(product, **tables, attributes);
    EXPECT_EQ(attributes.condition, Condition::good);
}

TEST(TitleVocabularyTest, TheShippedWordsAreThoseOfTheTables) {
    const auto tables = load_tables();
    ASSERT_THAT(tables, IsOk());
    EXPECT_EQ((*tables)->vocabulary.size(), shipped_vocabulary().size());
    EXPECT_GT(shipped_vocabulary().size(), 200U);
}

}  // namespace
}  // namespace assay::engine
