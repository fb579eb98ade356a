// Twice through fees, profit, risk and verdict: as the result was stored, and as it would be.
// SPDX-License-Identifier: MIT
#include "engine/analysis/rejudge.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cassert>
#include <cmath>

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/channel_choice.hpp"
#include "engine/analysis/profit.hpp"
#include "engine/analysis/risk.hpp"
#include "engine/analysis/stored_result.hpp"
#include "engine/batch/product_parser.hpp"

namespace assay::engine {
namespace {

std::string joined(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ", ") + name;
    return list;
}

// Profits of a judgement repeated: to the minor unit that rounding leaves open.
constexpr MinorUnits reproduced_within = 1;

}  // namespace

std::vector<std::string> fee_versions(const Tables& tables) {
    std::vector<std::string> versions;
    for (const Channel& channel : tables.channels) {
        for (const FeeTable& table : channel.tables)
            versions.push_back(table.version);
    }
    std::sort(versions.begin(), versions.end());
    versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
    return versions;
}

std::optional<VatRegime> parse_vat_regime(std::string_view name) noexcept {
    if (name == "none") return VatRegime::none;
    if (name == "standard") return VatRegime::standard;
    if (name == "margin") return VatRegime::margin;
    if (name == "small_business") return VatRegime::small_business;
    if (name == "equivalence") return VatRegime::equivalence;
    return std::nullopt;
}

Result<void> validate(const RejudgeTerms& terms, const Tables& tables) {
    if (!terms.fee_version.empty()) {
        const auto date = parse_time(terms.fee_version);
        const bool any =
            date && std::any_of(tables.channels.begin(), tables.channels.end(), [&](const auto& c) {
                return c.in_force(std::chrono::floor<std::chrono::days>(*date)) != nullptr;
            });
        if (!any) {
            return fail(ErrorCode::invalid_argument,
                        "no fee table is known for \"" + terms.fee_version.substr(0, 64) + "\"",
                        "--fees",
                        "name a date; tables are known from " + joined(fee_versions(tables)));
        }
    }
    for (const std::string& name : terms.channels) {
        if (tables.find_channel(name) != nullptr) continue;
        std::vector<std::string> known;
        for (const Channel& channel : tables.channels)
            known.push_back(channel.name);
        return fail(ErrorCode::invalid_argument,
                    "there is no channel \"" + name.substr(0, 64) + "\"", "--channels",
                    "known: " + joined(known));
    }
    return {};
}

struct Rejudge::Body {
    std::shared_ptr<const Tables> then, now;
    RejudgeTerms terms;

    ProductParser parser;
    Product product;
    std::string product_id, product_json;
    Attributes attributes;
    Profit profit;
    ProfitScratch profit_scratch;
    Risks risks;
    RiskScratch risk_scratch;
    Verdict verdict;

    // The analyzers that tables and terms have a say in, as AnalysisPlan runs them.
    void run(const StoredResult& stored, const Tables& tables) {
        choose_channels(product, stored.condition.value_or(attributes.condition), stored.price,
                        tables, stored.as_of, profit);
        estimate_profit(product, stored.price, stored.demand, tables, profit_scratch, profit);
        assess_risks(product, stored.identity, attributes, stored.price, profit, tables,
                     risk_scratch, risks);
        engine::judge(product, stored.duplicates, stored.price, stored.demand, profit, risks,
                      tables, verdict);
    }

    Judgement judgement() const {
        Judgement found;
        found.decision = verdict.decision;
        found.reasons.assign(verdict.reasons.begin(), verdict.reasons.end());
        if (profit.used == 0) return found;
        const ChannelProfit& best = profit.channels[profit.best];
        found.channel = best.channel;
        found.fee_version = best.fee_version;
        found.profit_expected = best.profit_expected;
        return found;
    }

    // By how many minor units the profits that come out differ from those stored, over all
    // channels.
    MinorUnits misses(const StoredResult& stored) {
        run(stored, *then);
        MinorUnits sum = 0;
        for (const StoredProfit& wanted : stored.profits) {
            for (std::size_t i = 0; i < profit.used; ++i) {
                const ChannelProfit& again = profit.channels[i];
                if (again.channel == wanted.channel && again.profit_expected)
                    sum += std::abs(*again.profit_expected - wanted.expected);
            }
        }
        return sum;
    }

    // Moves one rounded figure, within its rounding, to where the stored profits come out.
    void settle(const StoredResult& stored, double& figure, double low, double high) {
        constexpr int steps = 32;
        double best = figure;
        MinorUnits least = misses(stored);
        for (int i = 0; i <= steps && least > 0; ++i) {
            figure = low + (high - low) * i / steps;
            const MinorUnits missed = misses(stored);
            if (missed >= least) continue;
            least = missed;
            best = figure;
        }
        figure = best;
    }

    // A result holds its price in whole minor units and its odds with four decimals. Where between
    // them the numbers lay, the profits that they gave on each channel tell.
    void sharpen(StoredResult& stored) {
        if (misses(stored) == 0) return;
        const double p50 = static_cast<double>(std::max<MinorUnits>(1, stored.price.p50));
        settle(stored, stored.price.log_mean, std::log(p50 - 0.499), std::log(p50 + 0.499));
        constexpr double rounding = 0.000049;
        Demand& demand = stored.demand;
        if (demand.basis != DemandBasis::none)
            settle(stored, demand.sold_share, std::max(0.0, demand.sold_share - rounding),
                   std::min(1.0, demand.sold_share + rounding));
    }

    // Amounts without a unit are minor or major by an option of the batch that a result does not
    // repeat: the one under which the stored profit comes out.
    std::optional<Error> read_product(const boost::json::object& line, MoneyUnit unit) {
        const boost::json::value* data = line.if_contains("product_data");
        if (data == nullptr || !data->is_object())
            return fail(ErrorCode::invalid_input, "holds no product_data", "product_data");
        product_json = boost::json::serialize(*data);
        const boost::json::value* id = line.if_contains("product_id");
        product_id = id != nullptr && id->is_string() ? std::string(id->get_string()) : "-";
        if (product_id.empty()) product_id = "-";
        return parser.parse(product_json, product_id, unit, product);
    }

    Result<StoredResult> read(const boost::json::value& line, MoneyUnit unit) {
        const boost::json::object* envelope = line.if_object();
        if (envelope == nullptr) return fail(ErrorCode::invalid_input, "is no object");
        if (auto fault = read_product(*envelope, unit)) return *std::move(fault);
        auto stored = read_stored_result(
            line, then->defaults,
            product.overrides.horizon_days.value_or(then->defaults.horizon_days), product.quantity);
        if (stored) read_attributes(product, *then, attributes);
        return stored;
    }

    static bool repeats(const Judgement& again, const StoredResult& stored) {
        if (again.decision != stored.decision || again.channel != stored.best_channel) return false;
        if (again.profit_expected.has_value() != stored.profit_expected().has_value()) return false;
        return !again.profit_expected ||
               std::abs(*again.profit_expected - *stored.profit_expected()) <= reproduced_within;
    }

    // Changes `product` to what is asked. Errors: invalid_argument for an amount that the currency
    // does not have.
    Result<void> apply_terms(const Currency& currency) {
        Overrides& overrides = product.overrides;
        if (!terms.fee_version.empty()) overrides.fee_version = terms.fee_version;
        if (terms.regime) {
            if (!product.tax) product.tax.emplace();
            product.tax->regime = *terms.regime;
        }
        if (terms.min_roi) overrides.min_roi = *terms.min_roi;
        if (!terms.channels.empty())
            overrides.channels.assign(terms.channels.begin(), terms.channels.end());
        if (terms.min_profit.empty()) return {};
        const auto amount =
            parse_decimal(terms.min_profit, currency.empty() ? 2 : currency.exponent());
        if (!amount) {
            return fail(ErrorCode::invalid_argument,
                        "\"" + terms.min_profit + "\" is no amount in " +
                            std::string(currency.empty() ? "cents" : currency.code()),
                        "--min-profit", "write it like 5 or 5.00");
        }
        overrides.min_profit = *amount;
        return {};
    }

    Judgement stored_judgement(const StoredResult& stored) const {
        Judgement before;
        before.decision = stored.decision;
        before.channel = stored.best_channel;
        before.fee_version = stored.fee_version;
        before.profit_expected = stored.profit_expected();
        before.reasons.assign(stored.reasons.begin(), stored.reasons.end());
        return before;
    }
};

Rejudge::Rejudge(std::shared_ptr<const Tables> then, std::shared_ptr<const Tables> now,
                 RejudgeTerms terms)
    : body_(std::make_unique<Body>()) {
    assert(then != nullptr && now != nullptr);
    body_->then = std::move(then);
    body_->now = std::move(now);
    body_->terms = std::move(terms);
}
Rejudge::~Rejudge() = default;

Result<Rejudged> Rejudge::judge(const boost::json::value& line) {
    Body& body = *body_;
    Result<StoredResult> stored = body.read(line, MoneyUnit::minor);
    const auto reproduces = [&] {
        if (!stored) return false;
        body.sharpen(*stored);
        body.run(*stored, *body.then);
        return Body::repeats(body.judgement(), *stored);
    };
    Rejudged out;
    out.reproduced = reproduces();
    if (!out.reproduced) {
        auto major = body.read(line, MoneyUnit::major);
        std::swap(stored, major);
        out.reproduced = reproduces();
        if (!out.reproduced) stored = body.read(line, MoneyUnit::minor);
    }
    if (!stored) return stored.error();
    out.product_id = body.product_id;
    out.title = body.product.title;
    out.currency = stored->price.currency;
    out.quantity = body.product.quantity;
    out.before = body.stored_judgement(*stored);
    if (auto applied = body.apply_terms(out.currency); !applied) return applied.error();
    body.run(*stored, *body.now);
    out.after = body.judgement();
    return out;
}

}  // namespace assay::engine
