// Lot mode: lines from products, the summary from lines, and how far to trust it.
// SPDX-License-Identifier: MIT
#include "engine/analysis/lot.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <map>

#include "engine/analysis/fees.hpp"
#include "engine/analysis/lot_draw.hpp"
#include "engine/base/utf8.hpp"

namespace assay::engine {
namespace {

constexpr double million = 1'000'000;
constexpr std::size_t shares_shown = 5;
constexpr std::size_t lines_named_max = 10;

MinorUnits round_to_minor(double amount) noexcept {
    return static_cast<MinorUnits>(std::llround(std::clamp(amount, -9e17, 9e17)));
}

// What a unit pays besides its value: the channel's standard schedule as one line around the
// median. Category rates are left aside, since in a lot's categories they are secondary and lower:
// a bid should not rest on them.
void set_costs(const Product& product, const Channel& channel, const FeeTable& table,
               LotLine& line) {
    MinorUnits thresholds = 0;
    for (const FixedFee& fee : table.fixed) {
        if (fee.steps.size() > 1) thresholds = std::max(thresholds, fee.steps.rbegin()[1].first);
    }
    // Above the last threshold of the fixed fees: the dearer per-order fee, also for small values.
    const double at = std::max(std::exp(line.log_median), static_cast<double>(thresholds) + 1);
    const FeeSegment fee = fee_around(plan_fees(table, {}), at);
    line.fee_rate = fee.rate;
    line.fixed = fee.fixed;
    line.fixed += static_cast<double>(product.costs.ship_out
                                          ? *product.costs.ship_out
                                          : channel.postage.amount_for(product.weight_grams));
}

const Channel* channel_in(const Tables& tables, std::string_view currency) noexcept {
    for (const Channel& channel : tables.channels) {
        if (channel.currency.code() == currency) return &channel;
    }
    return nullptr;
}

std::string_view currency_of(const LotLine& line) noexcept {
    return {line.currency.data(), line.currency[0] == '\0' ? 0U : 3U};
}

bool is_valued(const LotLine& line) noexcept {
    return line.basis != LotBasis::none && line.quantity > 0;
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

// "lines 4, 9 and 12"; positions count from 1, as people do.
std::string name_lines(std::span<const std::uint64_t> indexes) {
    std::string text = indexes.size() == 1 ? "line " : "lines ";
    for (std::size_t i = 0; i < indexes.size(); ++i) {
        if (i == lines_named_max) {
            return text + " and " + std::to_string(indexes.size() - i) + " more";
        }
        if (i > 0)
            text += i + 1 == indexes.size() && indexes.size() <= lines_named_max ? " and " : ", ";
        text += std::to_string(indexes[i] + 1);
    }
    return text;
}

struct Totals {
    std::vector<LotLine> lines;    // valued, in the lot's currency
    std::vector<LotShare> shares;  // of those
    std::vector<double> weights;   // retail, or value where retail is unknown
    std::vector<std::uint64_t> unvalued, foreign;
    double gross = 0, gross_by_comparables = 0, certainty = 0;
};

Totals add_up(std::span<const LotLine> lines, std::string_view currency, LotSummary& out) {
    Totals totals;
    for (const LotLine& line : lines) {
        ++out.lines;
        out.units += line.quantity;
        const double quantity = static_cast<double>(line.quantity);
        const bool foreign = !currency_of(line).empty() && currency_of(line) != currency;
        const double retail = foreign ? 0 : line.retail * quantity;
        out.retail += round_to_minor(retail);
        if (!is_valued(line)) {
            totals.unvalued.push_back(line.index);
            continue;
        }
        if (foreign) {
            totals.foreign.push_back(line.index);
            continue;
        }
        ++out.lines_valued;
        const double gross = quantity * expected_unit_value(line);
        const double sure = std::exp(-2 * line.log_sd);
        totals.gross += gross;
        if (line.basis == LotBasis::comparables) {
            ++out.lines_by_comparables;
            totals.gross_by_comparables += gross;
            totals.certainty += gross * sure;
        } else {
            totals.certainty += gross * std::min(sure, 0.25);
        }
        totals.lines.push_back(line);
        totals.shares.push_back({line.index, round_to_minor(quantity * expected_unit_net(line)),
                                 round_to_minor(retail)});
        totals.weights.push_back(retail > 0 ? retail : gross);
    }
    out.expected_gross = round_to_minor(totals.gross);
    return totals;
}

struct Ranked {
    LotShare share;
    double by = 0;
};

// The first few by `by`, the largest first.
std::vector<LotShare> first_of(std::vector<Ranked> all) {
    const std::size_t count = std::min(all.size(), shares_shown);
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
                      [](const Ranked& a, const Ranked& b) {
                          return a.by != b.by ? a.by > b.by : a.share.index < b.share.index;
                      });
    std::vector<LotShare> first;
    for (std::size_t i = 0; i < count; ++i)
        first.push_back(all[i].share);
    return first;
}

// Against what the lot brings on average for a line's retail: carriers bring at least that, and of
// those the most; draggers fall furthest short of it.
void pick_shares(const Totals& totals, LotSummary& out) {
    double net = 0, weight = 0;
    for (std::size_t i = 0; i < totals.shares.size(); ++i) {
        net += static_cast<double>(totals.shares[i].expected_net);
        weight += totals.weights[i];
    }
    if (weight <= 0) return;
    std::vector<Ranked> carriers, draggers;
    for (std::size_t i = 0; i < totals.shares.size(); ++i) {
        const LotShare& share = totals.shares[i];
        const auto brings = static_cast<double>(share.expected_net);
        const double shortfall = totals.weights[i] * net / weight - brings;
        if (shortfall < 0.5)  // half a minor unit: the rest is rounding
            carriers.push_back({share, brings});
        else
            draggers.push_back({share, shortfall});
    }
    std::erase_if(carriers, [](const Ranked& one) { return one.share.expected_net <= 0; });
    out.carriers = first_of(std::move(carriers));
    out.draggers = first_of(std::move(draggers));
}

double cost_of_bid(const LotSummary& lot, MinorUnits bid) noexcept {
    const double premium = static_cast<double>(lot.premium) / million;
    return static_cast<double>(bid) * (1 + premium) + static_cast<double>(lot.freight);
}

BidOutlook judge_bid(const LotSummary& lot, std::span<const double> nets, MinorUnits bid) {
    const double cost = cost_of_bid(lot, bid);
    const double target = cost * (1 + static_cast<double>(lot.target_roi) / million);
    return {bid, share_reaching(nets, std::nextafter(cost, 1e300)), share_reaching(nets, target)};
}

// The least unit that people bid in, whole major units: down to them, since a bid above the true
// maximum would miss the target. None: not even one reaches it.
std::optional<MinorUnits> max_bid_for(std::span<const double> nets, const LotSummary& lot,
                                      MinorUnits freight, MinorUnits unit) {
    const double sure = quantile(nets, 1 - lot.target_probability);
    const double cost = sure / (1 + static_cast<double>(lot.target_roi) / million);
    const double bid =
        (cost - static_cast<double>(freight)) / (1 + static_cast<double>(lot.premium) / million);
    if (bid < static_cast<double>(unit)) return std::nullopt;
    return static_cast<MinorUnits>(std::floor(bid)) / unit * unit;
}

MinorUnits major_unit(const Currency& currency) noexcept {
    MinorUnits unit = 1;
    for (int i = 0; i < currency.exponent(); ++i)
        unit *= 10;
    return unit;
}

// The steps people bid in: 1, 2, 2.5 or 5 times a power of ten major units, about a fifth of `bid`.
MinorUnits bid_step(MinorUnits bid, MinorUnits unit) noexcept {
    MinorUnits step = unit;
    for (MinorUnits ten = unit; ten <= bid / 4; ten *= 10) {
        for (const MinorUnits tenths : {10, 20, 25, 50}) {
            const MinorUnits candidate = ten * tenths / 10;
            if (candidate % unit == 0 && candidate <= bid / 4) step = std::max(step, candidate);
        }
    }
    return step;
}

void find_bids(std::span<const double> nets, const LotTerms& terms, LotSummary& out) {
    const MinorUnits unit = major_unit(out.currency);
    out.max_bid = max_bid_for(nets, out, out.freight, unit);
    if (terms.bid) out.outlook.push_back(judge_bid(out, nets, *terms.bid));
    if (!out.max_bid) return;
    const MinorUnits maximum = *out.max_bid;
    if (out.retail > 0)
        out.max_bid_of_retail = static_cast<double>(maximum) / static_cast<double>(out.retail);
    const MinorUnits step = bid_step(maximum, unit);
    MinorUnits below = maximum / step * step;
    if (below == maximum) below -= step;
    for (const MinorUnits round : {below, maximum / step * step + step}) {
        if (round > 0 && round != terms.bid) out.outlook.push_back(judge_bid(out, nets, round));
    }
}

std::string_view pallet_of(const LotLine& line) noexcept {
    const auto end = std::find(line.pallet.begin(), line.pallet.end(), '\0');
    return {line.pallet.data(), static_cast<std::size_t>(end - line.pallet.begin())};
}

// What one pallet brings, in the lot's currency; its share of the freight is set by the caller.
struct PalletLines {
    PalletOutlook outlook;
    std::vector<LotLine> valued;
    double net = 0;
};

std::map<std::string_view, PalletLines> by_pallet(std::span<const LotLine> lines,
                                                  std::string_view currency) {
    std::map<std::string_view, PalletLines> pallets;
    for (const LotLine& line : lines) {
        PalletLines& pallet = pallets[pallet_of(line)];
        ++pallet.outlook.lines;
        pallet.outlook.units += line.quantity;
        if (currency_of(line) != currency) continue;
        pallet.outlook.retail += round_to_minor(line.retail * line.quantity);
        if (!is_valued(line)) continue;
        ++pallet.outlook.lines_valued;
        pallet.valued.push_back(line);
        pallet.net += static_cast<double>(line.quantity) * expected_unit_net(line);
    }
    return pallets;
}

// What it brings if it is bought alone. Freight goes by retail, since it is paid for all pallets
// together; rounded down, so that the shares never add up to more.
void draw_pallet(PalletLines& pallet, double correlation, const LotSummary& lot) {
    PalletOutlook& outlook = pallet.outlook;
    if (lot.retail > 0)
        outlook.freight = static_cast<MinorUnits>(static_cast<double>(lot.freight) *
                                                  static_cast<double>(outlook.retail) /
                                                  static_cast<double>(lot.retail));
    const std::vector<double> nets = draw_lot_nets(pallet.valued, correlation);
    if (nets.empty()) return;
    outlook.net_p10 = round_to_minor(quantile(nets, 0.1));
    outlook.net_p50 = round_to_minor(quantile(nets, 0.5));
    outlook.net_p90 = round_to_minor(quantile(nets, 0.9));
    outlook.max_bid = max_bid_for(nets, lot, outlook.freight, major_unit(lot.currency));
}

void compare_pallets(std::span<const LotLine> lines, double correlation, LotSummary& out) {
    auto by_name = by_pallet(lines, out.currency.code());
    if (by_name.size() - by_name.count({}) < 2) return;
    std::vector<PalletLines*> order;
    for (auto& [name, pallet] : by_name) {
        pallet.outlook.name = name;
        pallet.outlook.net_mean = round_to_minor(pallet.net);
        order.push_back(&pallet);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return a->outlook.net_mean > b->outlook.net_mean;
    });
    const std::size_t shown = std::min(order.size(), limits::pallets_shown_max);
    out.pallets_left_out = static_cast<std::int64_t>(order.size() - shown);
    for (std::size_t i = 0; i < shown; ++i) {
        draw_pallet(*order[i], correlation, out);
        out.pallets.push_back(std::move(order[i]->outlook));
    }
}

void explain_trust(const Totals& totals, const LotTerms& terms, LotSummary& out) {
    auto& caveats = out.caveats;
    if (!totals.unvalued.empty()) {
        caveats.push_back(count_of(totals.unvalued.size(), "line has", "lines have") +
                          " neither sold prices nor a retail price that could be used and count as "
                          "nothing: " +
                          name_lines(totals.unvalued) + ".");
    }
    if (!totals.foreign.empty()) {
        caveats.push_back(count_of(totals.foreign.size(), "line is", "lines are") +
                          " in another currency than " + std::string(out.currency.code()) +
                          " and left out: " + name_lines(totals.foreign) + ".");
    }
    const auto by_recovery = static_cast<std::size_t>(out.lines_valued - out.lines_by_comparables);
    if (by_recovery > 0) {
        const double share = 1 - totals.gross_by_comparables / totals.gross;
        caveats.push_back(
            std::to_string(std::lround(100 * share)) + " % of the value (" +
            count_of(by_recovery, "line", "lines") +
            ") rests on the declared retail price times what its department usually brings; "
            "sold prices of the lines that carry the lot would narrow it most.");
    }
    if (out.net_mean > 0 && out.lines_valued > 1) {
        const LotShare& most = *std::max_element(
            totals.shares.begin(), totals.shares.end(),
            [](const LotShare& a, const LotShare& b) { return a.expected_net < b.expected_net; });
        const double share =
            static_cast<double>(most.expected_net) / static_cast<double>(out.net_mean);
        if (share > 0.3) {
            caveats.push_back("Line " + std::to_string(most.index + 1) + " alone brings " +
                              std::to_string(std::lround(100 * share)) +
                              " % of the net: check it first.");
        }
    }
    if (!terms.freight) caveats.emplace_back("No freight was given: the maximum bid assumes none.");
    if (!terms.premium)
        caveats.emplace_back("No buyer's premium was given: the maximum bid assumes none.");
    if (out.freight > 0 || out.premium > 0)
        caveats.emplace_back(
            "Freight and premium are the lot's: the verdicts of single lines leave both out, "
            "unless "
            "a line names its share (costs.lot_share).");
    const double coverage = static_cast<double>(out.lines_valued) /
                            static_cast<double>(std::max<std::int64_t>(1, out.lines));
    out.trust = static_cast<int>(
        std::lround(std::clamp(100 * coverage * totals.certainty / totals.gross, 0.0, 100.0)));
}

void explain_nothing(std::span<const LotLine> lines, const Tables& tables, LotSummary& out) {
    for (const LotLine& line : lines) {
        ++out.lines;
        out.units += line.quantity;
    }
    if (lines.empty()) {
        out.caveats.emplace_back("The batch holds no line that could be read.");
        return;
    }
    const bool no_channel = std::all_of(lines.begin(), lines.end(), [&](const LotLine& line) {
        return !currency_of(line).empty() && channel_in(tables, currency_of(line)) == nullptr;
    });
    out.caveats.emplace_back(
        no_channel ? "No channel with known fees sells in the currency of these lines."
                   : "No line has sold prices, or a retail price in a known currency: there is "
                     "nothing to value the lot by.");
}

}  // namespace

LotLine make_lot_line(const Product& product, std::uint64_t index, const Attributes& attributes,
                      const Price& price, const Tables& tables, TimePoint as_of) {
    LotLine line;
    line.index = index;
    line.quantity =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(product.quantity, 0, 1'000'000));
    line.retail = static_cast<double>(product.msrp.value_or(0));
    const std::string_view pallet = whole_characters(product.pallet_id, line.pallet.size() - 1);
    std::copy(pallet.begin(), pallet.end(), line.pallet.begin());
    const Currency& currency = price.currency.empty() ? product.currency : price.currency;
    if (!currency.empty()) std::copy_n(currency.code().begin(), 3, line.currency.begin());
    // An empty box has neither the value of its product nor a share of its retail price.
    if (attributes.box_only && price.basis != PriceBasis::sold_comps) return line;
    const Channel* channel = channel_in(tables, currency_of(line));
    if (channel == nullptr) return line;
    const FeeTable* table = channel->in_force(std::chrono::floor<std::chrono::days>(as_of));
    if (table == nullptr) return line;
    if (price.basis == PriceBasis::sold_comps || price.basis == PriceBasis::shrunk) {
        line.basis = LotBasis::comparables;
        line.log_median = price.log_mean;
        line.log_sd = price.log_sd;
    } else if (line.retail > 0) {
        // No condition factor: recovery was measured on goods in just such conditions.
        line.basis = LotBasis::recovery;
        line.log_median = std::log(line.retail * tables.recovery_of(product.category));
        line.log_sd = tables.defaults.prior_tau;
    } else {
        return line;
    }
    set_costs(product, *channel, *table, line);
    return line;
}

Currency lot_currency(std::span<const LotLine> lines) {
    std::map<std::string_view, std::size_t> counts;  // ordered: a tie goes to the first code
    for (const LotLine& line : lines) {
        if (is_valued(line)) ++counts[currency_of(line)];
    }
    std::string_view best;
    std::size_t most = 0;
    for (const auto& [code, count] : counts) {
        if (count <= most) continue;
        best = code;
        most = count;
    }
    return Currency::parse(best).value_or(Currency{});
}

LotSummary value_lot(std::span<const LotLine> lines, const LotTerms& terms, const Tables& tables) {
    LotSummary out;
    out.freight = terms.freight.value_or(0);
    out.premium = terms.premium.value_or(0);
    out.target_roi = terms.target_roi;
    out.target_probability = terms.probability;
    out.currency = lot_currency(lines);
    if (out.currency.empty()) {
        explain_nothing(lines, tables, out);
        return out;
    }
    const Totals totals = add_up(lines, out.currency.code(), out);
    const std::vector<double> nets = draw_lot_nets(totals.lines, tables.defaults.lot_correlation);
    assert(!nets.empty());
    out.available = true;
    double mean = 0;
    for (const LotShare& share : totals.shares)
        mean += static_cast<double>(share.expected_net);
    out.net_mean = round_to_minor(mean);
    out.net_p10 = round_to_minor(quantile(nets, 0.1));
    out.net_p50 = round_to_minor(quantile(nets, 0.5));
    out.net_p90 = round_to_minor(quantile(nets, 0.9));
    pick_shares(totals, out);
    find_bids(nets, terms, out);
    compare_pallets(lines, tables.defaults.lot_correlation, out);
    explain_trust(totals, terms, out);
    return out;
}

}  // namespace assay::engine
