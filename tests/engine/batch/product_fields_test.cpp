// Tests of every field of the published input schema against everything that can be wrong with it:
// the product fails, or is tagged, and either names the field and says how to mend it.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/batch/product_parser.hpp"
#include "tests/engine/batch/product_fields.hpp"
#include "tests/engine/batch/taken_items.hpp"

namespace assay::engine {
namespace {

using testing::Field;
using testing::Kind;
using testing::product_fields;
using testing::take;
using testing::Taken;

const std::string too_long = '"' + std::string(limits::string_bytes_max + 1, 'x') + '"';
const std::string control = R"("a\u0001b")";

// What each kind of field must never take silently.
std::vector<std::string> bad_values(Kind kind) {
    switch (kind) {
        case Kind::text:
            return {"7", "-1", "1e300", "true", "[]", "{}", control, too_long};
        case Kind::name:
            return {"true", "[]", "{}", control, too_long};
        case Kind::identifier:
            return {"-4006381333931", "4006381333931", "4.9e12", "true", "[]", "{}",
                    control,          too_long};
        case Kind::condition:
            return {
                R"("as found in the attic")", "-1", "1e300", "true", "[]", "{}", control, too_long};
        case Kind::language:
            return {R"("the tongue of the angels")", "7", "true", "[]", control, too_long};
        case Kind::money:
            return {"true",
                    "[]",
                    "-1",
                    R"("-1")",
                    "1.5",
                    "9223372036854775807",
                    "18446744073709551615",
                    R"("99999999999999999999999")",
                    R"("NaN")",
                    R"("Infinity")",
                    R"("-Infinity")",
                    R"("1e5")",
                    R"("1,50")",
                    R"("$5")",
                    R"("")",
                    R"("1.999")",
                    R"({"amount":"1","currency":"XXQ"})",
                    R"({"amount":"1","currency":"GBP"})",
                    R"({"amount":-1,"currency":"EUR"})",
                    R"({"currency":"EUR"})",
                    R"({"amount":"NaN"})",
                    control,
                    too_long};
        case Kind::count:
            return {"true",
                    "[]",
                    "{}",
                    "-3",
                    "1.5",
                    "1e300",
                    "9223372036854775807",
                    "18446744073709551615",
                    R"("3")",
                    R"("NaN")",
                    R"("Infinity")",
                    R"("")",
                    control};
        case Kind::number:
            return {"true",     "[]",       "{}",
                    "-1",       "1e300",    "18446744073709551615",
                    R"("0.5")", R"("NaN")", R"("Infinity")",
                    R"("")",    control};
        case Kind::flag:
            return {"0", "1", "-1", R"("true")", R"("yes")", R"("")", "[]", "{}", R"("NaN")"};
        case Kind::time:
            return {"0",
                    "true",
                    "[]",
                    "{}",
                    R"("soon")",
                    R"("NaN")",
                    R"("")",
                    R"("2026-13-01")",
                    R"("01.05.2026")",
                    R"("2026-02-30T10:00:00Z")",
                    control,
                    too_long};
        case Kind::choice:
            return {R"("none of them")", "1", "-1", "true", "{}", R"("NaN")", control, too_long};
        case Kind::list:
            return {R"("x")", R"("")", "5", "-1", "true", "{}", R"("NaN")"};
        case Kind::object:
            return {R"("x")", R"("")", "5", "-1", "true", "[]", R"("NaN")"};
    }
    return {};
}

// A sound product around one value: "/costs/prep" and "5" give {...,"costs":{"prep":5}}.
std::string product_with(std::string_view pointer, const std::string& value) {
    const std::size_t slash = pointer.find('/', 1);
    const std::string_view key = pointer.substr(1, slash - 1);
    const bool is_last = slash == std::string_view::npos;
    const std::string_view rest = is_last ? std::string_view() : pointer.substr(slash);
    std::string inner = value;
    if (key == "dims_mm" && !is_last) {
        std::string sides[] = {"1", "2", "3"};
        sides[rest[1] - '0'] = value;
        inner = "[" + sides[0] + "," + sides[1] + "," + sides[2] + "]";
    } else if (rest.starts_with("/0")) {
        const std::string_view member = rest.substr(std::min<std::size_t>(3, rest.size()));
        const std::string beside = member == "price" || member == "url" ? ""
                                   : key == "images"                    ? R"("url":"u",)"
                                                                        : R"("price":100,)";
        inner = member.empty() ? "[" + value + "]"
                               : "[{" + beside + "\"" + std::string(member) + "\":" + value + "}]";
    } else if (!is_last) {
        const std::string inside = product_with(rest, value);
        inner = "{" + inside.substr(inside.find("},") + 2);
    }
    std::string members = R"("own":{},)" + ("\"" + std::string(key) + "\":") + inner;
    std::string sound;
    if (key != "title") sound += R"("title":"A",)";
    if (key != "identifiers") sound += R"("identifiers":{"ean":"1"},)";
    if (key != "currency") sound += R"("currency":"EUR",)";
    return "{" + sound + members + "}";
}

// "/msrp" itself, or what lies in it or around it: a currency of an amount, the entry of a list.
bool names(std::string_view told, std::string_view pointer) {
    if (told.empty()) return false;
    const std::string_view shorter = told.size() < pointer.size() ? told : pointer;
    return told.starts_with(shorter) && pointer.starts_with(shorter) &&
           std::count(shorter.begin(), shorter.end(), '/') >=
               std::min<std::ptrdiff_t>(2, std::count(pointer.begin(), pointer.end(), '/'));
}

class ProductFields : public ::testing::Test {
  protected:
    // How the product's maker hears of the value: a fault or a note that names the field.
    ::testing::AssertionResult is_told(const Field& field, const std::string& value) {
        const std::string json = product_with(field.pointer, value);
        const auto fault = parser_.parse(json, "id", MoneyUnit::minor, product_);
        const std::string shown = json.substr(0, 200);
        if (fault) {
            if (names(fault->field, field.pointer) && !fault->message.empty() &&
                !fault->remedy.empty())
                return ::testing::AssertionSuccess();
            return ::testing::AssertionFailure() << shown << " fails with " << describe(*fault);
        }
        for (const InputNote& note : product_.notes) {
            if (names(note.field, field.pointer) && !note.code.empty() && !note.detail.empty())
                return ::testing::AssertionSuccess();
        }
        return ::testing::AssertionFailure() << shown << " is taken silently";
    }

    ProductParser parser_;
    Product product_;
};

TEST_F(ProductFields, TakeNothingWrongSilently) {
    std::size_t checked = 0;
    for (const Field& field : product_fields) {
        for (const std::string& value : bad_values(field.kind)) {
            EXPECT_TRUE(is_told(field, value));
            ++checked;
        }
    }
    EXPECT_GT(checked, 900U);
}

// NaN, Infinity and numbers beyond 64 bits are no JSON at all; even so the field is named.
TEST_F(ProductFields, NameTheValueThatIsNoJson) {
    for (const Field& field : product_fields) {
        for (const char* value : {"NaN", "Infinity", "-Infinity", "1e400", "-1e400", "None",
                                  "123456789012345678901234567890", "0x10", "+5", ".5", "05"}) {
            const auto fault =
                parser_.parse(product_with(field.pointer, value), "id", MoneyUnit::minor, product_);
            ASSERT_TRUE(fault) << field.pointer << " " << value;
            EXPECT_EQ(fault->field, field.pointer) << value;
            EXPECT_FALSE(fault->remedy.empty()) << value;
        }
    }
}

TEST_F(ProductFields, NullIsAbsentEverywhere) {
    for (const Field& field : product_fields) {
        const bool in_list = field.pointer.find("/0") != std::string_view::npos ||
                             field.pointer.starts_with("/dims_mm/");
        if (in_list && field.pointer != "/comparables/0/shipping") continue;
        const auto fault =
            parser_.parse(product_with(field.pointer, "null"), "id", MoneyUnit::minor, product_);
        EXPECT_FALSE(fault) << field.pointer << ": " << describe(*fault);
    }
}

struct TooMany {
    std::string_view pointer, entry;
    std::size_t max;
};

TEST_F(ProductFields, ListsAreBounded) {
    for (const TooMany& list :
         {TooMany{"/comparables", R"({"price":100})", limits::comparables_max},
          TooMany{"/market/rank_history", R"(["2026-05-01",7])", limits::rank_history_max},
          TooMany{"/images", "\"u\"", 1'000}, TooMany{"/risk/restricted", "\"r\"", 1'000},
          TooMany{"/overrides/channels", "\"c\"", 1'000},
          TooMany{"/overrides/analyzers", "\"a\"", 1'000},
          TooMany{"/device/functional", "\"f\"", 1'000}}) {
        std::string entries(list.entry);
        for (std::size_t i = 1; i < list.max; ++i)
            entries.append(",").append(list.entry);
        const auto parse = [&](const std::string& inside) {
            return parser_.parse(product_with(list.pointer, "[" + inside + "]"), "id",
                                 MoneyUnit::minor, product_);
        };
        EXPECT_FALSE(parse(entries)) << list.pointer;
        const auto fault = parse(entries.append(",").append(list.entry));
        ASSERT_TRUE(fault) << list.pointer;
        EXPECT_EQ(fault->field, list.pointer);
        EXPECT_FALSE(fault->remedy.empty()) << list.pointer;
    }
}

TEST_F(ProductFields, AnEmptyTextIsAbsent) {
    for (const Field& field : product_fields) {
        if (field.kind != Kind::text && field.kind != Kind::identifier &&
            field.kind != Kind::name && field.kind != Kind::condition &&
            field.kind != Kind::language)
            continue;
        EXPECT_FALSE(
            parser_.parse(product_with(field.pointer, "\" \""), "id", MoneyUnit::minor, product_))
            << field.pointer;
    }
    const auto fault = parser_.parse(R"({"title":" ","identifiers":{"ean":""}})", "id",
                                     MoneyUnit::minor, product_);
    ASSERT_TRUE(fault) << "something must name the product";
    EXPECT_EQ(fault->field, "/title");
}

TEST_F(ProductFields, EachReachesTheAnalyzersAsItWasGiven) {
    ASSERT_FALSE(parser_.parse(
        R"({"title":"A","images":["u",{"url":"v","sha256":")" + std::string(64, 'a') +
            R"(","width":800,"height":600}],)"
            R"("device":{"imei":490154203237518,"model":"X","functional":["camera","wifi"]},)"
            R"("model":"Y","identifiers":{"imei":"490154203237526"},)"
            R"("overrides":{"analyzers":["price","risk"]},"tax":{"regime":"standard"}})",
        "id", MoneyUnit::minor, product_));
    ASSERT_EQ(product_.images.size(), 2U);
    EXPECT_EQ(product_.images[0].url, "u");
    EXPECT_EQ(product_.images[1].sha256, std::string(64, 'a'));
    EXPECT_EQ(product_.images[1].height, 600);
    EXPECT_EQ(product_.image_count, 2);
    EXPECT_EQ(product_.device.imei, "490154203237518");
    EXPECT_EQ(product_.identifiers.imei, "490154203237526") << "both stay, so that they can clash";
    EXPECT_EQ(product_.device.model, "X");
    EXPECT_EQ(product_.model, "Y");
    EXPECT_EQ(product_.device.functional, "fail");
    EXPECT_EQ(product_.device.failed_functions, (std::vector<std::string_view>{"camera", "wifi"}));
    EXPECT_EQ(product_.overrides.analyzers, (std::vector<std::string_view>{"price", "risk"}));
    EXPECT_FALSE(product_.tax->rate) << "the channel's country has one";
    ASSERT_FALSE(parser_.parse(R"({"title":"A"})", "id", MoneyUnit::minor, product_));
    EXPECT_TRUE(product_.images.empty());
    EXPECT_TRUE(product_.device.failed_functions.empty());
    EXPECT_TRUE(product_.overrides.analyzers.empty());
}

TEST(ProductId, IsCheckedAtIntake) {
    IntakeOptions options;
    options.format = InputFormat::ndjson;
    for (const std::string value :
         {"7", "true", "[]", "{}", "\"\"", R"("a\u0001b")", "-1", "1e300"}) {
        const Taken taken = take(options, "{\"product_id\":" + value + ",\"title\":\"A\"}");
        ASSERT_EQ(taken.items.size(), 1U) << value;
        ASSERT_TRUE(taken.items[0].fault) << value;
        EXPECT_EQ(taken.items[0].fault->field, "/product_id") << value;
        EXPECT_FALSE(taken.items[0].fault->remedy.empty()) << value;
    }
    const Taken longest =
        take(options, "{\"product_id\":\"" + std::string(129, 'x') + "\",\"title\":\"A\"}");
    EXPECT_EQ(longest.items.at(0).fault.value().field, "/product_id");
}

}  // namespace
}  // namespace assay::engine
