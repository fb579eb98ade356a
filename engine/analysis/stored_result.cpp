// Part by part; amounts are whole, logarithms come from them, probabilities from four decimals.
// SPDX-License-Identifier: MIT
#include "engine/analysis/stored_result.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cmath>

namespace assay::engine {
namespace {

namespace json = boost::json;

constexpr double normal_quantile_90 = 1.2815515655446004;
constexpr double ratio_rounding = 0.00005;  // of what is written with four decimals

Error no_part(std::string_view name) {
    return fail(ErrorCode::invalid_input, "holds no " + std::string(name), std::string(name),
                "analyse without --only, or name verdict, price, demand, profit and risk in it");
}

const json::value* find(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && !value->is_null() ? value : nullptr;
}

const json::object* object_at(const json::object& object, std::string_view name) {
    const json::value* value = find(object, name);
    return value != nullptr ? value->if_object() : nullptr;
}

std::string_view text_at(const json::object& object, std::string_view name) {
    const json::value* value = find(object, name);
    if (value == nullptr || !value->is_string()) return {};
    return value->get_string();
}

std::optional<std::int64_t> integer_at(const json::object& object, std::string_view name) {
    const json::value* value = find(object, name);
    if (value == nullptr || !value->is_int64()) return std::nullopt;
    return value->get_int64();
}

std::optional<double> number_at(const json::object& object, std::string_view name) {
    const json::value* value = find(object, name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

std::vector<std::string_view> texts_at(const json::object& object, std::string_view name) {
    std::vector<std::string_view> texts;
    const json::value* list = find(object, name);
    if (list == nullptr || !list->is_array()) return texts;
    for (const json::value& text : list->get_array()) {
        if (text.is_string()) texts.push_back(text.get_string());
    }
    return texts;
}

template <class Enum, std::size_t count>
std::optional<Enum> named(std::string_view name) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = static_cast<Enum>(i);
        if (to_string(value) == name) return value;
    }
    return std::nullopt;
}

// The spread to four decimals, and nearer where the quantiles say more: of a price of 1,000.00
// they give it to six.
double spread_of(const Price& price, double written) {
    if (price.p10 <= 0 || price.p90 <= price.p10) return written;
    const double by_quantiles =
        std::log(static_cast<double>(price.p90) / static_cast<double>(price.p10)) /
        (2 * normal_quantile_90);
    return std::max(0.0,
                    std::clamp(by_quantiles, written - ratio_rounding, written + ratio_rounding));
}

Result<void> read_price(const json::object& result, StoredResult& out) {
    const json::object* part = object_at(result, "price");
    if (part == nullptr) return no_part("price");
    Price& price = out.price;
    const auto basis = named<PriceBasis, 4>(text_at(*part, "basis"));
    if (!basis) return no_part("price basis");
    price.basis = *basis;
    if (const auto currency = Currency::parse(text_at(*part, "currency")))
        price.currency = *currency;
    price.n = integer_at(*part, "n").value_or(0);
    price.n_used = integer_at(*part, "n_used").value_or(0);
    price.n_effective = number_at(*part, "n_eff").value_or(0);
    price.confidence = static_cast<int>(integer_at(*part, "confidence").value_or(0));
    if (price.basis == PriceBasis::none) return {};
    const auto p10 = integer_at(*part, "p10"), p50 = integer_at(*part, "p50"),
               p90 = integer_at(*part, "p90");
    const auto log_sd = number_at(*part, "log_sd");
    if (!p10 || !p50 || !p90 || !log_sd || *p50 < 0 || price.currency.empty())
        return no_part("complete price");
    price.p10 = *p10;
    price.p50 = *p50;
    price.p90 = *p90;
    price.log_sd = spread_of(price, *log_sd);
    price.log_mean = std::log(std::max(0.25, static_cast<double>(price.p50)));
    return {};
}

// Between the days for which it is written the chance of not selling falls evenly in its logarithm.
double sold_within(double days, double p_30, double p_90) {
    const auto left = [](double p) { return std::log1p(-std::clamp(p, 0.0, 1 - 1e-9)); };
    const double at_30 = left(p_30), at_90 = left(p_90);
    if (days <= 30) return -std::expm1(at_30 * days / 30);
    return -std::expm1(at_30 + (at_90 - at_30) * (days - 30) / 60);
}

// The posterior as the evidence has it, "a=41 b=120 g=0.25": nullopt where it has none.
std::optional<std::array<double, 3>> posterior_of(const json::object& result) {
    const json::value* list = find(result, "evidence");
    if (list == nullptr || !list->is_array()) return std::nullopt;
    for (const json::value& entry : list->get_array()) {
        const json::object* part = entry.if_object();
        if (part == nullptr || text_at(*part, "stage") != "demand") continue;
        const std::string_view detail = text_at(*part, "detail");
        std::array<double, 3> found{};
        bool all = true;
        for (std::size_t i = 0; i < found.size(); ++i) {
            constexpr std::array<std::string_view, 3> names{"a=", "b=", "g="};
            const std::size_t at = detail.find(names[i]);
            const char* end = detail.data() + detail.size();
            all = all && at != std::string_view::npos &&
                  std::from_chars(detail.data() + at + 2, end, found[i]).ec == std::errc{} &&
                  found[i] > 0;
        }
        if (all) return found;
    }
    return std::nullopt;
}

Result<void> read_demand(const json::object& result, double horizon, std::int64_t quantity,
                         StoredResult& out) {
    const json::object* part = object_at(result, "demand");
    if (part == nullptr) return no_part("demand");
    Demand& demand = out.demand;
    const std::string_view basis = text_at(*part, "basis");
    if (basis.empty()) return no_part("demand basis");
    if (basis == to_string(DemandBasis::none)) return {};
    const auto p_30 = number_at(*part, "p_sold_30"), p_90 = number_at(*part, "p_sold_90");
    if (!p_30 || !p_90) return no_part("complete demand");
    demand.basis = DemandBasis::sold_count;  // all that is asked is whether there is one
    demand.units_per_day = number_at(*part, "units_per_day").value_or(0);
    demand.p_sold_30 = *p_30;
    demand.p_sold_90 = *p_90;
    demand.days_expected = number_at(*part, "days_expected");
    demand.days_median = number_at(*part, "days_median").value_or(0);
    demand.p_sold_horizon = horizon == 90 ? *p_90 : sold_within(horizon, *p_30, *p_90);
    demand.quantity = std::max<std::int64_t>(1, quantity);
    demand.sold_share = demand.p_sold_horizon;
    if (demand.quantity > 1)
        demand.sold_share = number_at(*part, "sold_share").value_or(demand.p_sold_horizon);
    const auto posterior = posterior_of(result);
    if (!posterior) return {};
    auto [shape, rate, share] = *posterior;
    const double whole = std::max(1.0, std::round(1 / share));  // one of so many offers
    if (std::abs(1 / whole - share) <= 0.0005) share = 1 / whole;
    const auto within = [&](double days) { return probability_sold(shape, rate, share, days); };
    if (std::abs(within(90) - *p_90) > 2 * ratio_rounding) return {};
    demand.p_sold_horizon = demand.sold_share = within(horizon);
    if (demand.quantity > 1)
        demand.sold_share = units_sold(shape, rate, share, horizon, demand.quantity).expected /
                            static_cast<double>(demand.quantity);
    if (shape > 1 && demand.days_expected) demand.days_expected = rate / (share * (shape - 1));
    return {};
}

Result<void> read_channels(const json::object& result, StoredResult& out) {
    const json::value* list = find(result, "channels");
    if (list == nullptr || !list->is_array() || !result.contains("best_channel"))
        return no_part("profit");
    out.best_channel = text_at(result, "best_channel");
    for (const json::value& entry : list->get_array()) {
        const json::object* channel = entry.if_object();
        if (channel == nullptr) continue;
        const std::string_view name = text_at(*channel, "channel");
        if (name == out.best_channel) out.fee_version = text_at(*channel, "fee_version");
        if (const auto expected = integer_at(*channel, "profit_expected"))
            out.profits.push_back({name, *expected});
    }
    return {};
}

Result<void> read_verdict(const json::object& result, StoredResult& out) {
    const json::object* part = object_at(result, "verdict");
    if (part == nullptr) return no_part("verdict");
    const auto decision = named<Decision, decision_count>(text_at(*part, "decision"));
    if (!decision) return no_part("decision");
    out.decision = *decision;
    out.reasons = texts_at(*part, "reasons");
    if (out.has_reason("duplicate_in_batch")) out.duplicates.role = DuplicateRole::member;
    return {};
}

// What the verdict says of the spread holds, on whichever side of a limit rounding has put it.
void settle_spread(const Defaults& defaults, StoredResult& out) {
    if (out.decision == Decision::insufficient_data) return;
    double& spread = out.price.log_sd;
    const auto settle = [&](double limit, bool above) {
        if (std::abs(spread - limit) > 2 * ratio_rounding || (spread > limit) == above) return;
        spread = above ? std::nextafter(limit, 1e9) : limit;
    };
    settle(defaults.wide_spread, out.has_reason("price_spread_wide"));
    settle(defaults.narrow_spread, !out.has_reason("price_ci_narrow"));
}

}  // namespace

std::optional<MinorUnits> StoredResult::profit_expected() const noexcept {
    for (const StoredProfit& profit : profits) {
        if (profit.channel == best_channel) return profit.expected;
    }
    return std::nullopt;
}

bool StoredResult::has_reason(std::string_view code) const noexcept {
    return std::find(reasons.begin(), reasons.end(), code) != reasons.end();
}

Result<StoredResult> read_stored_result(const json::value& line, const Defaults& defaults,
                                        std::int64_t horizon_days, std::int64_t quantity) {
    const json::object* envelope = line.if_object();
    const json::object* result = envelope != nullptr ? object_at(*envelope, "result") : nullptr;
    if (result == nullptr) return no_part("result");
    StoredResult out;
    const auto as_of = parse_time(text_at(*result, "as_of"));
    if (!as_of) return no_part("as_of");
    out.as_of = *as_of;
    if (const json::object* attributes = object_at(*result, "attributes"))
        out.condition = parse_condition(text_at(*attributes, "condition"));
    if (const json::object* identity = object_at(*result, "identity"))
        out.identity.conflicts = texts_at(*identity, "conflicts");
    if (const json::object* duplicates = object_at(*result, "duplicates"))
        out.duplicates.role =
            named<DuplicateRole, 3>(text_at(*duplicates, "role")).value_or(DuplicateRole::unique);
    if (auto read = read_price(*result, out); !read) return read.error();
    if (auto read = read_demand(*result, static_cast<double>(horizon_days), quantity, out); !read)
        return read.error();
    if (auto read = read_channels(*result, out); !read) return read.error();
    if (auto read = read_verdict(*result, out); !read) return read.error();
    const json::value* risks = find(*result, "risks");
    if (risks == nullptr || !risks->is_array()) return no_part("risks");
    for (const json::value& risk : risks->get_array()) {
        const json::object* found = risk.if_object();
        if (found == nullptr) continue;
        if (text_at(*found, "code") == "bundle_in_comps")
            out.price.left_out[static_cast<std::size_t>(LeftOut::bundle)] = 1;
        if (text_at(*found, "code") == "retail_outlier")
            out.price.retail =
                out.has_reason("retail_outlier") ? RetailCheck::absurd : RetailCheck::low;
    }
    settle_spread(defaults, out);
    return out;
}

}  // namespace assay::engine
