// Names of states, and the options of a batch as JSON.
// SPDX-License-Identifier: MIT
#include "engine/batch/batch.hpp"

#include <simdjson.h>

#include <array>
#include <cmath>
#include <utility>

#include "engine/base/json_writer.hpp"
#include "engine/base/limits.hpp"
#include "engine/batch/field_reader.hpp"
#include "engine/batch/json_scan.hpp"

namespace assay::engine {
namespace {

using Element = simdjson::dom::element;

constexpr std::array<std::string_view, 7> status_names = {
    "receiving", "queued", "in_progress", "completed", "failed", "cancelling", "cancelled"};

// The currency of a lot's terms is known only with its products: amounts as text have two decimals,
// as the stored form has; {amount, currency} gives the exponent of any other currency.
constexpr int lot_decimals = 2;

constexpr std::size_t collection_id_max = 128;
constexpr std::size_t analyzers_max = 32;
constexpr PartsPerMillion premium_max = 1'000'000;
constexpr PartsPerMillion target_roi_max = 100'000'000;

enum : std::size_t {
    collection_id,
    metadata,
    analyzers,
    lot,
    as_of,
    money_unit,
    on_invalid,
    interval
};
constexpr auto option_keys = make_key_table("collection_id", "metadata", "analyzers", "lot",
                                            "as_of", "money_unit", "on_invalid", "ci");
enum : std::size_t { freight, premium, bid, target_roi, probability };
constexpr auto lot_keys = make_key_table("freight", "premium", "bid", "target_roi", "probability");

// A share: 0.05 or "5%". A bare 5 could mean either 5 % or 500 %, so it is refused.
bool read_share(FieldReader& reader, const Element& value, const JsonPath& path,
                PartsPerMillion max, PartsPerMillion& out) {
    constexpr std::string_view remedy = "write a fraction such as 0.05, or \"5%\"";
    double share = 0;
    std::string_view text;
    if (value.is_string()) {
        if (!reader.text(value, path, text)) return false;
        const bool percent = text.ends_with('%');
        if (percent) text.remove_suffix(1);
        // A per cent with four decimals counts millionths.
        const auto millionths = parse_decimal(text, 4);
        if (!millionths || !percent) {
            return reader.fail(ErrorCode::invalid_argument, path, "is not a share",
                               std::string(remedy));
        }
        share = static_cast<double>(*millionths) / 1e6;
    } else if (!reader.number(value, path, -1e9, 1e9, share)) {
        return false;
    } else if (share > 1.0) {
        return reader.fail(ErrorCode::invalid_argument, path, "is more than 1",
                           std::string(remedy));
    }
    const double rate = std::round(share * 1e6);
    if (rate < 0 || rate > static_cast<double>(max)) {
        return reader.fail(ErrorCode::invalid_argument, path, "is out of range",
                           std::string(remedy));
    }
    out = static_cast<PartsPerMillion>(rate);
    return true;
}

bool read_lot(FieldReader& reader, const Element& value, const JsonPath& path, LotTerms& out) {
    Members<5> members;
    if (!reader.members(value, path, lot_keys, members)) return false;
    const auto at = [&](std::size_t k) { return JsonPath(path, lot_keys.name(k)); };
    for (const auto [key, unused] : object_of(value)) {
        if (lot_keys.find(key) < 0) {
            return reader.fail(ErrorCode::invalid_argument, JsonPath(path, key),
                               "is not an option of a lot",
                               "use freight, premium, bid, target_roi or probability");
        }
    }
    if (members.has(freight) && !reader.money(members[freight], at(freight), {}, out.freight))
        return false;
    if (members.has(bid) && !reader.money(members[bid], at(bid), {}, out.bid)) return false;
    if (members.has(premium)) {
        PartsPerMillion rate = 0;
        if (!read_share(reader, members[premium], at(premium), premium_max, rate)) return false;
        out.premium = rate;
    }
    if (members.has(target_roi) &&
        !read_share(reader, members[target_roi], at(target_roi), target_roi_max, out.target_roi))
        return false;
    return !members.has(probability) ||
           reader.number(members[probability], at(probability), 0.01, 0.99, out.probability);
}

// One of two words.
bool read_choice(FieldReader& reader, const Element& value, const JsonPath& path,
                 std::string_view zero, std::string_view one, bool& out) {
    std::string_view word;
    if (!reader.text(value, path, word)) return false;
    if (word != zero && word != one)
        return reader.wrong_type(path, std::string(zero) + " or " + std::string(one));
    out = word == one;
    return true;
}

bool read_names(FieldReader& reader, const Element& value, const JsonPath& path,
                std::vector<std::string>& out) {
    std::vector<std::string_view> names;
    if (!reader.texts(value, path, analyzers_max, names)) return false;
    out.assign(names.begin(), names.end());
    return true;
}

bool read_options(FieldReader& reader, const Members<8>& members, BatchOptions& out) {
    const JsonPath top;
    const auto at = [&](std::size_t k) { return JsonPath(top, option_keys.name(k)); };
    if (members.has(collection_id)) {
        std::string_view id;
        if (!reader.text(members[collection_id], at(collection_id), id, collection_id_max))
            return false;
        if (!id.empty()) out.collection_id = id;
    }
    if (members.has(metadata) && !members[metadata].is_object())
        return reader.wrong_type(at(metadata), "an object");
    if (members.has(metadata) && !reader.walker().walk(members[metadata], at(metadata)))
        return false;
    if (members.has(analyzers) &&
        !read_names(reader, members[analyzers], at(analyzers), out.analyzers))
        return false;
    if (members.has(as_of)) {
        TimePoint time;
        if (!reader.time(members[as_of], at(as_of), time)) return false;
        out.as_of = time;
    }
    bool major = false, reject = false, bootstrap = false;
    if (members.has(money_unit) &&
        !read_choice(reader, members[money_unit], at(money_unit), "minor", "major", major))
        return false;
    if (members.has(on_invalid) &&
        !read_choice(reader, members[on_invalid], at(on_invalid), "fail_item", "reject", reject))
        return false;
    if (members.has(interval) &&
        !read_choice(reader, members[interval], at(interval), "exact", "bootstrap", bootstrap))
        return false;
    out.bootstrap = bootstrap;
    out.money_unit = major ? MoneyUnit::major : MoneyUnit::minor;
    out.on_invalid = reject ? OnInvalid::reject : OnInvalid::fail_item;
    return true;
}

// The metadata object's own text, which a DOM does not keep.
std::string raw_metadata(std::string_view json) {
    JsonScanner scanner(json);
    scanner.take('{');
    std::string_view key, value;
    for (bool first = true; scanner.member(key, value, first) == JsonScanner::Step::member;) {
        if (key == option_keys.name(metadata) && value != "null") return std::string(value);
    }
    return "{}";
}

void append_share(JsonWriter& writer, std::string_view name, PartsPerMillion rate) {
    // "5%" reads back exactly; 1 ppm is 0.0001 %, so the text has up to four decimals.
    writer.member(name, format_decimal(rate, 4) + "%");
}

}  // namespace

std::string_view to_string(BatchStatus status) noexcept {
    return status_names[static_cast<std::size_t>(status)];
}

std::optional<BatchStatus> parse_batch_status(std::string_view text) noexcept {
    for (std::size_t i = 0; i < status_names.size(); ++i) {
        if (status_names[i] == text) return static_cast<BatchStatus>(i);
    }
    return std::nullopt;
}

std::string to_json(const BatchOptions& options) {
    std::string json;
    JsonWriter writer(json);
    writer.begin_object();
    if (options.collection_id) writer.member("collection_id", *options.collection_id);
    writer.key("metadata").raw(options.metadata);
    if (!options.analyzers.empty()) {
        writer.key("analyzers").begin_array();
        for (const std::string& name : options.analyzers)
            writer.string(name);
        writer.end_array();
    }
    writer.key("lot").begin_object();
    if (options.lot.freight)
        writer.member("freight", format_decimal(*options.lot.freight, lot_decimals));
    if (options.lot.premium) append_share(writer, "premium", *options.lot.premium);
    if (options.lot.bid) writer.member("bid", format_decimal(*options.lot.bid, lot_decimals));
    append_share(writer, "target_roi", options.lot.target_roi);
    writer.key("probability").number(options.lot.probability, 9);
    writer.end_object();
    if (options.as_of) writer.member("as_of", to_rfc3339(*options.as_of));
    writer.member("money_unit", options.money_unit == MoneyUnit::major ? "major" : "minor");
    writer.member("on_invalid", options.on_invalid == OnInvalid::reject ? "reject" : "fail_item");
    if (options.bootstrap) writer.member("ci", "bootstrap");
    writer.end_object();
    return json;
}

Result<BatchOptions> parse_batch_options(std::string_view json_object) {
    JsonParser parser;
    Element root;
    const auto as_argument = [](Error error) {
        if (error.code == ErrorCode::invalid_input) error.code = ErrorCode::invalid_argument;
        return error;
    };
    if (auto fault = parser.parse(json_object, root)) return std::move(*fault);
    std::vector<InputNote> notes;
    FieldReader reader;
    Members<8> members;
    BatchOptions options;
    // The lot's bare numbers are read by money_unit, so that is looked up first.
    std::string_view unit;
    const bool major =
        root.is_object() && root["money_unit"].get(unit) == simdjson::SUCCESS && unit == "major";
    reader.start(json_object.size(), parser.has_escapes(),
                 major ? MoneyUnit::major : MoneyUnit::minor, notes);
    const JsonPath top;
    if (!reader.members(root, top, option_keys, members))
        return as_argument(std::move(*reader.walker().fault()));
    for (const auto [key, unused] : object_of(root)) {
        if (option_keys.find(key) < 0) {
            return fail(ErrorCode::invalid_argument, "is not an option of a batch",
                        JsonPath(top, key).to_pointer(),
                        "use collection_id, metadata, analyzers, lot, as_of, money_unit, ci or "
                        "on_invalid");
        }
    }
    if (!read_options(reader, members, options) ||
        (members.has(lot) && !read_lot(reader, members[lot], JsonPath(top, "lot"), options.lot)))
        return as_argument(std::move(*reader.walker().fault()));
    if (members.has(metadata)) options.metadata = raw_metadata(parser.text());
    if (options.metadata.size() > limits::metadata_bytes_max) {
        return fail(ErrorCode::invalid_argument, "is larger than 16 KiB", "/metadata");
    }
    return options;
}

}  // namespace assay::engine
