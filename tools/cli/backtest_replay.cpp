// One analysis a sale as of the cut, and a second one at the price that it really brought.
// SPDX-License-Identifier: MIT
#include "tools/cli/backtest_replay.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string_view>
#include <vector>

#include "engine/analysis/price_math.hpp"

namespace assay::tools {
namespace {

using namespace engine;

std::string key_of(const PastSale& sale) {
    for (const auto* code : {&sale.gtin, &sale.ean, &sale.upc, &sale.isbn, &sale.asin}) {
        if (!code->empty()) return *code;
    }
    const std::string& number = sale.model.empty() ? sale.mpn : sale.model;
    return number.empty() ? sale.title : sale.brand + "\n" + number;
}

void fill(const PastSale& sale, Product& product) {
    product.clear();
    product.product_id = "sale";
    product.product_data = "{}";
    product.identifiers.gtin = sale.gtin;
    product.identifiers.upc = sale.upc;
    product.identifiers.ean = sale.ean;
    product.identifiers.isbn = sale.isbn;
    product.identifiers.asin = sale.asin;
    product.brand = sale.brand;
    product.model = sale.model;
    product.mpn = sale.mpn;
    product.title = sale.title;
    product.category = sale.category;
    product.condition = sale.condition;
    product.currency = sale.currency;
    product.unit_cost = sale.unit_cost;
}

class Replay {
  public:
    Replay(const AnalysisPlan& plan, TimePoint cut) : plan_(plan) { report_.cut = cut; }

    void judge(const PastSale& sale) {
        ++report_.judged;
        if (sale.unit_cost) ++report_.judged_with_cost;
        const Analysis& said = analyse(sale, std::nullopt);
        if (said.price.basis == PriceBasis::none) {
            ++report_.unpriced;
            return;
        }
        for (Promises* promises : promises_of(sale))
            count(said.price, sale.unit_price, promises->interval);
        if (sale.unit_cost && said.profit.used > 0) settle(sale, said);
    }

    // Whether a product that was sold before is sold again, as its chance to sell says, and for
    // what. `later`: its sales after the cut.
    void ask_product(const PastSale& last, const std::vector<const PastSale*>& later,
                     TimePoint end) {
        const Analysis& said = analyse(last, std::nullopt);
        ask_middle(last, said.price, later);
        const Demand& demand = said.demand;
        if (demand.basis == DemandBasis::none) return;
        const auto ask = [&](int days, double promised, ProbabilityHits Promises::*which) {
            const TimePoint until = report_.cut + std::chrono::hours(24 * days);
            if (end < until) return;  // the history does not reach so far
            const bool sold = std::any_of(later.begin(), later.end(), [&](const PastSale* sale) {
                return sale->sold_at <= until;
            });
            add(last, which, promised, sold);
        };
        ask(30, demand.p_sold_30, &Promises::sold_30);
        ask(90, demand.p_sold_90, &Promises::sold_90);
    }

    Backtest& report() noexcept { return report_; }

  private:
    const Analysis& analyse(const PastSale& sale, std::optional<MinorUnits> at_price) {
        fill(sale, product_);
        product_.target_price = at_price;
        line_.clear();
        plan_.run(product_, 0, "", report_.cut, workspace_, line_);
        return workspace_.analysis;
    }

    std::array<Promises*, 2> promises_of(const PastSale& sale) {
        const std::string department = sale.category.substr(0, sale.category.find(" > "));
        return {&report_.all, &report_.by_category[department]};
    }

    void add(const PastSale& sale, ProbabilityHits Promises::*which, double promised, bool came) {
        for (Promises* promises : promises_of(sale)) {
            ProbabilityHits& hits = promises->*which;
            ++hits.cases;
            hits.promised += promised;
            hits.came_true += came ? 1 : 0;
        }
    }

    // Of sales in the same condition: what others bring is another market's middle.
    void ask_middle(const PastSale& last, const Price& price,
                    const std::vector<const PastSale*>& later) {
        if (!price.interval_low || !price.interval_high) return;
        std::vector<MinorUnits> brought;
        for (const PastSale* sale : later) {
            const bool alike = sale->condition == last.condition && sale->currency == last.currency;
            if (alike &&
                sale->sold_at <= report_.cut + std::chrono::hours(24 * backtest_horizon_days))
                brought.push_back(sale->unit_price);
        }
        if (brought.empty()) return;
        const auto middle = brought.begin() + static_cast<std::ptrdiff_t>((brought.size() - 1) / 2);
        std::nth_element(brought.begin(), middle, brought.end());
        const std::size_t rank =
            order_interval(static_cast<std::size_t>(price.n_used), price.interval_coverage - 1e-9)
                .rank;
        if (rank == 0) return;
        add(last, &Promises::middle,
            median_within(price.n_used, static_cast<std::int64_t>(rank),
                          static_cast<std::int64_t>(brought.size())),
            *middle >= *price.interval_low && *middle <= *price.interval_high);
    }

    static void count(const Price& price, MinorUnits brought, IntervalHits& hits) {
        ++hits.sales;
        hits.below += brought < price.p10 ? 1 : 0;
        hits.above += brought > price.p90 ? 1 : 0;
        hits.under_median += brought < price.p50 ? 1 : 0;
    }

    void settle(const PastSale& sale, const Analysis& said) {
        const ChannelProfit& best = said.profit.channels[said.profit.best];
        const std::string channel(best.channel), decision(to_string(said.verdict.decision));
        const std::optional<double> p_loss = best.p_loss;
        const Profit& real = analyse(sale, sale.unit_price).profit;  // `said` is gone from here on
        const auto end = real.channels.begin() + static_cast<std::ptrdiff_t>(real.used);
        const auto sold = std::find_if(real.channels.begin(), end,
                                       [&](const auto& one) { return one.channel == channel; });
        if (sold == end) return;
        const MinorUnits left = sold->net_proceeds - *sale.unit_cost;
        if (p_loss) add(sale, &Promises::loss, *p_loss, left < 0);
        VerdictEarnings& earned = report_.earned[{std::string(sale.currency.code()), decision}];
        ++earned.sales;
        earned.cost += *sale.unit_cost;
        earned.profit += left;
    }

    const AnalysisPlan& plan_;
    Backtest report_;
    Workspace workspace_;
    Product product_;
    std::string line_;
};

}  // namespace

std::optional<PastSale> past_sale(const SoldRecord& record) {
    const Comparable& sale = record.sale;
    if (sale.kind != ComparableKind::sold || !sale.sold_at) return std::nullopt;
    PastSale past;
    past.gtin = record.identifiers.gtin;
    past.upc = record.identifiers.upc;
    past.ean = record.identifiers.ean;
    past.isbn = record.identifiers.isbn;
    past.asin = record.identifiers.asin;
    past.brand = record.brand;
    past.model = record.model;
    past.mpn = record.mpn;
    past.title = sale.title;
    past.category = record.category;
    past.condition = sale.condition;
    past.currency = sale.currency;
    past.sold_at = *sale.sold_at;
    past.unit_price = (sale.price + sale.shipping) / std::max<std::int64_t>(1, sale.quantity);
    past.unit_cost = record.unit_cost;
    return past;
}

double median_within(std::int64_t count, std::int64_t rank, std::int64_t later) noexcept {
    assert(rank >= 1 && 2 * rank <= count && later >= 1);
    const auto log_choose = [](std::int64_t of, std::int64_t take) {
        return std::lgamma(static_cast<double>(of) + 1) -
               std::lgamma(static_cast<double>(take) + 1) -
               std::lgamma(static_cast<double>(of - take) + 1);
    };
    const std::int64_t middle = (later + 1) / 2;  // of an even number the lower one
    double sum = 0;
    for (std::int64_t below = rank; below <= count - rank; ++below)
        sum += std::exp(log_choose(below + middle - 1, below) +
                        log_choose(count - below + later - middle, count - below) -
                        log_choose(count + later, count));
    return sum;
}

TimePoint usual_cut(std::span<const PastSale> sales) {
    std::vector<TimePoint> times;
    for (const PastSale& sale : sales)
        times.push_back(sale.sold_at);
    const auto place = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 7 / 10);
    std::nth_element(times.begin(), place, times.end());
    return *place;
}

Backtest replay(const AnalysisPlan& plan, std::span<const PastSale> sales, TimePoint cut) {
    Replay replay(plan, cut);
    const TimePoint horizon = cut + std::chrono::hours(24 * backtest_horizon_days);
    TimePoint end = cut;
    struct History {
        const PastSale* last = nullptr;  // before the cut
        std::vector<const PastSale*> later;
    };
    std::map<std::string, History> products;
    for (const PastSale& sale : sales) {
        end = std::max(end, sale.sold_at);
        if (sale.unit_cost) ++replay.report().with_cost;
        History& history = products[key_of(sale)];
        if (sale.sold_at > cut) {
            history.later.push_back(&sale);
            if (sale.sold_at <= horizon) replay.judge(sale);
            continue;
        }
        ++replay.report().known;
        if (history.last == nullptr || history.last->sold_at <= sale.sold_at) history.last = &sale;
    }
    for (const auto& [key, history] : products) {
        if (history.last != nullptr) replay.ask_product(*history.last, history.later, end);
    }
    return std::move(replay.report());
}

}  // namespace assay::tools
