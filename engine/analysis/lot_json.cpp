// A lot summary as JSON: the `lot` object of a batch's summary.
// SPDX-License-Identifier: MIT
#include "engine/analysis/json_values.hpp"
#include "engine/analysis/lot.hpp"

namespace assay::engine {
namespace {

void write_shares(JsonWriter& json, std::string_view name, const std::vector<LotShare>& shares) {
    json.key(name).begin_array();
    for (const LotShare& share : shares) {
        json.begin_object().member("index", static_cast<std::int64_t>(share.index));
        json.member("expected_net", share.expected_net).member("retail", share.retail);
        json.end_object();
    }
    json.end_array();
}

void write_pallets(JsonWriter& json, const LotSummary& lot) {
    json.key("pallets").begin_array();
    for (const PalletOutlook& pallet : lot.pallets) {
        json.begin_object();
        text_or_null(json, "pallet_id", pallet.name);
        json.member("lines", pallet.lines).member("lines_valued", pallet.lines_valued);
        json.member("units", pallet.units).member("retail", pallet.retail);
        json.key("net").begin_object().member("mean", pallet.net_mean);
        json.member("p10", pallet.net_p10)
            .member("p50", pallet.net_p50)
            .member("p90", pallet.net_p90)
            .end_object();
        json.member("freight", pallet.freight);
        amount_or_null(json, "max_bid", pallet.max_bid);
        json.end_object();
    }
    json.end_array().member("pallets_left_out", lot.pallets_left_out);
}

void write_money(JsonWriter& json, const LotSummary& lot) {
    json.member("currency", lot.currency.code()).member("retail", lot.retail);
    json.member("expected_gross", lot.expected_gross);
    json.key("net").begin_object();
    json.member("mean", lot.net_mean).member("p10", lot.net_p10);
    json.member("p50", lot.net_p50).member("p90", lot.net_p90).end_object();
    json.member("freight", lot.freight).member("premium_ppm", lot.premium);
    json.member("target_roi_ppm", lot.target_roi);
    json.key("target_probability").number(lot.target_probability, 4);
    amount_or_null(json, "max_bid", lot.max_bid);
    number_or_null(json, "max_bid_of_retail", lot.max_bid_of_retail, 4);
    json.key("bids").begin_array();
    for (const BidOutlook& outlook : lot.outlook) {
        json.begin_object().member("bid", outlook.bid);
        json.key("p_profit").number(outlook.p_profit, 3);
        json.key("p_target").number(outlook.p_target, 3).end_object();
    }
    json.end_array();
}

}  // namespace

void append_lot_members(JsonWriter& json, const LotSummary& lot) {
    if (lot.available) {
        json.member("expected_revenue", lot.expected_gross);
        if (lot.retail > 0) {
            const double share =
                static_cast<double>(lot.expected_gross) / static_cast<double>(lot.retail);
            json.key("recovery_pct").number(100.0 * share, 1);
        }
    }
    if (lot.max_bid) json.member("max_bid", *lot.max_bid);
    std::string text;
    append_lot_json(text, lot);
    json.key("lot").raw(text);
}

void append_lot_json(std::string& out, const LotSummary& lot) {
    JsonWriter json(out);
    json.begin_object().member("available", lot.available);
    json.member("lines", lot.lines).member("lines_valued", lot.lines_valued);
    json.member("lines_by_comparables", lot.lines_by_comparables).member("units", lot.units);
    if (lot.available) {
        write_money(json, lot);
        write_shares(json, "carriers", lot.carriers);
        write_shares(json, "draggers", lot.draggers);
        if (!lot.pallets.empty()) write_pallets(json, lot);
        json.member("trust", lot.trust);
    }
    json.key("caveats").begin_array();
    for (const std::string& caveat : lot.caveats)
        json.string(caveat);
    json.end_array().end_object();
}

}  // namespace assay::engine
