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
// 0.2 to 0.5 % low.
namespace assay::engine {
namespace {

constexpr double million = 1'000'000;

MinorUnits round_to_minor(double amount) noexcept {
    return static_cast<MinorUnits>(std::llround(amount));
}

bool is_named(const Product& product, const Tables& tables, const Channel& channel) noexcept {
    const auto& named = product.overrides.channels;
    if (!named.empty()) {
        return std::any_of(named.begin(), named.end(), [&](std::string_view name) {
            return tables.find_channel(name) == &channel;
        });
    }
    const Market& market = product.market;
    if (!market.channel.empty()) return tables.find_channel(market.channel) == &channel;
    if (!market.marketplace.empty()) return tables.find_channel(market.marketplace) == &channel;
    return true;
}

const FeeTable* find_table(const Product& product, const Channel& channel, TimePoint as_of) {
    for (const FeeTable& table : channel.tables) {
        if (table.version == product.overrides.fee_version) return &table;
    }
    return channel.in_force(std::chrono::floor<std::chrono::days>(as_of));
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
    return std::min(horizon, demand.days_expected.value_or(demand.days_median));
}

SaleTerms make_terms(const Product& product, const Demand& demand, const Tables& tables,
                     const ChannelProfit& channel) {
    const Costs& costs = product.costs;
    const Defaults& defaults = tables.defaults;
    SaleTerms terms;
    terms.table = channel.table;
    terms.schedule = channel.schedule;
    const Channel* home = tables.find_channel(channel.channel);
    assert(home != nullptr);
    terms.ship_out = costs.ship_out ? *costs.ship_out : home->postage_for(product.weight_grams);
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
    terms.regime = applied_regime(product);
    terms.vat_rate = product.tax ? product.tax->rate : 0;
    terms.purchase_vat = product.tax && product.tax->purchase_vat;
    terms.salvage_rate = defaults.salvage_rate;
    terms.return_regain = defaults.return_regain;
    return terms;
}

struct Expectation {
    double profit = 0, loss_probability = 0;
};

Expectation expect(const Lognormal& price, std::span<const SaleSegment> segments,
                   double return_rate, double sold_probability) noexcept {
    Expectation sum;
    Lognormal::Below low = price.below(0);
    for (const SaleSegment& segment : segments) {
        const Lognormal::Below high = price.below(segment.until);
        const double probability = high.probability - low.probability;
        const double mean = high.mean - low.mean;
        const auto partial = [&](const Line& line) {
            return line.constant * probability + line.slope * mean;
        };
        const double sold =
            (1 - return_rate) * partial(segment.sold) + return_rate * partial(segment.returned);
        sum.profit += sold_probability * sold + (1 - sold_probability) * partial(segment.unsold);
        const Line& line = segment.sold;
        const double root = line.slope == 0 ? segment.from : -line.constant / line.slope;
        const double cut = price.below(std::clamp(root, segment.from, segment.until)).probability;
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

void fill_cost_figures(const Product& product, const Price& price, const Demand& demand,
                       const Tables& tables, const SaleTerms& terms, ProfitScratch& scratch,
                       ChannelProfit& out) {
    const Lognormal prices(price.log_mean, price.log_sd);
    out.profit_p10 = profit_quantile(terms, prices, scratch, price.p10, 0.1);
    out.profit_p50 = profit_quantile(terms, prices, scratch, price.p50, 0.5);
    out.profit_p90 = profit_quantile(terms, prices, scratch, price.p90, 0.9);
    const double returns =
        static_cast<double>(product.risk.return_rate.value_or(tables.defaults.return_rate)) /
        million;
    const double sold = demand.basis == DemandBasis::none ? 1.0 : demand.p_sold_horizon;
    const Expectation expectation = expect(prices, scratch.segments, returns, sold);
    out.profit_expected = round_to_minor(expectation.profit);
    out.p_loss = std::clamp(expectation.loss_probability, 0.0, 1.0);
    const MinorUnits landed = landed_cost(terms);
    if (landed > 0) {
        out.roi_expected = expectation.profit / static_cast<double>(landed);
        out.roi_p50 = static_cast<double>(*out.profit_p50) / static_cast<double>(landed);
    }
    if (out.list_price > 0) out.margin = expectation.profit / static_cast<double>(out.list_price);
    if (demand.days_expected && *demand.days_expected > 0)
        out.profit_per_day = round_to_minor(expectation.profit / *demand.days_expected);
    const auto paid = break_even_price(terms, scratch.segments, scratch.lines);
    const MinorUnits charged = product.costs.ship_charged.value_or(0);
    if (paid) out.break_even = std::max<MinorUnits>(0, *paid - charged);
}

void fill_channel(const Product& product, const Price& price, const Demand& demand,
                  const Tables& tables, ProfitScratch& scratch, ChannelProfit& out) {
    const SaleTerms terms = make_terms(product, demand, tables, out);
    const MinorUnits charged = product.costs.ship_charged.value_or(0);
    const MinorUnits paid = out.list_price + charged;
    sale_fees(terms, paid, out.fees);  // with ads and VAT on fees, where there are any
    out.fees_total = total(out.fees);
    out.shipping = terms.ship_out + terms.packaging;
    out.vat = sale_vat(terms, paid);
    out.net_proceeds = paid - out.fees_total - out.shipping - out.vat;
    sale_segments(terms, scratch.fees, scratch.segments);
    if (const auto zone = dead_zone_at(terms, scratch.segments, paid, scratch.lines))
        out.dead_zone =
            DeadZone{std::max<MinorUnits>(0, zone->from - charged), zone->until - charged};
    const Defaults& defaults = tables.defaults;
    const BuyMinima minima{product.overrides.min_roi.value_or(defaults.min_roi),
                           product.overrides.min_profit.value_or(defaults.min_profit)};
    out.max_buy_cost = max_unit_cost(terms, price.p50, minima, scratch.lines);
    if (product.unit_cost || product.costs.lot_share)
        fill_cost_figures(product, price, demand, tables, terms, scratch, out);
}

// Demand is the product's, not the channel's, so ranking by profit per day of capital is ranking by
// profit; without a cost what is left of the price decides.
bool is_better(const ChannelProfit& a, const ChannelProfit& b) noexcept {
    if (a.profit_expected && b.profit_expected) return *a.profit_expected > *b.profit_expected;
    return a.net_proceeds > b.net_proceeds;
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
    regime = VatRegime::none;
    regime_changed = postage_assumed = sale_assumed = returns_assumed = false;
}

void choose_channels(const Product& product, const Price& price, const Tables& tables,
                     TimePoint as_of, Profit& out) {
    out.clear();
    if (price.basis == PriceBasis::none) return;
    const MinorUnits charged = product.costs.ship_charged.value_or(0);
    bool before_first_table = false;
    for (const Channel& channel : tables.channels) {
        if (channel.currency != price.currency || !is_named(product, tables, channel)) continue;
        const FeeTable* table = find_table(product, channel, as_of);
        if (table == nullptr) {
            before_first_table = true;
            continue;
        }
        if (out.used == out.channels.size()) out.channels.emplace_back();
        ChannelProfit& entry = out.channels[out.used++];
        entry.clear();
        entry.channel = channel.name;
        entry.fee_version = table->version;
        entry.table = table;
        entry.schedule = &find_schedule(*table, product.category);
        entry.list_price =
            product.target_price.value_or(std::max<MinorUnits>(0, price.p50 - charged));
        compute_fees(*table, *entry.schedule, entry.list_price, charged, entry.fees);
        entry.fees_total = total(entry.fees);
    }
    if (out.used == 0) out.missing.push_back(before_first_table ? "fee_table" : "channel");
}

void estimate_profit(const Product& product, const Price& price, const Demand& demand,
                     const Tables& tables, ProfitScratch& scratch, Profit& out) {
    if (!product.unit_cost && !product.costs.lot_share) out.missing.push_back("unit_cost");
    if (out.used == 0) return;
    out.regime = applied_regime(product);
    out.regime_changed = product.tax && product.tax->regime != out.regime;
    out.postage_assumed = !product.costs.ship_out;
    out.sale_assumed = demand.basis == DemandBasis::none;
    out.returns_assumed = !product.risk.return_rate;
    for (std::size_t i = 0; i < out.used; ++i) {
        fill_channel(product, price, demand, tables, scratch, out.channels[i]);
        if (i > 0 && is_better(out.channels[i], out.channels[out.best])) out.best = i;
    }
}

}  // namespace assay::engine
