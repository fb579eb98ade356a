// Fee files: JSON into checked tables, every fault with its place.
// SPDX-License-Identifier: MIT
#include "engine/analysis/fee_tables.hpp"

#include <boost/json.hpp>
#include <limits>
#include <string>
#include <utility>

#include "engine/base/clock.hpp"

namespace assay::engine {
namespace {

namespace json = boost::json;

constexpr MinorUnits amount_max = 1'000'000'000'000;  // ten thousand million major units
constexpr PartsPerMillion rate_max = 1'000'000;
// So that fee_segments() can hold all bounds of a table: 16 + 4 * 8 and the first.
constexpr std::size_t steps_max = 16, fixed_steps_max = 8, fixed_fees_max = 4;

// Reads members of one object and keeps the first fault; after a fault every read is harmless, so
// that callers check once.
class Reader {
  public:
    explicit Reader(std::string_view path) : path_(path) {}

    const std::optional<Error>& fault() const noexcept { return fault_; }

    void refuse(const std::string& pointer, std::string message) {
        if (fault_) return;
        fault_ = fail(ErrorCode::invalid_input, path_ + ": " + std::move(message), pointer);
    }

    const json::object& object(const json::value& value, const std::string& pointer) {
        if (const auto* found = value.if_object()) return *found;
        refuse(pointer, "is not an object");
        return empty_object_;
    }

    const json::array& array(const json::object& parent, std::string_view name,
                             const std::string& pointer) {
        const json::value* value = parent.if_contains(name);
        if (value != nullptr && value->is_array()) return value->get_array();
        refuse(pointer + "/" + std::string(name), "is not an array");
        return empty_array_;
    }

    std::string text(const json::object& parent, std::string_view name,
                     const std::string& pointer) {
        const json::value* value = parent.if_contains(name);
        if (value != nullptr && value->is_string() && !value->get_string().empty())
            return std::string(value->get_string());
        refuse(pointer + "/" + std::string(name), "is not a text");
        return {};
    }

    bool flag(const json::object& parent, std::string_view name, const std::string& pointer) {
        const json::value* value = parent.if_contains(name);
        if (value == nullptr) return false;
        if (value->is_bool()) return value->get_bool();
        refuse(pointer + "/" + std::string(name), "is not true or false");
        return false;
    }

    // A whole number of 0..maximum; `absent` when the member is not there.
    std::int64_t number(const json::object& parent, std::string_view name,
                        const std::string& pointer, std::int64_t maximum,
                        std::optional<std::int64_t> absent = std::nullopt) {
        const json::value* value = parent.if_contains(name);
        if (value == nullptr && absent) return *absent;
        if (value != nullptr && value->is_int64() && value->get_int64() >= 0 &&
            value->get_int64() <= maximum)
            return value->get_int64();
        refuse(pointer + "/" + std::string(name),
               "is not a whole number from 0 to " + std::to_string(maximum));
        return 0;
    }

  private:
    std::string path_;
    std::optional<Error> fault_;
    json::object empty_object_;
    json::array empty_array_;
};

constexpr auto open_end = std::numeric_limits<MinorUnits>::max();

// Calls take(object, up_to, pointer) for each step and holds the steps to their order: bounds
// ascend, and the last one, and only that, is open.
template <class Take>
void read_steps(Reader& reader, const json::object& parent, std::string_view bound_name,
                const std::string& pointer, std::size_t maximum, const Take& take) {
    const json::array& steps = reader.array(parent, "steps", pointer);
    if (steps.empty()) reader.refuse(pointer + "/steps", "is empty");
    if (steps.size() > maximum)
        reader.refuse(pointer + "/steps", "has more than " + std::to_string(maximum) + " steps");
    MinorUnits previous = -1;
    for (std::size_t i = 0; i < steps.size() && !reader.fault(); ++i) {
        const std::string at = pointer + "/steps/" + std::to_string(i);
        const json::object& step = reader.object(steps[i], at);
        const bool last = i + 1 == steps.size();
        if (last && step.contains(bound_name)) reader.refuse(at, "the last step must be open");
        const MinorUnits up_to = last ? open_end : reader.number(step, bound_name, at, amount_max);
        if (up_to <= previous) reader.refuse(at, "steps must ascend");
        previous = up_to;
        take(step, up_to, at);
    }
}

FeeSchedule read_schedule(Reader& reader, const json::object& parent, std::string_view name,
                          const std::string& above) {
    FeeSchedule schedule;
    const std::string pointer = above + "/" + std::string(name);
    const json::value* value = parent.if_contains(name);
    if (value == nullptr) {
        reader.refuse(pointer, "is missing");
        return schedule;
    }
    const json::object& object = reader.object(*value, pointer);
    const std::string shape = reader.text(object, "shape", pointer);
    if (shape != "marginal" && shape != "whole")
        reader.refuse(pointer + "/shape", "is neither marginal nor whole");
    schedule.shape = shape == "whole" ? FeeShape::whole : FeeShape::marginal;
    read_steps(reader, object, "up_to", pointer, steps_max,
               [&](const json::object& step, MinorUnits up_to, const std::string& at) {
                   schedule.steps.push_back({up_to, reader.number(step, "ppm", at, rate_max)});
               });
    if (object.contains("minimum"))
        schedule.minimum = reader.number(object, "minimum", pointer, amount_max);
    if (object.contains("maximum"))
        schedule.maximum = reader.number(object, "maximum", pointer, amount_max);
    if (schedule.minimum && schedule.maximum && *schedule.minimum > *schedule.maximum)
        reader.refuse(pointer, "the minimum is above the maximum");
    return schedule;
}

std::vector<std::string> read_texts(Reader& reader, const json::object& parent,
                                    std::string_view name, const std::string& pointer) {
    std::vector<std::string> texts;
    for (const json::value& value : reader.array(parent, name, pointer)) {
        if (value.is_string() && !value.get_string().empty())
            texts.emplace_back(value.get_string());
        else
            reader.refuse(pointer + "/" + std::string(name), "holds something that is no text");
    }
    return texts;
}

FixedFee read_fixed(Reader& reader, const json::value& value, const std::string& pointer) {
    FixedFee fixed;
    const json::object& object = reader.object(value, pointer);
    fixed.code = reader.text(object, "code", pointer);
    read_steps(reader, object, "up_to", pointer, fixed_steps_max,
               [&](const json::object& step, MinorUnits up_to, const std::string& at) {
                   fixed.steps.emplace_back(up_to, reader.number(step, "amount", at, amount_max));
               });
    return fixed;
}

FeeTable read_table(Reader& reader, const json::value& value, const std::string& pointer) {
    FeeTable table;
    const json::object& object = reader.object(value, pointer);
    table.version = reader.text(object, "effective", pointer);
    const auto effective = parse_time(table.version);
    if (effective && table.version.size() == 10)
        table.effective = std::chrono::floor<std::chrono::days>(*effective);
    else
        reader.refuse(pointer + "/effective", "is not a date");
    table.percentage_code = reader.text(object, "percentage_code", pointer);
    table.net_of_vat = reader.flag(object, "net_of_vat", pointer);
    table.standard = read_schedule(reader, object, "standard", pointer);
    const json::array& categories = reader.array(object, "categories", pointer);
    for (std::size_t i = 0; i < categories.size() && !reader.fault(); ++i) {
        const std::string at = pointer + "/categories/" + std::to_string(i);
        const json::object& category = reader.object(categories[i], at);
        table.categories.push_back(FeeCategory{reader.text(category, "name", at),
                                               read_texts(reader, category, "matches", at),
                                               reader.flag(category, "secondary", at),
                                               read_schedule(reader, category, "schedule", at)});
    }
    const json::array& fixed = reader.array(object, "fixed", pointer);
    if (fixed.size() > fixed_fees_max)
        reader.refuse(pointer + "/fixed", "has more than " + std::to_string(fixed_fees_max));
    for (std::size_t i = 0; i < fixed.size() && !reader.fault(); ++i)
        table.fixed.push_back(
            read_fixed(reader, fixed[i], pointer + "/fixed/" + std::to_string(i)));
    table.sources = read_texts(reader, object, "sources", pointer);
    return table;
}

void read_postage(Reader& reader, const json::object& root, Channel& channel) {
    const json::value* value = root.if_contains("postage");
    if (value == nullptr) return reader.refuse("/postage", "is missing");
    const json::object& postage = reader.object(*value, "/postage");
    read_steps(
        reader, postage, "up_to_grams", "/postage", steps_max,
        [&](const json::object& step, MinorUnits up_to, const std::string& at) {
            channel.postage.push_back({up_to, reader.number(step, "amount", at, amount_max)});
        });
    channel.postage_unknown_weight =
        reader.number(postage, "unknown_weight", "/postage", amount_max);
}

}  // namespace

MinorUnits Channel::postage_for(std::optional<std::int64_t> grams) const noexcept {
    if (!grams) return postage_unknown_weight;
    for (const PostageStep& step : postage) {
        if (*grams <= step.up_to_grams) return step.amount;
    }
    return postage.empty() ? 0 : postage.back().amount;
}

Result<Channel> parse_channel(std::string_view json, std::string_view path) {
    Reader reader(path);
    boost::system::error_code parse_fault;
    const json::value document = json::parse({json.data(), json.size()}, parse_fault);
    if (parse_fault) {
        return fail(ErrorCode::invalid_input,
                    std::string(path) + ": is not JSON: " + parse_fault.message());
    }
    const json::object& root = reader.object(document, "");
    Channel channel;
    channel.name = reader.text(root, "channel", "");
    channel.marketplace = reader.text(root, "marketplace", "");
    const auto currency = Currency::parse(reader.text(root, "currency", ""));
    if (currency)
        channel.currency = *currency;
    else
        reader.refuse("/currency", currency.error().message);
    read_postage(reader, root, channel);
    const json::array& tables = reader.array(root, "tables", "");
    if (tables.empty()) reader.refuse("/tables", "is empty");
    for (std::size_t i = 0; i < tables.size() && !reader.fault(); ++i) {
        const std::string at = "/tables/" + std::to_string(i);
        FeeTable table = read_table(reader, tables[i], at);
        table.channel = channel.name;
        table.currency = channel.currency;
        if (!channel.tables.empty() && table.effective <= channel.tables.back().effective)
            reader.refuse(at + "/effective", "dates must ascend");
        channel.tables.push_back(std::move(table));
    }
    if (reader.fault()) return *reader.fault();
    return channel;
}

}  // namespace assay::engine
