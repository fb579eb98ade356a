// One analysis a sale as of the cut, and a second one at the price that it really brought.
// SPDX-License-Identifier: MIT
#include "tools/cli/backtest_replay.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

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
        const Analysis& said = analyse(sale, std::nullopt);
        if (said.price.basis == PriceBasis::none) {
            ++report_.unpriced;
            return;
        }
        const std::string department = sale.category.substr(0, sale.category.find(" > "));
        for (IntervalHits* hits : {&report_.all, &report_.by_category[department]})
            count(said.price, sale.unit_price, *hits);
        if (sale.unit_cost && said.profit.used > 0) settle(sale, said);
    }

    // Whether a product that was sold before is sold again, as its chance to sell says.
    void ask_demand(const PastSale& last, const std::vector<TimePoint>& later, TimePoint end) {
        const Demand& demand = analyse(last, std::nullopt).demand;
        if (demand.basis == DemandBasis::none) return;
        const auto ask = [&](int days, double promised, ProbabilityHits& hits) {
            const TimePoint until = report_.cut + std::chrono::hours(24 * days);
            if (end < until) return;  // the history does not reach so far
            ++hits.cases;
            hits.promised += promised;
            hits.came_true += std::any_of(later.begin(), later.end(),
                                          [&](TimePoint sold) { return sold <= until; })
                                  ? 1
                                  : 0;
        };
        ask(30, demand.p_sold_30, report_.sold_30);
        ask(90, demand.p_sold_90, report_.sold_90);
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
        if (p_loss) {
            ++report_.loss.cases;
            report_.loss.promised += *p_loss;
            report_.loss.came_true += left < 0 ? 1 : 0;
        }
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
        std::vector<TimePoint> later;
    };
    std::map<std::string, History> products;
    for (const PastSale& sale : sales) {
        end = std::max(end, sale.sold_at);
        History& history = products[key_of(sale)];
        if (sale.sold_at > cut) {
            history.later.push_back(sale.sold_at);
            if (sale.sold_at <= horizon) replay.judge(sale);
            continue;
        }
        ++replay.report().known;
        if (history.last == nullptr || history.last->sold_at <= sale.sold_at) history.last = &sale;
    }
    for (const auto& [key, history] : products) {
        if (history.last != nullptr) replay.ask_demand(*history.last, history.later, end);
    }
    return std::move(replay.report());
}

}  // namespace assay::tools
