// The published and our own signature vectors of data/vectors: one file for each layout.
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "notify/sign/scheme.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::notify {
namespace {

namespace json = boost::json;
using testing::FailsWith;
using testing::IsOk;

json::value read_vectors(SignatureLayout layout) {
    std::ifstream file(
        testing::source_tree() / "data/vectors" / (std::string(to_string(layout)) + ".json"),
        std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return json::parse(text.str());
}

std::string text_of(const json::value& value) {
    return json::value_to<std::string>(value);
}

class Vectors : public ::testing::TestWithParam<SignatureLayout> {
  protected:
    struct Vector {
        std::string name, message_id, body;
        std::vector<Secret> secrets;
        std::int64_t timestamp = 0;
        std::vector<Header> headers;
        Scheme scheme;
    };

    // The layout's own names, or the file's.
    static Scheme scheme_of(const json::object& entry) {
        Scheme scheme(GetParam());
        const json::value* const own = entry.if_contains("scheme");
        if (own == nullptr) return scheme;
        for (const auto& member : own->as_object()) {
            const std::string text = text_of(member.value());
            if (member.key() == "header") scheme.signature_header = text;
            if (member.key() == "timestamp_header") scheme.timestamp_header = text;
            if (member.key() == "prefix") scheme.prefix = text;
            if (member.key() == "digest") scheme.digest = parse_signature_digest(text).value();
        }
        EXPECT_THAT(validate(scheme), IsOk());
        return scheme;
    }

    static SignInput input_of(const Vector& vector) {
        SignInput input{vector.message_id, vector.timestamp, vector.body};
        if (GetParam() != SignatureLayout::object_hex) return input;
        const ObjectStamp stamp = read_object_stamp(vector.body).value();
        input.object_id = stamp.object_id;
        input.event_time = stamp.event_time;
        return input;
    }

    std::vector<Vector> all() const {
        std::vector<Vector> vectors;
        const json::value file = read_vectors(GetParam());
        for (const json::value& entry : file.at("vectors").as_array()) {
            Vector vector{text_of(entry.at("name")),        text_of(entry.at("message_id")),
                          text_of(entry.at("body")),        {},
                          entry.at("timestamp").as_int64(), {},
                          scheme_of(entry.as_object())};
            for (const json::value& secret : entry.at("secrets").as_array())
                vector.secrets.push_back(Secret::parse(text_of(secret)).value());
            for (const auto& header : entry.at("headers").as_object())
                vector.headers.push_back({std::string(header.key()), text_of(header.value())});
            vectors.push_back(std::move(vector));
        }
        return vectors;
    }
};

TEST_P(Vectors, AreWhatWeWrite) {
    const auto vectors = all();
    EXPECT_GE(vectors.size(), 2U);
    for (const Vector& vector : vectors) {
        std::vector<Signer> signers;
        for (const Secret& secret : vector.secrets)
            signers.push_back(Signer::make(vector.scheme, secret).value());
        std::vector<Header> headers;
        sign_headers(signers, input_of(vector), headers);
        EXPECT_EQ(headers, vector.headers) << vector.name;
    }
}

TEST_P(Vectors, VerifyWithEachOfTheirSecretsAndWithNoOther) {
    for (const Vector& vector : all()) {
        const VerifyOptions options{std::chrono::seconds(300), vector.timestamp};
        for (const Secret& secret : vector.secrets) {
            EXPECT_THAT(verify(vector.scheme, {&secret, 1}, vector.headers, vector.body, options),
                        IsOk())
                << vector.name;
        }
        SeededRandom random(99);
        const Secret other = Secret::generate(random);
        EXPECT_THAT(verify(vector.scheme, {&other, 1}, vector.headers, vector.body, options),
                    FailsWith(ErrorCode::unauthorized));
    }
}

INSTANTIATE_TEST_SUITE_P(EachLayout, Vectors, ::testing::ValuesIn(signature_layouts),
                         [](const auto& layout) { return std::string(to_string(layout.param)); });

}  // namespace
}  // namespace assay::notify
