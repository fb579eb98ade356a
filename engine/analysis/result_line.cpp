// Result lines in the order of keys that the schema fixes.
// SPDX-License-Identifier: MIT
#include "engine/analysis/result_line.hpp"

#include <array>

#include "engine/analysis/analysis_plan.hpp"
#include "engine/analysis/json_values.hpp"
#include "engine/base/version.hpp"

namespace assay::engine {
namespace {

constexpr int schema_version = 1;
// Ratios and probabilities: enough to compare, few enough to read.
constexpr int ratio_digits = 4;

template <class Name>
void texts(JsonWriter& json, const Name& name, const std::vector<std::string_view>& list) {
    json.key(name).begin_array();
    for (const std::string_view text : list)
        json.string(text);
    json.end_array();
}

// An IMEI is personal: type allocation code and the last two digits stay.
template <class Name>
void write_masked(JsonWriter& json, const Name& name, std::string_view digits) {
    if (digits.empty()) {
        json.key(name).null();
        return;
    }
    std::array<char, 64> masked{};
    const std::size_t size = std::min(digits.size(), masked.size());
    for (std::size_t i = 0; i < size; ++i)
        masked[i] = i < 8 || i + 2 >= size ? digits[i] : '*';
    json.member(name, std::string_view(masked.data(), size));
}

void write_identity(JsonWriter& json, const Identity& identity) {
    json.key("identity").begin_object();
    text_or_null(json, "gtin14", identity.gtin14);
    text_or_null(json, "isbn13", identity.isbn13);
    text_or_null(json, "asin", identity.asin);
    write_masked(json, "imei", identity.imei);
    json.member("kind", identity.kind.empty() ? std::string_view("none") : identity.kind);
    json.member("valid", identity.valid);
    text_or_null(json, "issuer", identity.issuer);
    texts(json, "repairs", identity.repairs);
    texts(json, "conflicts", identity.conflicts);
    texts(json, "tags", identity.tags);
    json.end_object();
}

template <class Name>
void write_hash(JsonWriter& json, const Name& name, std::uint64_t hash) {
    std::array<char, 21> text{'x', 'x', 'h', '3', ':'};
    for (std::size_t i = 0; i < 16; ++i)
        text[5 + i] = "0123456789abcdef"[(hash >> (60 - 4 * i)) & 0xf];
    json.member(name, std::string_view(text.data(), text.size()));
}

void write_attributes(JsonWriter& json, const Attributes& attributes) {
    const Variant& variant = attributes.variant;
    json.key("attributes").begin_object();
    json.member("title_norm", attributes.title.view());
    text_or_null(json, "brand", attributes.brand);
    text_or_null(json, "model", attributes.model);
    json.key("variant").begin_object();
    json.key("storage_gb");
    if (variant.storage_gb > 0)
        json.integer(variant.storage_gb);
    else
        json.null();
    text_or_null(json, "color", variant.color);
    text_or_null(json, "size", variant.size);
    text_or_null(json, "region", variant.region);
    text_or_null(json, "carrier", variant.carrier);
    json.end_object();
    json.member("condition", to_string(attributes.condition));
    json.member("lot_qty", attributes.lot_quantity);
    json.member("is_bundle", attributes.is_bundle);
    json.member("parts_only", attributes.parts_only);
    json.member("box_only", attributes.box_only);
    write_hash(json, "tokens_hash", attributes.tokens_hash);
    text_or_null(json, "language", attributes.language);
    json.end_object();
}

void write_duplicates(JsonWriter& json, const Duplicates& duplicates) {
    const bool alone = duplicates.role == DuplicateRole::unique;
    json.key("duplicates").begin_object();
    json.member("group", duplicates.group).member("role", to_string(duplicates.role));
    text_or_null(json, "of", duplicates.of);
    number_or_null(json, "score", alone ? std::nullopt : std::optional(duplicates.score),
                   ratio_digits);
    json.key("signals").begin_array();
    for (std::size_t i = 0; i < duplicate_signal_count; ++i) {
        const auto signal = static_cast<DuplicateSignal>(i);
        if ((duplicates.signals & bit(signal)) != 0) json.string(to_string(signal));
    }
    json.end_array().end_object();
}

void write_interval(JsonWriter& json, const Price& price) {
    if (!price.interval_low || !price.interval_high) {
        json.key("ci").null().key("ci_coverage").null();
        return;
    }
    json.key("ci").begin_array();
    json.integer(*price.interval_low).integer(*price.interval_high).end_array();
    json.key("ci_coverage").number(price.interval_coverage, ratio_digits);
}

void write_price(JsonWriter& json, const Price& price) {
    const bool known = price.basis != PriceBasis::none;
    const auto given = [&](MinorUnits amount) {
        return known ? std::optional(amount) : std::nullopt;
    };
    json.key("price").begin_object();
    text_or_null(json, "currency", price.currency.code());
    amount_or_null(json, "p10", given(price.p10));
    amount_or_null(json, "p50", given(price.p50));
    amount_or_null(json, "p90", given(price.p90));
    write_interval(json, price);
    json.member("n", price.n).member("n_used", price.n_used);
    json.key("n_eff").number(price.n_effective, 2);
    json.member("basis", to_string(price.basis));
    number_or_null(json, "shrink_weight", known ? std::optional(price.shrink_weight) : std::nullopt,
                   ratio_digits);
    json.key("outliers").begin_array();
    for (const PriceOutlier& outlier : price.outliers) {
        json.begin_object();
        text_or_null(json, "id", outlier.id);
        json.member("price", outlier.price).member("reason", outlier.reason).end_object();
    }
    json.end_array();
    text_or_null(json, "trend", to_string(price.trend));
    number_or_null(json, "log_sd", known ? std::optional(price.log_sd) : std::nullopt,
                   ratio_digits);
    json.member("confidence", price.confidence);
    json.member("level", price.level.empty() ? std::string_view("low") : price.level);
    json.end_object();
}

void write_demand(JsonWriter& json, const Demand& demand) {
    const bool known = demand.basis != DemandBasis::none;
    const auto given = [&](double number) { return known ? std::optional(number) : std::nullopt; };
    json.key("demand").begin_object();
    json.member("basis", to_string(demand.basis));
    number_or_null(json, "units_per_day", given(demand.units_per_day), ratio_digits);
    number_or_null(json, "str_ratio", demand.str_ratio, ratio_digits);
    number_or_null(json, "str_share", demand.str_share, ratio_digits);
    number_or_null(json, "p_sold_30", given(demand.p_sold_30), ratio_digits);
    number_or_null(json, "p_sold_90", given(demand.p_sold_90), ratio_digits);
    number_or_null(json, "sold_share", given(demand.sold_share), ratio_digits);
    number_or_null(json, "days_expected", demand.days_expected, 1);
    number_or_null(json, "days_median", given(demand.days_median), 1);
    number_or_null(json, "months_of_supply", demand.months_of_supply, 2);
    json.end_object();
}

void write_channel_profit(JsonWriter& json, const ChannelProfit& channel) {
    json.member("shipping", channel.shipping).member("vat", channel.vat);
    json.member("net_proceeds", channel.net_proceeds);
    amount_or_null(json, "landed_cost", channel.landed_cost);
    json.member("storage", channel.storage);
    amount_or_null(json, "profit_at_list", channel.profit_at_list);
    amount_or_null(json, "profit_p50", channel.profit_p50);
    amount_or_null(json, "profit_expected", channel.profit_expected);
    amount_or_null(json, "profit_p10", channel.profit_p10);
    amount_or_null(json, "profit_p90", channel.profit_p90);
    number_or_null(json, "roi_expected", channel.roi_expected, ratio_digits);
    number_or_null(json, "roi_p50", channel.roi_p50, ratio_digits);
    number_or_null(json, "margin", channel.margin, ratio_digits);
    number_or_null(json, "p_loss", channel.p_loss, ratio_digits);
    amount_or_null(json, "break_even", channel.break_even);
    amount_or_null(json, "max_buy_cost", channel.max_buy_cost);
    json.key("dead_zone");
    if (channel.dead_zone) {
        json.begin_object().member("from", channel.dead_zone->from);
        json.member("until", channel.dead_zone->until).end_object();
    } else {
        json.null();
    }
    amount_or_null(json, "profit_per_day", channel.profit_per_day);
    amount_or_null(json, "min_roi_price", channel.min_roi_price);
    number_or_null(json, "cash_days", channel.cash_days, 1);
}

void write_channels(JsonWriter& json, const Profit& profit, const PrintedParts& parts) {
    json.key("channels").begin_array();
    for (std::size_t i = 0; i < profit.used; ++i) {
        const ChannelProfit& channel = profit.channels[i];
        json.begin_object();
        json.member("channel", channel.channel).member("list_price", channel.list_price);
        if (parts.fees) {
            json.key("fees").begin_array();
            for (const FeeLine& line : channel.fees) {
                json.begin_object().member("code", line.code);
                json.member("amount", line.amount).end_object();
            }
            json.end_array().member("fees_total", channel.fees_total);
        }
        if (parts.profit) write_channel_profit(json, channel);
        json.member("fee_version", channel.fee_version).end_object();
    }
    json.end_array();
    if (!parts.profit) return;
    text_or_null(json, "best_channel",
                 profit.used > 0 ? profit.channels[profit.best].channel : std::string_view());
}

void write_risks(JsonWriter& json, const Risks& risks) {
    json.key("risks").begin_array();
    for (const Risk& risk : risks.found) {
        json.begin_object().member("code", risk.code);
        json.member("severity", to_string(risk.severity));
        text_or_null(json, "matched", risk.matched);
        json.end_object();
    }
    json.end_array();
}

void write_listing(JsonWriter& json, const Listing& listing) {
    json.key("listing");
    if (!listing.judged) {
        json.null();
        return;
    }
    json.begin_object().member("score", listing.score).key("defects").begin_array();
    for (const ListingDefect& found : listing.defects) {
        json.begin_object().member("code", to_string(found.defect)).member("at", listing.at);
        amount_or_null(json, "value", found.value);
        amount_or_null(json, "limit", found.limit);
        json.end_object();
    }
    json.end_array().end_object();
}

void write_verdict(JsonWriter& json, const Verdict& verdict) {
    json.key("verdict").begin_object();
    json.member("decision", to_string(verdict.decision)).member("score", verdict.score);
    texts(json, "reasons", verdict.reasons);
    texts(json, "missing", verdict.missing);
    json.end_object();
}

bool is_printed(const PrintedParts& parts, std::string_view stage) noexcept {
    if (stage == "identity") return parts.identity;
    if (stage == "attributes") return parts.attributes;
    if (stage == "duplicates") return parts.duplicates;
    if (stage == "price") return parts.price;
    if (stage == "demand") return parts.demand;
    if (stage == "fees") return parts.fees;
    if (stage == "profit") return parts.profit;
    if (stage == "risk") return parts.risk;
    if (stage == "verdict") return parts.verdict;
    return true;  // intake: what happened to the input concerns every reader
}

void write_evidence(JsonWriter& json, const EvidenceList& evidence, const PrintedParts& parts) {
    json.key("evidence").begin_array();
    for (const Evidence& entry : evidence.entries()) {
        if (!is_printed(parts, entry.stage)) continue;
        json.begin_object().member("stage", entry.stage).member("source", entry.source);
        json.member("rule", entry.rule).member("detail", entry.detail).end_object();
    }
    json.end_array();
}

void write_product_data(JsonWriter& json, std::string_view product_data) {
    json.key("product_data").raw(product_data.empty() ? std::string_view("{}") : product_data);
}

// The schema's closed list of item errors: whatever else reading can find wrong is wrong input.
std::string_view item_error_code(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::duplicate_product_id:
        case ErrorCode::ambiguous_money:
        case ErrorCode::timeout:
        case ErrorCode::cancelled:
        case ErrorCode::internal:
            return to_string(code);
        default:
            return to_string(ErrorCode::invalid_input);
    }
}

void append_unanalysed_line(std::string& out, std::string_view product_id,
                            std::string_view product_data, std::string_view status,
                            const Error& fault, std::string_view stage) {
    JsonWriter json(out);
    json.begin_object().member("product_id", product_id);
    write_product_data(json, product_data);
    json.member("status", status).member("progress", 100).key("result").null();
    json.key("error").begin_object();
    json.member("code", item_error_code(fault.code));
    json.key("message");
    if (fault.remedy.empty())
        json.string(fault.message);
    else
        json.string(fault.message + " (" + fault.remedy + ")");
    json.member("stage", stage).member("retryable", is_retryable(fault.code));
    json.member("attempts", 1);
    text_or_null(json, "field", fault.field);
    if (fault.line) json.member("line", static_cast<std::int64_t>(*fault.line));
    json.end_object().end_object();
    out += '\n';
}

}  // namespace

void append_result_line(std::string& out, const Product& product, const Analysis& analysis,
                        const PrintedParts& parts, const LineContext& context) {
    JsonWriter json(out);
    json.begin_object().member("product_id", product.product_id);
    write_product_data(json, product.product_data);
    json.member("status", "completed").member("progress", 100);
    json.key("result").begin_object();
    json.member("schema_version", schema_version).member("engine", version);
    text_or_null(json, "fee_version", context.fee_version);
    json.member("as_of", context.as_of);
    write_hash(json, "input_hash", context.input_hash);
    if (parts.identity) write_identity(json, analysis.identity);
    if (parts.attributes) write_attributes(json, analysis.attributes);
    if (parts.duplicates) write_duplicates(json, analysis.duplicates);
    if (parts.price) write_price(json, analysis.price);
    if (parts.demand) write_demand(json, analysis.demand);
    if (parts.fees || parts.profit) write_channels(json, analysis.profit, parts);
    if (parts.verdict) write_verdict(json, analysis.verdict);
    if (parts.risk) write_risks(json, analysis.risks);
    if (parts.listing) write_listing(json, analysis.listing);
    write_evidence(json, analysis.evidence, parts);
    json.end_object().key("error").null().end_object();
    out += '\n';
}

void append_failed_line(std::string& out, std::string_view product_id,
                        std::string_view product_data, const Error& fault, std::string_view stage) {
    append_unanalysed_line(out, product_id, product_data, "failed", fault, stage);
}

void append_cancelled_line(std::string& out, std::string_view product_id) {
    const Error fault =
        fail(ErrorCode::cancelled, "the batch was cancelled before this product ran");
    append_unanalysed_line(out, product_id, {}, "cancelled", fault, "admit");
}

}  // namespace assay::engine
