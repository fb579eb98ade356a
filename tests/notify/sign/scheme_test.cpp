// Layouts: what is written verifies, and everything else is refused with the reason.
// SPDX-License-Identifier: MIT
#include "notify/sign/scheme.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr std::int64_t now = 1'779'705'000;
constexpr std::string_view body =
    R"({"object_id":7,"timestamp":"1779705000","type":"analysis.completed"})";
// Those whose header holds a list of signatures.
const std::vector<SignatureLayout> lists{SignatureLayout::timestamped_hex,
                                         SignatureLayout::standard_webhooks};

Secret secret_number(std::uint64_t seed) {
    SeededRandom random(seed);
    return Secret::generate(random);
}

std::vector<Header> signed_by(SignatureLayout layout, const std::vector<Secret>& secrets,
                              std::int64_t timestamp = now) {
    std::vector<Signer> signers;
    for (const Secret& secret : secrets) {
        signers.push_back(Signer::make(layout, secret).value());
    }
    std::vector<Header> headers;
    sign_headers(signers, {"evt_1", timestamp, body, 7, now}, headers);
    return headers;
}

Header& header_named(std::vector<Header>& headers, std::string_view name) {
    return *std::find_if(headers.begin(), headers.end(),
                         [&](const Header& header) { return header.name == name; });
}

Result<void> check(SignatureLayout layout, const std::vector<Secret>& secrets,
                   const std::vector<Header>& headers, std::string_view text = body,
                   std::int64_t at = now) {
    return verify(layout, secrets, headers, text, {std::chrono::seconds(300), at});
}

std::string reason(const Result<void>& result) {
    EXPECT_THAT(result, FailsWith(ErrorCode::unauthorized));
    return result ? "" : result.error().message;
}

TEST(Scheme, WhatIsSignedVerifies) {
    for (const SignatureLayout layout : signature_layouts) {
        const Secret secret = secret_number(1);
        EXPECT_THAT(check(layout, {secret}, signed_by(layout, {secret})), IsOk());
    }
}

TEST(Scheme, HeaderNamesMayComeInAnyCase) {
    for (const SignatureLayout layout : signature_layouts) {
        const Secret secret = secret_number(1);
        std::vector<Header> headers = signed_by(layout, {secret});
        for (Header& header : headers) {
            for (char& c : header.name)
                c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
        EXPECT_THAT(check(layout, {secret}, headers), IsOk());
    }
}

TEST(Scheme, ARotationVerifiesWithEitherSecretOnEitherSide) {
    for (const SignatureLayout layout : lists) {
        const Secret old_one = secret_number(1);
        const Secret new_one = secret_number(2);
        const auto both = signed_by(layout, {new_one, old_one});
        EXPECT_THAT(check(layout, {old_one}, both), IsOk());
        EXPECT_THAT(check(layout, {new_one}, both), IsOk());
        EXPECT_THAT(check(layout, {old_one, new_one}, signed_by(layout, {new_one})), IsOk());
        EXPECT_THAT(reason(check(layout, {secret_number(3)}, both)), HasSubstr("no signature"));
    }
}

TEST(Scheme, EveryChangedByteOfTheBodyIsNoticed) {
    for (const SignatureLayout layout : signature_layouts) {
        if (!signs_body(layout)) continue;
        const Secret secret = secret_number(1);
        const auto headers = signed_by(layout, {secret});
        for (std::size_t i = 0; i < body.size(); ++i) {
            std::string tampered(body);
            tampered[i] = static_cast<char>(tampered[i] ^ 1);
            EXPECT_THAT(reason(check(layout, {secret}, headers, tampered)),
                        HasSubstr("no signature matches"));
        }
        EXPECT_THAT(check(layout, {secret}, headers, std::string(body) + "\n"),
                    FailsWith(ErrorCode::unauthorized));
        EXPECT_THAT(check(layout, {secret}, headers, ""), FailsWith(ErrorCode::unauthorized));
    }
}

TEST(Scheme, TheToleranceHoldsInBothDirections) {
    for (const SignatureLayout layout : signature_layouts) {
        if (!signs_time(layout)) continue;
        const Secret secret = secret_number(1);
        const auto headers = signed_by(layout, {secret});
        EXPECT_THAT(check(layout, {secret}, headers, body, now + 300), IsOk());
        EXPECT_THAT(check(layout, {secret}, headers, body, now - 300), IsOk());
        EXPECT_THAT(reason(check(layout, {secret}, headers, body, now + 301)),
                    HasSubstr("too old by its timestamp: 301 s"));
        EXPECT_THAT(reason(check(layout, {secret}, headers, body, now - 301)),
                    HasSubstr("ahead by 301 s"));
    }
}

TEST(Scheme, AnotherTimestampOrIdBreaksTheSignature) {
    const Secret secret = secret_number(1);
    auto headers = signed_by(SignatureLayout::standard_webhooks, {secret});
    header_named(headers, "webhook-timestamp").value = std::to_string(now + 1);
    EXPECT_THAT(reason(check(SignatureLayout::standard_webhooks, {secret}, headers)),
                HasSubstr("no signature matches"));
    headers = signed_by(SignatureLayout::standard_webhooks, {secret});
    header_named(headers, "webhook-id").value = "evt_2";
    EXPECT_THAT(reason(check(SignatureLayout::standard_webhooks, {secret}, headers)),
                HasSubstr("no signature matches"));
}

TEST(Scheme, ADotCannotMoveBetweenIdAndTimestamp) {
    // id "evt_1.1779705000" with another split of the same signed text must not pass.
    const Secret secret = secret_number(1);
    auto headers = signed_by(SignatureLayout::standard_webhooks, {secret});
    header_named(headers, "webhook-id").value = "evt_1." + std::to_string(now);
    EXPECT_THAT(reason(check(SignatureLayout::standard_webhooks, {secret}, headers)),
                HasSubstr("webhook-id"));
    EXPECT_FALSE(is_message_id("evt.1"));
    EXPECT_FALSE(is_message_id(""));
    EXPECT_FALSE(is_message_id("evt 1"));
    EXPECT_FALSE(is_message_id(std::string(257, 'a')));
    EXPECT_TRUE(is_message_id("evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11"));
}

TEST(Scheme, AMissingHeaderIsNamed) {
    for (const SignatureLayout layout : signature_layouts) {
        const Secret secret = secret_number(1);
        const auto all = signed_by(layout, {secret});
        for (std::size_t i = 0; i < all.size(); ++i) {
            auto headers = all;
            headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(i));
            EXPECT_THAT(reason(check(layout, {secret}, headers)),
                        HasSubstr(all[i].name + " is missing"));
        }
    }
}

TEST(Scheme, AHeaderThatStandsThereTwiceIsRefused) {
    for (const SignatureLayout layout : signature_layouts) {
        const Secret secret = secret_number(1);
        const auto all = signed_by(layout, {secret});
        for (const Header& header : all) {
            auto headers = all;
            headers.push_back(header);
            EXPECT_THAT(reason(check(layout, {secret}, headers)),
                        HasSubstr(header.name + " stands there twice"));
        }
    }
}

TEST(Scheme, MalformedTimestampedHeadersAreRefused) {
    const Secret secret = secret_number(1);
    const SignatureLayout layout = SignatureLayout::timestamped_hex;
    const std::string good = signed_by(layout, {secret}).front().value;
    const std::string signature = good.substr(good.find(",v1="));
    const std::string seconds = std::to_string(now);
    const std::vector<std::string> bad{
        "",
        "t",
        "t=",
        "t=" + seconds,
        signature.substr(1),
        "t=abc" + signature,
        "t=-5" + signature,
        "t=+" + seconds + signature,
        "t=0" + seconds + signature,
        "t= " + seconds + signature,
        "t=" + seconds + ".0" + signature,
        "t=9999999999999" + signature,
        "t=99999999999999999999999999" + signature,
        "t=" + seconds + ",t=" + seconds + signature,
        "t=" + seconds + "," + signature,
        "t=" + seconds + ",v1=",
        "t=" + seconds + ",v1=" + std::string(64, 'z'),
        "t=" + seconds + ",v0" + signature.substr(3),
        "t=" + seconds + ", v1" + signature.substr(3),
        "t=" + seconds + std::string(10'000, ','),
        good + std::string(1, '\0'),
    };
    for (const std::string& value : bad) {
        EXPECT_THAT(check(layout, {secret}, {{"X-Webhook-Signature", value}}),
                    FailsWith(ErrorCode::unauthorized))
            << value;
    }
    EXPECT_THAT(check(layout, {secret}, {{"X-Webhook-Signature", good + ",v9=abc,v0=x"}}), IsOk())
        << "parts of other versions are left alone";
    EXPECT_THAT(
        check(layout, {secret}, {{"X-Webhook-Signature", signature.substr(1) + ",t=" + seconds}}),
        IsOk())
        << "any order";
}

TEST(Scheme, UpperCaseHexIsNotOurSpelling) {
    const Secret secret = secret_number(1);
    auto headers = signed_by(SignatureLayout::timestamped_hex, {secret});
    std::string& value = headers.front().value;
    for (std::size_t i = value.find("v1=") + 3; i < value.size(); ++i)
        value[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(value[i])));
    EXPECT_THAT(check(SignatureLayout::timestamped_hex, {secret}, headers),
                FailsWith(ErrorCode::unauthorized));
}

TEST(Scheme, MalformedSignatureListsAreRefused) {
    const Secret secret = secret_number(1);
    const SignatureLayout layout = SignatureLayout::standard_webhooks;
    const auto good = signed_by(layout, {secret});
    const std::string entry = good.back().value;
    const auto with = [&](std::string value) {
        auto headers = good;
        headers.back().value = std::move(value);
        return check(layout, {secret}, headers);
    };
    for (const std::string& value :
         {std::string(), std::string(" "), std::string("v1"), std::string("v1,"),
          "v1" + entry.substr(3), "v2" + entry.substr(2), entry.substr(0, entry.size() - 1),
          entry + "=", "v1a," + entry.substr(3), std::string(5'000, 'v')}) {
        EXPECT_THAT(with(value), FailsWith(ErrorCode::unauthorized)) << value;
    }
    EXPECT_THAT(with("v1a,c2lnbmF0dXJl " + entry), IsOk()) << "other versions are left alone";
    EXPECT_THAT(with("v1,AAAA " + entry), IsOk());
    EXPECT_THAT(with("  " + entry + " "), IsOk());
}

TEST(Scheme, TooManySignaturesAreRefused) {
    const Secret secret = secret_number(1);
    auto headers = signed_by(SignatureLayout::standard_webhooks, {secret});
    const std::string entry = headers.back().value;
    std::string list;
    for (int i = 0; i < 32; ++i)
        list += "v1,AAAA ";
    headers.back().value = list + entry;
    EXPECT_THAT(reason(check(SignatureLayout::standard_webhooks, {secret}, headers)),
                HasSubstr("more than 32"));
}

TEST(Scheme, TheReceiversOwnMistakeIsNotCalledAForgery) {
    const Secret plain = Secret::parse("0123456789abcdef").value();
    const auto headers = signed_by(SignatureLayout::standard_webhooks, {secret_number(1)});
    EXPECT_THAT(check(SignatureLayout::standard_webhooks, {plain}, headers),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(Signer::make(SignatureLayout::standard_webhooks, plain),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(Signer::make(SignatureLayout::timestamped_hex, plain), IsOk());
    EXPECT_THAT(Signer::make(SignatureLayout::timestamped_hex, Secret()),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(check(SignatureLayout::standard_webhooks, {}, headers),
                FailsWith(ErrorCode::unauthorized));
}

TEST(Scheme, ALayoutWithoutAListSendsTheLastSecretOnly) {
    for (const SignatureLayout layout : signature_layouts) {
        if (holds_list(layout)) continue;
        const Secret first = secret_number(1);
        const Secret last = secret_number(2);
        const auto headers = signed_by(layout, {first, last});
        EXPECT_EQ(headers, signed_by(layout, {last})) << to_string(layout);
        EXPECT_THAT(check(layout, {last}, headers), IsOk());
        EXPECT_THAT(reason(check(layout, {first}, headers)), HasSubstr("no signature matches"));
    }
}

TEST(Scheme, AnObjectsSignatureCoversItsIdAndTimeAndNothingElse) {
    const SignatureLayout layout = SignatureLayout::object_hex;
    const Secret secret = secret_number(1);
    const auto headers = signed_by(layout, {secret});
    const auto with = [&](std::string_view text) { return check(layout, {secret}, headers, text); };
    EXPECT_THAT(with(R"({"object_id":7,"timestamp":"1779705000","data":"changed"})"), IsOk());
    EXPECT_THAT(check(layout, {secret}, headers, body, now + 1'000'000), IsOk())
        << "the time is the event's: retries come hours later";
    for (const std::string_view text :
         {R"({"object_id":8,"timestamp":"1779705000"})", R"({"object_id":7,"timestamp":"1"})",
          R"({"object_id":71,"timestamp":"779705000"})",
          R"({"object_id":"7","timestamp":"1779705000"})",
          R"({"object_id":7,"timestamp":1779705000})", R"({"object_id":7})",
          R"({"object_id":7,"timestamp":"01779705000"})", R"({"object_id":-7,"timestamp":"1"})",
          R"({"object_id":7,"timestamp":""})", "[]", "7", "", "{", "\xff"}) {
        EXPECT_THAT(with(text), FailsWith(ErrorCode::unauthorized)) << text;
    }
}

TEST(Scheme, APrefixBelongsToTheSignature) {
    const Secret secret = secret_number(1);
    Scheme scheme(SignatureLayout::body_hex);
    scheme.prefix = "sha256=";
    const Signer signer = Signer::make(scheme, secret).value();
    std::vector<Header> headers;
    sign_headers({&signer, 1}, {"evt_1", now, body}, headers);
    const auto checked = [&] {
        return verify(scheme, {&secret, 1}, headers, body, {std::chrono::seconds(300), now});
    };
    EXPECT_THAT(checked(), IsOk());
    headers.front().value.erase(0, scheme.prefix.size());
    EXPECT_THAT(reason(checked()), HasSubstr("does not begin with sha256="));
}

TEST(Scheme, AnEd25519KeySignsAndItsPublicHalfVerifies) {
    const SignatureLayout layout = SignatureLayout::standard_webhooks;
    const Secret own = Secret::parse(
                           "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMK"
                           "kioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==")
                           .value();
    const Secret shared =
        Secret::parse("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=").value();
    auto headers = signed_by(layout, {own});
    EXPECT_TRUE(headers.back().value.starts_with("v1a,"));
    EXPECT_THAT(check(layout, {own}, headers), IsOk());
    EXPECT_THAT(check(layout, {shared}, headers), IsOk());
    EXPECT_THAT(check(layout, {shared}, headers, std::string(body) + " "),
                FailsWith(ErrorCode::unauthorized));
    EXPECT_THAT(reason(check(layout, {shared}, headers, body, now + 301)), HasSubstr("too old"));
    EXPECT_THAT(check(layout, {secret_number(1)}, headers), FailsWith(ErrorCode::unauthorized));
    EXPECT_THAT(Signer::make(layout, shared), FailsWith(ErrorCode::invalid_argument));
    const auto both = signed_by(layout, {secret_number(1), own});
    EXPECT_THAT(check(layout, {secret_number(1)}, both), IsOk());
    EXPECT_THAT(check(layout, {shared}, both), IsOk());
    headers.back().value = "v1a,AAAA v1a,!!";
    EXPECT_THAT(check(layout, {shared}, headers), FailsWith(ErrorCode::unauthorized));
}

TEST(Scheme, NamesOfHeadersAreHeldAgainstTheLayout) {
    for (const SignatureLayout layout : signature_layouts)
        EXPECT_THAT(validate(Scheme(layout)), IsOk());
    const auto refuses = [](const Scheme& scheme, std::string_view member) {
        const Result<void> checked = validate(scheme);
        ASSERT_THAT(checked, FailsWith(ErrorCode::invalid_argument));
        EXPECT_EQ(checked.error().field, member);
    };
    Scheme scheme(SignatureLayout::body_hex);
    for (const auto* name : {"", "X Signature", "X-Signature:", "Host", "content-length"}) {
        scheme.signature_header = name;
        refuses(scheme, "header");
    }
    scheme = SignatureLayout::body_hex;
    scheme.timestamp_header = "X-Timestamp";
    refuses(scheme, "timestamp_header");
    scheme = SignatureLayout::split_hex;
    scheme.timestamp_header = "x-signature";
    refuses(scheme, "header");
    scheme = SignatureLayout::timestamped_hex;
    scheme.prefix = "sha256=";
    refuses(scheme, "prefix");
    scheme = SignatureLayout::body_hex;
    scheme.prefix = "sha 256";
    refuses(scheme, "prefix");
    scheme = SignatureLayout::body_hex;
    scheme.digest = SignatureDigest::sha256_suffix;
    refuses(scheme, "digest");
}

TEST(Scheme, NamesOfLayoutsReadBack) {
    for (const SignatureLayout layout : signature_layouts)
        EXPECT_EQ(parse_signature_layout(to_string(layout)), layout);
    EXPECT_EQ(parse_signature_layout("none"), std::nullopt);
    EXPECT_EQ(parse_signature_digest("sha256_suffix"), SignatureDigest::sha256_suffix);
    EXPECT_EQ(parse_signature_digest("md5"), std::nullopt);
}

}  // namespace
}  // namespace assay::notify
