// Tests of XML: what the handler hears, in any split, and what is never let through.
// SPDX-License-Identifier: MIT
#include "engine/batch/xml_reader.hpp"

#include <gmock/gmock.h>

#include "engine/base/limits.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

// Writes down what it hears: "<a x=1>text</a>".
class Scribe final : public XmlHandler {
  public:
    bool open(std::string_view name, const XmlAttributes& attributes) override {
        heard += "<" + std::string(name);
        if (!attributes["x"].empty()) heard += " x=" + std::string(attributes["x"]);
        if (attributes.flag("hidden")) heard += " hidden";
        heard += ">";
        return name != stop_at;
    }
    bool close(std::string_view name) override {
        heard += "</" + std::string(name) + ">";
        return true;
    }
    bool text(std::string_view text) override {
        heard += text;
        return true;
    }
    std::string heard;
    std::string stop_at;
};

Result<bool> read(Scribe& scribe, std::string_view xml, std::size_t step = 1 << 20) {
    XmlReader reader(scribe);
    while (!xml.empty()) {
        auto more = reader.feed(xml.substr(0, step));
        if (!more || !*more) return more;
        xml.remove_prefix(std::min(step, xml.size()));
    }
    return reader.finish();
}

TEST(XmlReader, HearsTheSameInAnySplit) {
    constexpr std::string_view xml =
        "<?xml version=\"1.0\"?><s:a xmlns:s=\"urn:x\" s:x=\"1\" hidden=\"true\">"
        "T&amp;\xc3\xa9&#x20AC;<b><![CDATA[<raw>]]></b><!-- c --></s:a>";
    constexpr std::string_view expected = "<a x=1 hidden>T&\xc3\xa9\xe2\x82\xac<b><raw></b></a>";
    for (std::size_t step = 1; step <= xml.size(); ++step) {
        Scribe scribe;
        ASSERT_THAT(read(scribe, xml, step), IsOk());
        EXPECT_EQ(scribe.heard, expected) << "in steps of " << step;
    }
}

TEST(XmlReader, EndsWhereTheHandlerSays) {
    Scribe scribe;
    scribe.stop_at = "b";
    const auto more = read(scribe, "<a><b/><c/></a>");
    ASSERT_THAT(more, IsOk());
    EXPECT_FALSE(*more);
    EXPECT_EQ(scribe.heard, "<a><b>") << "nothing after the stop, not even its own end";
}

TEST(XmlReader, KnowsNoDocumentTypesAndSoNoEntities) {
    for (const std::string_view xml :
         {"<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY e \"boom\">]><a>&e;</a>",
          "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><a>&e;</a>",
          "<!DOCTYPE a [<!ENTITY x \"yy\"><!ENTITY z \"&x;&x;&x;\">]><a>&z;</a>",
          "<!DOCTYPE a SYSTEM \"http://example.com/a.dtd\"><a/>"}) {
        Scribe scribe;
        const auto more = read(scribe, xml);
        ASSERT_THAT(more, FailsWith(ErrorCode::unsupported_media)) << xml;
        EXPECT_THAT(more.error().message, HasSubstr("document type")) << xml;
        EXPECT_EQ(scribe.heard, "") << xml;
    }
    Scribe scribe;
    EXPECT_THAT(read(scribe, "<a>&unknown;</a>"), FailsWith(ErrorCode::unsupported_media));
}

TEST(XmlReader, RefusesWhatIsNotSound) {
    for (const std::string_view xml :
         {"", "text", "<a>", "<a></b>", "<a><a", "<a/><a/>", "<a b=1/>", "<a>\x01</a>",
          "<a>\xff</a>", "<a b='1' b='2'/>"}) {
        Scribe scribe;
        const auto more = read(scribe, xml);
        EXPECT_THAT(more, FailsWith(ErrorCode::unsupported_media)) << xml;
    }
}

TEST(XmlReader, BoundsDepthAndTags) {
    std::string deep;
    for (std::size_t i = 0; i <= limits::xml_depth_max; ++i)
        deep += "<a>";
    Scribe scribe;
    EXPECT_THAT(read(scribe, deep), FailsWith(ErrorCode::unsupported_media));
    const std::string wide = "<a b=\"" + std::string(limits::xml_token_bytes_max * 2, 'x') + "\"/>";
    Scribe unheard;
    EXPECT_THAT(read(unheard, wide), FailsWith(ErrorCode::unsupported_media));
    EXPECT_EQ(unheard.heard, "");
    const std::string text = "<a>" + std::string(limits::xml_token_bytes_max * 2, 'x') + "</a>";
    Scribe long_text;
    EXPECT_THAT(read(long_text, text), IsOk()) << "a text comes in pieces and may be long";
    EXPECT_EQ(long_text.heard, text);
}

TEST(XmlReader, ReadsOtherEncodingsAsTheyAreDeclared) {
    Scribe scribe;
    ASSERT_THAT(read(scribe, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>"), IsOk());
    EXPECT_EQ(scribe.heard, "<a>\xc3\xa9</a>");
}

}  // namespace
}  // namespace assay::engine
