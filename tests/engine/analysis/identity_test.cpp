// Identifiers: published vectors, what spreadsheets do to them, conflicts, and what never counts.
// SPDX-License-Identifier: MIT
#include "engine/analysis/identity.hpp"

#include <gmock/gmock.h>

#include "engine/analysis/gs1_prefix.hpp"

namespace assay::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class IdentityTest : public ::testing::Test {
  protected:
    const Identity& identify() {
        engine::identify(product, identity);
        return identity;
    }
    const Identity& of_gtin(std::string_view text) {
        product = {};
        product.identifiers.gtin = text;
        return identify();
    }
    const Identity& of_isbn(std::string_view text) {
        product = {};
        product.identifiers.isbn = text;
        return identify();
    }
    const Identity& of_upc(std::string_view text) {
        product = {};
        product.identifiers.upc = text;
        return identify();
    }
    const Identity& of_asin(std::string_view text) {
        product = {};
        product.identifiers.asin = text;
        return identify();
    }
    const Identity& of_imei(std::string_view text) {
        product = {};
        product.identifiers.imei = text;
        return identify();
    }
    Product product;
    Identity identity;
};

TEST_F(IdentityTest, EachLengthOfGtinBecomesFourteenDigits) {
    EXPECT_EQ(of_gtin("4006381333931").gtin14, "04006381333931");
    EXPECT_EQ(identity.kind, "ean_13");
    EXPECT_EQ(identity.issuer, "GS1 Germany");
    EXPECT_TRUE(identity.valid);
    EXPECT_EQ(of_gtin("045496901332").gtin14, "00045496901332");
    EXPECT_EQ(identity.kind, "upc_a");
    EXPECT_EQ(identity.issuer, "GS1 US");
    EXPECT_EQ(of_gtin("00045496901332").gtin14, "00045496901332");
    EXPECT_EQ(identity.kind, "gtin_14");
    EXPECT_EQ(of_gtin("40170725").gtin14, "00000040170725");
    EXPECT_EQ(identity.kind, "gtin_8");
    EXPECT_THAT(identity.tags, IsEmpty());
    EXPECT_EQ(of_gtin("10614141000415").gtin14, "10614141000415");
    EXPECT_THAT(identity.tags, ElementsAre("packaging_level"));
}

TEST_F(IdentityTest, ALeadingZeroThatASpreadsheetTookIsPutBack) {
    EXPECT_EQ(of_upc("45496901332").gtin14, "00045496901332");
    EXPECT_EQ(identity.kind, "upc_a");
    EXPECT_THAT(identity.repairs, ElementsAre("leading_zero"));
    EXPECT_FALSE(of_upc("45496901333").valid);
    EXPECT_THAT(identity.repairs, IsEmpty()) << "only where the check digit holds";
    EXPECT_THAT(identity.tags, ElementsAre("check_digit"));
}

TEST_F(IdentityTest, SeparatorsAndWidthsAreCleaned) {
    EXPECT_EQ(of_gtin(" 4-006381\xE2\x80\x8B-333931 ").gtin14, "04006381333931");
    EXPECT_THAT(identity.repairs, ElementsAre("separators"));
    EXPECT_EQ(of_gtin("\xEF\xBB\xBF"
                      "4006381333931")
                  .gtin14,
              "04006381333931");
    EXPECT_EQ(of_gtin("'4006381333931").gtin14, "04006381333931");
    EXPECT_THAT(identity.repairs, ElementsAre("excel_text"));
    EXPECT_EQ(of_gtin("=\"4006381333931\"").gtin14, "04006381333931");
    EXPECT_EQ(of_gtin("4006381333931.0").gtin14, "04006381333931");
    EXPECT_THAT(identity.repairs, ElementsAre("float_suffix"));
    EXPECT_EQ(of_gtin("\xEF\xBC\x94"
                      "006381333931")
                  .gtin14,
              "04006381333931");
    EXPECT_THAT(identity.repairs, ElementsAre("full_width_digits"));
}

TEST_F(IdentityTest, EverySingleDigitErrorIsDetected) {
    const std::string good = "4006381333931";
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (char c = '0'; c <= '9'; ++c) {
            std::string wrong = good;
            wrong[i] = c;
            EXPECT_EQ(has_gs1_check(wrong), c == good[i]) << wrong;
        }
    }
}

TEST_F(IdentityTest, SwapsAreMissedExactlyWhereDigitsDifferByFive) {
    int missed = 0, pairs = 0;
    for (char a = '0'; a <= '9'; ++a) {
        for (char b = '0'; b <= '9'; ++b) {
            if (a == b) continue;
            ++pairs;
            const std::string body = std::string("40063813") + a + b + "39";
            const std::string swapped = std::string("40063813") + b + a + "39";
            const bool same = gs1_check_digit(body) == gs1_check_digit(swapped);
            missed += same ? 1 : 0;
            EXPECT_EQ(same, a - b == 5 || b - a == 5) << body;
        }
    }
    EXPECT_EQ(pairs, 90);
    EXPECT_EQ(missed, 10);
}

TEST_F(IdentityTest, ATenthOfChanceNumbersPass) {
    int passed = 0;
    for (int i = 0; i < 1000; ++i) {
        std::string digits = std::to_string(5784719087000 + i * 7919);
        passed += has_gs1_check(digits) ? 1 : 0;
    }
    EXPECT_NEAR(passed, 100, 25);
}

TEST_F(IdentityTest, UpcEIsWrittenOutAsPublished) {
    const auto expand = [](std::string_view six) {
        const auto upc = expand_upc_e(six, '0');
        return std::string(upc.data(), upc.size());
    };
    EXPECT_EQ(expand("124560"), "012000004568");
    EXPECT_EQ(expand("275831"), "027100005834");
    EXPECT_EQ(expand("412022"), "041200002029");
    EXPECT_EQ(expand("876543"), "087600000548");
    EXPECT_EQ(expand("753774"), "075370000073");
    EXPECT_EQ(expand("213756"), "021375000068");
    EXPECT_EQ(expand("517019"), "051701000097");
}

TEST_F(IdentityTest, EightDigitsMayBeEither) {
    // 0 124560 8: as GTIN-8 the prefix would be restricted, and the check fails anyway.
    EXPECT_EQ(of_upc("01245608").gtin14, "00012000004568");
    EXPECT_EQ(identity.kind, "upc_e");
    EXPECT_TRUE(identity.valid);
    EXPECT_EQ(of_upc("1245608").gtin14, "00012000004568") << "with its zero lost";
    EXPECT_THAT(identity.repairs, ElementsAre("leading_zero"));
    EXPECT_FALSE(of_upc("124560").valid) << "six digits have no check digit";
    EXPECT_THAT(identity.tags, ElementsAre("no_check_digit"));
}

TEST_F(IdentityTest, EightDigitsThatAreBothAreReadByPrefixAndMarket) {
    // Find a number with number system 1 for which both checks hold.
    std::string both;
    for (int i = 0; i < 1'000'000 && both.empty(); i += 37) {
        std::string six = std::to_string(1'000'000 + i).substr(1);
        const auto upc = expand_upc_e(six, '1');
        const std::string candidate = "1" + six + upc[11];
        if (has_gs1_check(candidate) && candidate.substr(1, 2) < "40") both = candidate;
    }
    ASSERT_FALSE(both.empty());
    EXPECT_EQ(of_gtin(both).kind, "gtin_8");
    EXPECT_THAT(identity.tags, ElementsAre("also_upc_e"));
    product.market.marketplace = "EBAY_US";
    EXPECT_EQ(identify().kind, "upc_e");
    EXPECT_THAT(identity.tags, Contains("also_gtin_8"));
    EXPECT_EQ(of_upc(both).kind, "upc_e");
}

TEST_F(IdentityTest, NumbersOfOneCompanyIdentifyNothing) {
    for (const char* text : {"2012345678903", "0212345678909"}) {
        of_gtin(text);
        EXPECT_THAT(identity.tags, ElementsAre("restricted_circulation")) << text;
        EXPECT_FALSE(identity.valid) << text;
        EXPECT_EQ(identity.issuer, "restricted") << text;
    }
    of_gtin("9812345678902");
    EXPECT_THAT(identity.tags, ElementsAre("not_a_product"));
    EXPECT_FALSE(identity.valid);
}

TEST_F(IdentityTest, IsbnBecomesIsbn13) {
    EXPECT_EQ(of_isbn("0-306-40615-2").isbn13, "9780306406157");
    EXPECT_EQ(identity.gtin14, "09780306406157");
    EXPECT_EQ(identity.kind, "isbn_10");
    EXPECT_EQ(of_isbn("080442957X").isbn13, "9780804429573");
    EXPECT_EQ(of_isbn("9780306406157").kind, "isbn_13");
    EXPECT_EQ(identity.isbn13, "9780306406157");
    EXPECT_FALSE(of_isbn("X306406152").valid) << "X only stands last";
    EXPECT_EQ(of_gtin("9790260000438").isbn13, "") << "979-0 is sheet music";
    EXPECT_THAT(identity.tags, ElementsAre("ismn"));
}

TEST_F(IdentityTest, IsbnChecksCatchAllErrorsAndAllSwaps) {
    const std::string good = "0306406152";
    for (std::size_t i = 0; i < 10; ++i) {
        for (char c = '0'; c <= '9'; ++c) {
            std::string wrong = good;
            wrong[i] = c;
            EXPECT_EQ(has_isbn10_check(wrong), c == good[i]);
        }
        for (std::size_t j = i + 1; j < 10; ++j) {
            std::string swapped = good;
            std::swap(swapped[i], swapped[j]);
            EXPECT_EQ(has_isbn10_check(swapped), good[i] == good[j]);
        }
    }
}

TEST_F(IdentityTest, IsbnsWithoutTheirZerosArePadded) {
    EXPECT_EQ(of_isbn("306406152").isbn13, "9780306406157");
    EXPECT_THAT(identity.repairs, ElementsAre("leading_zero"));
    EXPECT_EQ(of_isbn("80442957X").isbn13, "9780804429573");
    EXPECT_EQ(of_isbn("2247399").isbn13, "9780002247399") << "three zeros lost";
    EXPECT_FALSE(of_isbn("306406153").valid);
    EXPECT_THAT(identity.tags, ElementsAre("check_digit"));
}

TEST_F(IdentityTest, ScientificNotationIsUselessAlone) {
    EXPECT_FALSE(of_isbn("9.78043902348e+12").valid);
    EXPECT_THAT(identity.tags, ElementsAre("lossy_numeric"));
    EXPECT_EQ(identity.gtin14, "");
    EXPECT_EQ(of_gtin("4.006381333931E+12").gtin14, "04006381333931") << "all digits are there";
    EXPECT_THAT(identity.repairs, ElementsAre("scientific_notation"));
}

TEST_F(IdentityTest, ScientificNotationIsConfirmedByAnotherIdentifier) {
    product.identifiers.isbn = "439023483";  // the zero lost, as in the real case
    product.identifiers.gtin = "9.78043902348e+12";
    identify();
    EXPECT_EQ(identity.isbn13, "9780439023481");
    EXPECT_THAT(identity.repairs, ElementsAre("leading_zero", "reconstructed"));
    EXPECT_THAT(identity.tags, ElementsAre("lossy_numeric"));
    EXPECT_THAT(identity.conflicts, IsEmpty());
    product.identifiers.gtin = "9.78043902449e+12";
    identify();
    EXPECT_THAT(identity.conflicts, ElementsAre("identifier_conflict"));
}

TEST_F(IdentityTest, AsinsAreFoldedAndBooksAreChecked) {
    EXPECT_EQ(of_asin("b0sample01").asin, "B0SAMPLE01");
    EXPECT_EQ(identity.kind, "asin");
    EXPECT_TRUE(identity.valid);
    EXPECT_EQ(of_asin("0306406152").isbn13, "9780306406157") << "a book's ASIN is its ISBN-10";
    EXPECT_EQ(identity.kind, "asin");
    EXPECT_FALSE(of_asin("0306406153").valid);
    EXPECT_THAT(identity.tags, ElementsAre("check_digit"));
    EXPECT_FALSE(of_asin("A0SAMPLE01").valid);
    EXPECT_FALSE(of_asin("B0SAMPLE1").valid);
    EXPECT_FALSE(of_asin("B0SAMPL\xC3\x89").valid);
    EXPECT_FALSE(of_asin("B000000000").valid);
    EXPECT_THAT(identity.tags, ElementsAre("placeholder"));
}

TEST_F(IdentityTest, ImeisHaveALuhnDigit) {
    EXPECT_EQ(of_imei("490154203237518").imei, "490154203237518");
    EXPECT_EQ(identity.kind, "imei");
    EXPECT_FALSE(of_imei("490154203237517").valid);
    EXPECT_EQ(of_imei("49-015420-323751-8").imei, "490154203237518");
    EXPECT_EQ(of_imei("4901542032375101").imei, "490154203237518") << "IMEISV";
    EXPECT_FALSE(identity.valid) << "nothing in it was checked";
    EXPECT_FALSE(of_imei("000000000000000").valid);
    EXPECT_FALSE(of_imei("490154200000000").valid);
    EXPECT_THAT(identity.tags, ElementsAre("placeholder"));
}

TEST_F(IdentityTest, LuhnMissesOnlyTheSwapOfNineAndZero) {
    for (char a = '0'; a <= '9'; ++a) {
        for (char b = '0'; b <= '9'; ++b) {
            if (a == b) continue;
            std::string good = std::string("4901542032375") + a + b;
            bool found = false;
            for (char c = '0'; c <= '9' && !found; ++c) {
                good[0] = c;  // some first digit makes it valid
                found = has_luhn_check(good);
            }
            ASSERT_TRUE(found);
            std::string swapped = good;
            std::swap(swapped[13], swapped[14]);
            const bool ninety = (a == '0' && b == '9') || (a == '9' && b == '0');
            EXPECT_EQ(has_luhn_check(swapped), ninety) << good;
        }
    }
}

TEST_F(IdentityTest, PlaceholdersPassTheirChecksAndCountForNothing) {
    for (const char* text : {"0000000000000", "1234567890128", "4444444444444"}) {
        EXPECT_FALSE(of_gtin(text).valid) << text;
        EXPECT_THAT(identity.tags, ElementsAre("placeholder")) << text;
    }
}

TEST_F(IdentityTest, WhatNamesTwoProductsIsAConflict) {
    product.identifiers.ean = "4006381333931";
    product.identifiers.isbn = "0306406152";
    identify();
    EXPECT_THAT(identity.conflicts, ElementsAre("identifier_conflict"));
    EXPECT_EQ(identity.gtin14, "04006381333931");

    product.identifiers = {};
    product.identifiers.isbn = "9780306406157";
    product.identifiers.asin = "080442957X";
    identify();
    EXPECT_THAT(identity.conflicts, ElementsAre("identifier_conflict"));

    product.identifiers.asin = "0306406152";
    identify();
    EXPECT_THAT(identity.conflicts, IsEmpty());
    EXPECT_EQ(identity.asin, "0306406152");
    EXPECT_EQ(identity.kind, "isbn_13");
}

TEST_F(IdentityTest, ARestrictedNumberDoesNotContradictARealOne) {
    product.identifiers.gtin = "2012345678903";
    product.identifiers.ean = "4006381333931";
    identify();
    EXPECT_THAT(identity.conflicts, IsEmpty());
    EXPECT_EQ(identity.gtin14, "04006381333931");
    EXPECT_EQ(identity.issuer, "GS1 Germany");
    EXPECT_TRUE(identity.valid);
}

TEST_F(IdentityTest, RubbishLeavesATagAndNoMore) {
    for (const char* text : {"n/a", "abc", "12", "123456789", "12345678901234567890", "4E", "E+5",
                             "4.0.0", "\xEF\xBC", "\xFF\xFE", "----", "9e99", "=\"\"",
                             "123456789012345678901234567890123456789012345678901234567890"}) {
        EXPECT_FALSE(of_gtin(text).valid) << text;
        EXPECT_EQ(identity.kind, "none") << text;
        EXPECT_EQ(identity.gtin14, "") << text;
    }
    EXPECT_FALSE(of_gtin("").valid);
    EXPECT_THAT(identity.tags, IsEmpty());
}

TEST_F(IdentityTest, NumbersGivenAsJsonNumbersAreTagged) {
    product.identifiers.ean = "4006381333931";
    product.identifiers.any_number = true;
    EXPECT_THAT(identify().tags, ElementsAre("numeric"));
    EXPECT_TRUE(identity.valid);
}

TEST(Gs1Prefix, NamesTheIssuer) {
    const auto issuer = [](int prefix) { return gs1_prefix(prefix).issuer; };
    EXPECT_EQ(issuer(0), "GS1 US");
    EXPECT_EQ(issuer(139), "GS1 US");
    EXPECT_EQ(issuer(140), "");
    EXPECT_EQ(issuer(300), "GS1 France");
    EXPECT_EQ(issuer(400), "GS1 Germany");
    EXPECT_EQ(issuer(440), "GS1 Germany");
    EXPECT_EQ(issuer(450), "GS1 Japan");
    EXPECT_EQ(issuer(490), "GS1 Japan");
    EXPECT_EQ(issuer(471), "GS1 Chinese Taipei");
    EXPECT_EQ(issuer(500), "GS1 UK");
    EXPECT_EQ(issuer(545), "GS1 Belgium & Luxembourg");
    EXPECT_EQ(issuer(690), "GS1 China");
    EXPECT_EQ(issuer(760), "GS1 Switzerland");
    EXPECT_EQ(issuer(800), "GS1 Italy");
    EXPECT_EQ(issuer(840), "GS1 Spain");
    EXPECT_EQ(issuer(870), "GS1 Netherlands");
    EXPECT_EQ(issuer(919), "GS1 Austria");
    EXPECT_EQ(gs1_prefix(25).use, Gs1Use::restricted);
    EXPECT_EQ(gs1_prefix(40).use, Gs1Use::restricted);
    EXPECT_EQ(gs1_prefix(55).use, Gs1Use::reserved);
    EXPECT_EQ(gs1_prefix(299).use, Gs1Use::restricted);
    EXPECT_EQ(gs1_prefix(977).use, Gs1Use::serial);
    EXPECT_EQ(gs1_prefix(979).use, Gs1Use::book);
    EXPECT_EQ(gs1_prefix(980).use, Gs1Use::receipt);
    EXPECT_EQ(gs1_prefix(984).use, Gs1Use::coupon);
    EXPECT_EQ(gs1_prefix(999).use, Gs1Use::coupon);
    EXPECT_EQ(gs1_prefix_8(40).use, Gs1Use::restricted);
    EXPECT_EQ(gs1_prefix_8(401).issuer, "GS1 Germany");
}

}  // namespace
}  // namespace assay::engine
