// Signatures made together are the ones made alone.
// SPDX-License-Identifier: MIT
#include "notify/sign/hmac_batch.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "notify/sign/scheme.hpp"

namespace assay::notify {
namespace {

class HmacBatchTest : public testing::TestWithParam<HmacBatch::Lanes> {
  protected:
    std::string random_text(std::size_t size) {
        std::string text(size, '\0');
        for (char& c : text)
            c = static_cast<char>(random_());
        return text;
    }
    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::mt19937 random_{20'240'607};
    HmacBatch batch_{GetParam()};
};

TEST_P(HmacBatchTest, GivesTheDigestsOfSingleSignaturesForAnyLengthsAndSizes) {
    std::vector<HmacKey> keys;
    for (std::size_t i = 0; i < 5; ++i)
        keys.emplace_back(random_text(below(100)));
    for (std::size_t count = 1; count <= HmacBatch::texts_max; ++count) {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < count; ++i) {
            texts.push_back(random_text(below(8'193)));
            const std::string_view text = texts.back();
            const std::size_t cut = below(text.size() + 1);
            ASSERT_EQ(batch_.add(keys[i % keys.size()], {text.substr(0, cut), text.substr(cut)}),
                      i);
        }
        batch_.run();
        for (std::size_t i = 0; i < count; ++i)
            ASSERT_EQ(batch_.digest(i), keys[i % keys.size()].sign({texts[i]}))
                << "text " << i << " of " << count << ", " << texts[i].size() << " bytes";
        batch_.clear();
    }
}

TEST_P(HmacBatchTest, EveryLengthAroundTheEdgesOfABlockIsRight) {
    const HmacKey key("key");
    for (std::size_t first = 0; first < 260; first += 20) {
        const std::string text = random_text(300);
        for (std::size_t i = 0; i < 20; ++i)
            batch_.add(key, {std::string_view(text).substr(0, first + i)});
        batch_.run();
        for (std::size_t i = 0; i < 20; ++i)
            ASSERT_EQ(batch_.digest(i), key.sign({std::string_view(text).substr(0, first + i)}));
        batch_.clear();
    }
}

TEST_P(HmacBatchTest, ATextThatIsTooLongToGatherIsSignedAsWell) {
    const HmacKey key("key");
    const std::string large = random_text(HmacBatch::text_bytes_max + 1);
    const std::string small = "small";
    batch_.add(key, {small});
    batch_.add(key, {large});
    batch_.add(key, {small, large});
    batch_.run();
    EXPECT_EQ(batch_.digest(0), key.sign({small}));
    EXPECT_EQ(batch_.digest(1), key.sign({large}));
    EXPECT_EQ(batch_.digest(2), key.sign({small, large}));
}

TEST_P(HmacBatchTest, HeadersSignedTogetherAreThoseSignedAloneInEveryLayout) {
    const Secret secrets[] = {
        Secret::parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value(),
        Secret::parse("whsec_ICECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value()};
    const SignInput input{"evt_1", 1'779'705'000, R"({"a":1})", 17, 1'779'705'001};
    std::vector<std::vector<Signer>> all;
    for (const SignatureLayout layout : signature_layouts) {
        std::vector<Signer>& signers = all.emplace_back();
        for (const Secret& secret : secrets)
            signers.push_back(Signer::make(layout, secret).value());
    }
    for (const std::vector<Signer>& signers : all)
        start_headers(signers, input, batch_);
    batch_.run();
    std::size_t next = 0;
    for (const std::vector<Signer>& signers : all) {
        HeaderLines together, lines;
        std::vector<Header> alone;
        sign_headers(signers, input, batch_, next, together);
        sign_headers(signers, input, lines);
        sign_headers(signers, input, alone);
        EXPECT_EQ(together.text(), lines.text());
        EXPECT_EQ(together.list(), alone) << to_string(signers.front().scheme().layout);
    }
    EXPECT_EQ(next, batch_.size());
}

// Lanes that are given an empty text sign everything wrong from then on.
TEST_P(HmacBatchTest, AnEmptyTextSpoilsNothingBesideOrBehindIt) {
    const HmacKey key("key");
    for (int round = 0; round < 3; ++round) {
        batch_.add(key, {});
        for (int i = 0; i < 20; ++i)
            batch_.add(key, {"text", i % 3 == 0 ? "" : "more"});
        batch_.run();
        EXPECT_EQ(batch_.digest(0), key.sign({}));
        for (std::size_t i = 0; i < 20; ++i)
            EXPECT_EQ(batch_.digest(i + 1), key.sign({"text", i % 3 == 0 ? "" : "more"}));
        batch_.clear();
    }
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutLanes, HmacBatchTest,
                         testing::Values(HmacBatch::Lanes::if_any, HmacBatch::Lanes::none),
                         [](const auto& chosen) {
                             return chosen.param == HmacBatch::Lanes::none ? "OneByOne" : "Lanes";
                         });

TEST(HmacBatch, SaysHowItSigns) {
    EXPECT_EQ(HmacBatch(HmacBatch::Lanes::none).method(), "OpenSSL");
    EXPECT_FALSE(HmacBatch().method().empty());
}

}  // namespace
}  // namespace assay::notify
