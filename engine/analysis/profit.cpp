// Profit per channel: exact figures at the quantiles of the price, expectations in closed form.
// SPDX-License-Identifier: MIT
#include "engine/analysis/profit.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/analysis/break_even.hpp"
#include "engine/analysis/lognormal.hpp"

// The price a buyer pays is lognormal. On each segment of the fee schedule every outcome (sold,
// returned, not sold) is affine in it, so an expectation is a sum of probabilities and partial
// means, eight normal integrals for a usual schedule, and exact: a grid of quantiles would read
// 0.2 to 0.5 % low. A list price of the user's own is no lognormal: a sale is one at that price
// (how likely it is, demand says), and what comes back or is left over is worth the market's price,
// or the user's where that is less.
namespace assay::engine {
namespace {

constexpr double million = 1'000'000;

MinorUnits round_to_minor(double amount) noexcept {
    return static_cast<MinorUnits>(std::llround(amount));
}

VatRegime applied_regime(const Product& product) noexcept {
    if (!product.tax) return VatRegime::none;
    // Only what was bought without VAT may be taxed on its margin.
    if (product.tax->regime == VatRegime::margin && product.tax->purchase_vat)
        return VatRegime::standard;
    return product.tax->regime;
}

// How long a unit lies on the shelf before it sells: what storage is paid for.
double shelf_days(const Demand& demand, double horizon) noexcept {
    if (demand.basis == DemandBasis::none) return horizon;
    return std::min(horizon, demand.unit_days());
}

// What sending one unit costs the seller; nothing where the channel's warehouse sends.
MinorUnits postage_of(const Product& product, const Tables& tables, const Channel& home,
                      std::chrono::sys_days date) noexcept {
    if (home.sends) return 0;
    if (product.costs.ship_out) return *product.costs.ship_out;
    return home.postage.amount_for(billable_grams(tables.carriers, home.postage.carrier, date,
                                                  product.weight_grams, product.dimensions_mm));
}

SaleTerms make_terms(const Product& product, const Demand& demand, const Tables& tables,
                     const Profit& profit, const ChannelProfit& channel) {
    const Costs& costs = product.costs;
    const Defaults& defaults = tables.defaults;
    SaleTerms terms;
    terms.fees = channel.plan;
    assert(channel.home != nullptr);
    terms.ship_out = postage_of(product, tables, *channel.home, profit.date);
    terms.packaging = costs.packaging.value_or(0);
    terms.unit_cost = product.unit_cost.value_or(0);
    terms.other_costs =
        costs.inbound.value_or(0) + costs.prep.value_or(0) + costs.lot_share.value_or(0);
    const double horizon =
        static_cast<double>(product.overrides.horizon_days.value_or(defaults.horizon_days));
    const double storage = static_cast<double>(costs.storage_per_day.value_or(0));
    terms.storage_sold = storage * shelf_days(demand, horizon);
    terms.storage_unsold = storage * horizon;
    terms.ads_rate = costs.ads_rate.value_or(0);
    terms.regime = profit.regime;
    terms.vat_rate = channel.vat_rate;
    terms.purchase_vat = product.tax && product.tax->purchase_vat;
    if (terms.regime == VatRegime::equivalence)
        terms.purchase_surcharge = tables.vat.surcharge_on(terms.vat_rate);
    terms.salvage_rate = defaults.salvage_rate;
    terms.return_regain = defaults.return_regain;
    return terms;
}

// How often what is sold comes back, and what share of the units is sold.
struct Chances {
    double returned = 0, sold = 1;
};

struct Expectation {
    double profit = 0, loss_probability = 0;
};

// What one outcome brings on average over the price.
double mean_of(const Lognormal& price, std::span<const SaleSegment> segments,
               Line SaleSegment::*outcome) noexcept {
    double sum = 0;
    Lognormal::Below low = price.below(0);
    for (const SaleSegment& segment : segments) {
        const Lognormal::Below high = price.below(segment.until);
        const Line& line = segment.*outcome;
        sum += line.constant * (high.probability - low.probability) +
               line.slope * (high.mean - low.mean);
        low = high;
    }
    return sum;
}

// Of sales that leave `profit` each; `rest`: the price of what comes back or is left over.
Expectation expect_at(MinorUnits profit, const Lognormal& rest,
                      std::span<const SaleSegment> segments, Chances chances) noexcept {
    const double returned = mean_of(rest, segments, &SaleSegment::returned);
    const double unsold = mean_of(rest, segments, &SaleSegment::unsold);
    const double sold =
        (1 - chances.returned) * static_cast<double>(profit) + chances.returned * returned;
    return {chances.sold * sold + (1 - chances.sold) * unsold, profit < 0 ? 1.0 : 0.0};
}

Expectation expect(const Lognormal& price, std::span<const SaleSegment> segments,
                   Chances chances) noexcept {
    Expectation sum;
    Lognormal::Below low = price.below(0);
    for (const SaleSegment& segment : segments) {
        const Lognormal::Below high = price.below(segment.until);
        const double probability = high.probability - low.probability;
        const double mean = high.mean - low.mean;
        const auto partial = [&](const Line& line) {
            return line.constant * probability + line.slope * mean;
        };
        const double sold = (1 - chances.returned) * partial(segment.sold) +
                            chances.returned * partial(segment.returned);
        sum.profit += chances.sold * sold + (1 - chances.sold) * partial(segment.unsold);
        const Line& line = segment.sold;
        const double root = line.slope == 0 ? segment.from : -line.constant / line.slope;
        const double cut = root <= segment.from    ? low.probability
                           : root >= segment.until ? high.probability
                                                   : price.probability_below(root);
        if (line.slope > 0)
            sum.loss_probability += cut - low.probability;
        else
            sum.loss_probability += line.slope < 0      ? high.probability - cut
                                    : line.constant < 0 ? probability
                                                        : 0;
        low = high;
    }
    return sum;
}

// P(profit of a sale <= level).
double profit_cdf(const Lognormal& price, std::span<const SaleSegment> segments,
                  double level) noexcept {
    double sum = 0;
    for (const SaleSegment& segment : segments) {
        const Line& line = segment.sold;
        const double low = price.below(segment.from).probability;
        const double high = price.below(segment.until).probability;
        if (line.slope == 0) {
            sum += line.constant <= level ? high - low : 0;
            continue;
        }
        const double root = (level - line.constant) / line.slope;
        const double cut = price.below(std::clamp(root, segment.from, segment.until)).probability;
        sum += line.slope > 0 ? cut - low : high - cut;
    }
    return sum;
}

// Whether profit at `at` ranks among all profits as its price does among all prices: no dead zone
// or falling segment puts a worse one above it or a better one below.
bool keeps_rank(std::span<const SaleSegment> segments, double at) noexcept {
    double here = 0;
    for (const SaleSegment& segment : segments) {
        if (segment.sold.slope < 0) return false;
        if (at >= segment.from && at < segment.until) here = segment.sold.at(at);
    }
    for (std::size_t i = 1; i < segments.size(); ++i) {
        const double jump = segments[i].from;
        if (jump <= at && segments[i - 1].sold.at(jump - 1) > here + 1) return false;
        if (jump > at && segments[i].sold.at(jump) < here - 1) return false;
    }
    return true;
}

// The quantile of a sale's profit whose price quantile is `at`.
MinorUnits profit_quantile(const SaleTerms& terms, const Lognormal& price, ProfitScratch& scratch,
                           MinorUnits at, double probability) {
    if (keeps_rank(scratch.segments, static_cast<double>(at)))
        return sale_profit(terms, at, scratch.lines);
    double low = -4 * static_cast<double>(landed_cost(terms) + terms.ship_out + at) - 1e4;
    double high = 4 * (static_cast<double>(at) + price.mean()) + 1e4;
    for (int i = 0; i < 64 && high - low > 0.25; ++i) {
        const double middle = 0.5 * (low + high);
        (profit_cdf(price, scratch.segments, middle) < probability ? low : high) = middle;
    }
    return round_to_minor(high);
}

// The least item price that leaves `level`; none when no price does.
std::optional<MinorUnits> list_price_for(const SaleTerms& terms, ProfitScratch& scratch,
                                         MinorUnits level, MinorUnits charged) {
    const auto paid = price_for_profit(terms, scratch.segments, level, scratch.lines);
    if (!paid) return std::nullopt;
    return std::max<MinorUnits>(0, *paid - charged);
}

// What must be left for a return of `roi` on `landed`, rounded up to the minor unit.
MinorUnits profit_for_roi(MinorUnits landed, PartsPerMillion roi) noexcept {
    return static_cast<MinorUnits>((static_cast<Int128>(landed) * roi + 999'999) / 1'000'000);
}

// Profits over the price that the market pays; at the price of the list, where that is the user's.
Expectation fill_profits(const Product& product, const Price& price, const SaleTerms& terms,
                         Chances chances, ProfitScratch& scratch, ChannelProfit& out) {
    const Lognormal market(price.log_mean, price.log_sd);
    if (!product.target_price) {
        out.profit_p10 = profit_quantile(terms, market, scratch, price.p10, 0.1);
        out.profit_p50 = profit_quantile(terms, market, scratch, price.p50, 0.5);
        out.profit_p90 = profit_quantile(terms, market, scratch, price.p90, 0.9);
        return expect(market, scratch.segments, chances);
    }
    const MinorUnits paid = out.list_price + product.costs.ship_charged.value_or(0);
    const Lognormal listed(std::log(std::max(0.25, static_cast<double>(paid))), 0);
    out.profit_p10 = out.profit_p50 = out.profit_p90 = out.profit_at_list;
    return expect_at(*out.profit_at_list, paid < price.p50 ? listed : market, scratch.segments,
                     chances);
}

void fill_cost_figures(const Product& product, const Price& price, const Demand& demand,
                       const SaleTerms& terms, const Profit& profit, BuyMinima minima,
                       ProfitScratch& scratch, ChannelProfit& out) {
    const MinorUnits landed = landed_cost(terms);
    out.landed_cost = landed;
    out.profit_at_list = out.net_proceeds - landed - out.storage;
    Chances chances{static_cast<double>(profit.return_rate) / million, 1.0};
    if (demand.basis != DemandBasis::none) chances.sold = demand.sold_share;
    const Expectation expectation = fill_profits(product, price, terms, chances, scratch, out);
    out.profit_expected = round_to_minor(expectation.profit);
    out.p_loss = std::clamp(expectation.loss_probability, 0.0, 1.0);
    if (landed > 0) {
        out.roi_expected = expectation.profit / static_cast<double>(landed);
        out.roi_p50 = static_cast<double>(*out.profit_at_list) / static_cast<double>(landed);
    }
    if (out.list_price > 0) out.margin = expectation.profit / static_cast<double>(out.list_price);
    if (demand.days_expected && *demand.days_expected > 0)
        out.profit_per_day = round_to_minor(expectation.profit / *demand.days_expected);
    const MinorUnits charged = product.costs.ship_charged.value_or(0);
    out.break_even = list_price_for(terms, scratch, 0, charged);
    if (landed > 0)
        out.min_roi_price =
            list_price_for(terms, scratch, profit_for_roi(landed, minima.roi), charged);
}

void fill_channel(const Product& product, const Price& price, const Demand& demand,
                  const Tables& tables, const Profit& profit, ProfitScratch& scratch,
                  ChannelProfit& out) {
    const SaleTerms terms = make_terms(product, demand, tables, profit, out);
    const MinorUnits charged = product.costs.ship_charged.value_or(0);
    const MinorUnits paid = out.list_price + charged;
    sale_fees(terms, paid, out.fees);  // with ads and VAT on fees, where there are any
    out.fees_total = total(out.fees);
    out.shipping = terms.ship_out + terms.packaging;
    out.vat = sale_vat(terms, paid);
    out.net_proceeds = paid - out.fees_total - out.shipping - out.vat;
    out.storage = round_to_minor(terms.storage_sold);
    sale_segments(terms, scratch.fees, scratch.segments);
    if (const auto zone = dead_zone_at(terms, scratch.segments, paid, scratch.lines))
        out.dead_zone =
            DeadZone{std::max<MinorUnits>(0, zone->from - charged), zone->until - charged};
    const Defaults& defaults = tables.defaults;
    const BuyMinima minima{product.overrides.min_roi.value_or(defaults.min_roi),
                           product.overrides.min_profit.value_or(defaults.min_profit)};
    out.max_buy_cost =
        max_unit_cost(terms, product.target_price ? paid : price.p50, minima, scratch.lines);
    if (demand.days_expected)
        out.cash_days = demand.unit_days() + static_cast<double>(out.home->payout_days);
    if (product.unit_cost || product.costs.lot_share)
        fill_cost_figures(product, price, demand, terms, profit, minima, scratch, out);
}

// E[profit] / (1 + days until the money is there / 365 * hurdle). A loss is not made smaller by
// waiting, and without a cost what is left of the price stands for the profit.
double worth_of(const ChannelProfit& channel, const Demand& demand, double hurdle) noexcept {
    const auto expected =
        static_cast<double>(channel.profit_expected.value_or(channel.net_proceeds));
    if (expected <= 0) return expected;
    const double wait = demand.days_expected ? demand.unit_days() : 0;
    const double days = wait + channel.home->payout_days;
    return expected / (1 + days / 365 * hurdle);
}

void find_return_rate(const Product& product, const Tables& tables, Profit& out) {
    out.returns_assumed = !product.risk.return_rate;
    out.return_rate = product.risk.return_rate.value_or(tables.defaults.return_rate);
    if (!out.returns_assumed) return;
    if (const ReturnGroup* group = tables.returns.group_of(product.category)) {
        out.return_rate = group->rate;
        out.return_group = group->name;
    }
}

}  // namespace

void ChannelProfit::clear() {
    std::vector<FeeLine> kept = std::move(fees);
    kept.clear();
    *this = ChannelProfit{};
    fees = std::move(kept);
}

void Profit::clear() {
    used = 0;
    best = 0;
    missing.clear();
    skipped.clear();
    date = {};
    regime = VatRegime::none;
    regime_changed = postage_assumed = sale_assumed = returns_assumed = false;
    return_rate = 0;
    return_group = {};
}

void estimate_profit(const Product& product, const Price& price, const Demand& demand,
                     const Tables& tables, ProfitScratch& scratch, Profit& out) {
    if (!product.unit_cost && !product.costs.lot_share) out.missing.push_back("unit_cost");
    if (out.used == 0) return;
    out.regime = applied_regime(product);
    out.regime_changed = product.tax && product.tax->regime != out.regime;
    out.sale_assumed = demand.basis == DemandBasis::none;
    find_return_rate(product, tables, out);
    double best = 0;
    for (std::size_t i = 0; i < out.used; ++i) {
        ChannelProfit& channel = out.channels[i];
        if (product.tax)
            channel.vat_rate =
                product.tax->rate.value_or(tables.vat.rate_in(channel.home->country));
        out.postage_assumed =
            out.postage_assumed || (!product.costs.ship_out && !channel.home->sends);
        fill_channel(product, price, demand, tables, out, scratch, channel);
        const double worth = worth_of(channel, demand, tables.defaults.hurdle_rate);
        if (i > 0 && worth <= best) continue;
        best = worth;
        out.best = i;
    }
}

}  // namespace assay::engine
