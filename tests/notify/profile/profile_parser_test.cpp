// A profile's file is read strictly: one changed member, one named fault.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "notify/profile/profile.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::notify {
namespace {

namespace json = boost::json;
using testing::FailsWith;
using testing::IsOk;

class ProfileFile : public ::testing::Test {
  protected:
    ProfileFile() {
        std::ifstream file(testing::source_tree() / "data/profiles/resell-scan.json");
        std::stringstream text;
        text << file.rdbuf();
        file_ = json::parse(text.str());
    }

    // The file with the value at `pointer` replaced (or added).
    Result<Profile> with(std::string_view pointer, const json::value& value) const {
        json::value changed = file_;
        const std::size_t slash = pointer.rfind('/');
        changed.at_pointer(pointer.substr(0, slash)).as_object()[pointer.substr(slash + 1)] = value;
        return parse_profile(json::serialize(changed));
    }

    void refuses(std::string_view pointer, const json::value& value) const {
        const Result<Profile> profile = with(pointer, value);
        ASSERT_THAT(profile, FailsWith(ErrorCode::invalid_argument)) << pointer << value;
        EXPECT_TRUE(profile.error().field.starts_with(pointer.substr(0, pointer.rfind('/'))))
            << describe(profile.error());
    }

    json::value file_;
};

TEST_F(ProfileFile, ReadsAsItStands) {
    ASSERT_THAT(parse_profile(json::serialize(file_)), IsOk());
    EXPECT_EQ(*parse_profile(json::serialize(file_)), *find_profile("resell-scan"));
}

TEST_F(ProfileFile, EveryMemberIsNeeded) {
    for (const auto& member : file_.as_object()) {
        json::object without = file_.as_object();
        without.erase(member.key());
        EXPECT_THAT(parse_profile(json::serialize(without)), FailsWith(ErrorCode::invalid_argument))
            << member.key();
    }
}

TEST_F(ProfileFile, UnknownMembersAreRefused) {
    refuses("/timeoutms", 10'000);
    refuses("/signature/encoding", "hex");
    refuses("/retry/delays", json::array{1});
    refuses("/events/0/name", "x");
}

TEST_F(ProfileFile, ChoicesComeFromClosedSets) {
    refuses("/envelope", "cloudevents2");
    refuses("/signature/layout", "rot13");
    refuses("/success", "2xx");
    refuses("/secret", "maybe");
    refuses("/response", "read");
    refuses("/signature/digest", "md5");
    refuses("/events/0/data", "everything");
}

TEST_F(ProfileFile, SignaturesAreHeldAgainstTheirLayout) {
    refuses("/signature/header", "");
    refuses("/signature/header", "Content-Length");
    refuses("/signature/header", "X Signature");
    refuses("/signature/timestamp_header", "X-Timestamp");
    refuses("/signature/prefix", "sha256=");
    refuses("/signature/digest", "sha256_suffix");
    refuses("/signature/layout", "object_hex");         // needs an object_id in the body
    refuses("/signature/layout", "standard_webhooks");  // needs two more names
    EXPECT_THAT(with("/signature/header", "Stripe-Signature"), IsOk());
    EXPECT_THAT(with("/signature/layout", "body_base64"), IsOk());
}

TEST_F(ProfileFile, NamesAndHeadersCanBeSent) {
    refuses("/name", "Resell Scan");
    refuses("/name", "");
    refuses("/content_type", "json");
    refuses("/content_type", "application/json\r\nX: y");
    refuses("/headers/type", "Host");
    refuses("/headers/type", "x-webhook-signature");
    refuses("/headers/event", "X-Event");
    EXPECT_THAT(with("/headers/type", "X-Event"), IsOk());
    EXPECT_THAT(with("/headers", json::object{{"type", "X-A"}, {"delivery", "x-a"}}),
                FailsWith(ErrorCode::invalid_argument));
}

TEST_F(ProfileFile, NumbersHaveTheirRange) {
    refuses("/version", 0);
    refuses("/version", "1");
    refuses("/timeout_ms", 0);
    refuses("/timeout_ms", 3'600'000);
    refuses("/timeout_ms", 10.5);
    refuses("/retry/jitter_percent", 51);
    refuses("/retry/jitter_percent", -1);
    refuses("/retry/delays_s", json::array{0});
    refuses("/retry/delays_s", json::array{30, "300"});
    refuses("/retry/delays_s", json::array{7 * 24 * 3'600 + 1});
    refuses("/retry/delays_s", json::array(21, 30));
    refuses("/retry/gone_disables", "no");
}

TEST_F(ProfileFile, ACatalogueNamesEachTypeOnceAndSaysWhereItComesFrom) {
    refuses("/events/0/of", json::array{});
    refuses("/events/0/of", json::array{1});
    json::array twice = file_.at("events").as_array();
    twice.push_back(json::value(twice.front()));
    refuses("/events", twice);
    EXPECT_THAT(with("/events", json::array{}), IsOk());
}

TEST_F(ProfileFile, OtherBytesAreRefused) {
    for (const auto* text : {"", "{", "[]", "null", "1", "\xff"})
        EXPECT_THAT(parse_profile(text), FailsWith(ErrorCode::invalid_argument)) << text;
}

}  // namespace
}  // namespace assay::notify
