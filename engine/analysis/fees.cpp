// Fees of one sale: exact lines in 128 bits, and the same fee as affine segments for expectations.
// SPDX-License-Identifier: MIT
#include "engine/analysis/fees.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include "engine/analysis/fee_limits.hpp"

namespace assay::engine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double million = 1'000'000;

// Calls visit(code, schedule) for each percentage of the plan.
template <class Visit>
void for_each_percentage(const FeePlan& plan, const Visit& visit) {
    visit(plan.table->percentage_code, *plan.schedule);
    for (const PercentageFee& fee : plan.table->percentages)
        visit(fee.code, fee.schedule);
    for (std::size_t i = 0; plan.options >> i != 0; ++i) {
        if ((plan.options >> i & 1U) == 0) continue;
        for (const PercentageFee& fee : plan.table->options[i].percentages)
            visit(fee.code, fee.schedule);
    }
}

// Calls visit(code, steps) for each fixed fee; `steps` are pairs of bound and amount.
template <class Visit>
void for_each_fixed(const FeePlan& plan, const Visit& visit) {
    const auto visit_all = [&](const std::vector<FixedFee>& fees) {
        for (const FixedFee& fee : fees)
            visit(std::string_view(fee.code), std::span(fee.steps));
    };
    visit_all(plan.table->fixed);
    if (plan.category != nullptr) visit_all(plan.category->fixed);
    for (std::size_t i = 0; plan.options >> i != 0; ++i) {
        if ((plan.options >> i & 1U) != 0) visit_all(plan.table->options[i].fixed);
    }
    if (plan.fulfilment.bands != 0) visit(plan.fulfilment.code, plan.fulfilment.steps());
}

// scaled / 1'000'000, half up; most amounts fit 64 bits, where dividing by a constant is cheap.
MinorUnits from_scaled(Int128 scaled) noexcept {
    if (scaled < std::numeric_limits<std::int64_t>::max() - 500'000)
        return (static_cast<std::int64_t>(scaled) + 500'000) / 1'000'000;
    return divide_half_up(scaled, 1'000'000);
}

MinorUnits percentage(const FeeSchedule& schedule, MinorUnits base) noexcept {
    Int128 scaled = 0;
    MinorUnits previous = 0;
    for (const FeeStep& step : schedule.steps) {
        const MinorUnits upper = std::min(base, step.up_to);
        if (schedule.shape == FeeShape::whole) {
            if (base > step.up_to) continue;
            scaled = static_cast<Int128>(base) * step.rate;
            break;
        }
        if (upper <= previous) break;
        scaled += static_cast<Int128>(upper - previous) * step.rate;
        previous = upper;
    }
    MinorUnits fee = from_scaled(scaled);
    if (schedule.minimum) fee = std::max(fee, *schedule.minimum);
    if (schedule.maximum) fee = std::min(fee, *schedule.maximum);
    return fee;
}

struct Affine {
    double fixed = 0, rate = 0;
    double at(double base) const noexcept { return fixed + rate * base; }
};

// The percentage fee, before its minimum and maximum, as a line that holds around `base`.
Affine unclipped_around(const FeeSchedule& schedule, double base) noexcept {
    if (schedule.steps.empty()) return {};
    const bool whole = schedule.shape == FeeShape::whole;
    double fixed = 0;
    std::size_t i = 0;
    for (; i + 1 < schedule.steps.size(); ++i) {
        const double bound = static_cast<double>(schedule.steps[i].up_to);
        if (whole ? base <= bound : base < bound) break;
        const double rate = static_cast<double>(schedule.steps[i].rate) / million;
        const double next = static_cast<double>(schedule.steps[i + 1].rate) / million;
        if (!whole) fixed += (rate - next) * bound;
    }
    return {fixed, static_cast<double>(schedule.steps[i].rate) / million};
}

Affine percentage_around(const FeeSchedule& schedule, double base) noexcept {
    const Affine line = unclipped_around(schedule, base);
    if (schedule.minimum && line.at(base) < static_cast<double>(*schedule.minimum))
        return {static_cast<double>(*schedule.minimum), 0};
    if (schedule.maximum && line.at(base) > static_cast<double>(*schedule.maximum))
        return {static_cast<double>(*schedule.maximum), 0};
    return line;
}

double tax_factor(const FeePlan& plan) noexcept {
    return 1 + static_cast<double>(plan.sales_tax) / million;
}

FeeSegment segment_around(const FeePlan& plan, double price, double factor) noexcept {
    const double base = price * factor;
    FeeSegment segment{price, price, 0, 0, 0};
    for_each_fixed(plan, [&](std::string_view, auto steps) {
        for (const auto& [up_to, amount] : steps) {
            if (base > static_cast<double>(up_to)) continue;
            segment.kept += static_cast<double>(amount);
            break;
        }
    });
    segment.fixed = segment.kept;
    for_each_percentage(plan, [&](std::string_view, const FeeSchedule& schedule) {
        const Affine line = percentage_around(schedule, base);
        segment.fixed += line.fixed;
        segment.rate += line.rate * factor;
    });
    return segment;
}

// Where stretches begin, as prices. The bounds of tables are of the base, which may hold tax.
class Starts {
  public:
    explicit Starts(double factor) : factor_(factor) { add(0); }
    void add_bend(double base) noexcept { add(base / factor_); }
    // The first price whose base, rounded to the minor unit, lies above `bound`.
    void add_jump(double bound) noexcept {
        add(factor_ == 1 ? bound + 1 : std::ceil((bound + 0.5) / factor_));
    }
    void finish() noexcept {
        const auto begin = at_.begin(), end = begin + static_cast<std::ptrdiff_t>(count_);
        std::sort(begin, end);
        count_ = static_cast<std::size_t>(std::unique(begin, end) - begin);
    }
    std::size_t size() const noexcept { return count_; }
    double operator[](std::size_t i) const noexcept { return i < count_ ? at_[i] : infinity; }

  private:
    void add(double at) noexcept {
        assert(count_ < at_.size());
        at_[count_++] = at;
    }
    std::array<double, fee_limits::starts_max> at_;
    std::size_t count_ = 0;
    double factor_;
};

// Where the line of the stretch [from, until) meets the schedule's minimum and maximum.
void add_clips(const FeeSchedule& schedule, double from, double until, Starts& starts) noexcept {
    const double middle = until == infinity ? from + 1 : 0.5 * (from + until);
    const Affine line = unclipped_around(schedule, middle);
    if (line.rate <= 0) return;
    for (const auto& limit : {schedule.minimum, schedule.maximum}) {
        if (!limit) continue;
        const double meets = (static_cast<double>(*limit) - line.fixed) / line.rate;
        if (meets > from && meets < until) starts.add_bend(meets);
    }
}

void add_starts(const FeeSchedule& schedule, Starts& starts) noexcept {
    double from = 0;
    for (std::size_t i = 0; i < schedule.steps.size(); ++i) {
        const bool last = i + 1 == schedule.steps.size();
        const double bound = last ? infinity : static_cast<double>(schedule.steps[i].up_to);
        if (schedule.minimum || schedule.maximum) add_clips(schedule, from, bound, starts);
        if (last) break;
        // A marginal fee bends at its bound; a whole one jumps with the next cent.
        if (schedule.shape == FeeShape::whole)
            starts.add_jump(bound);
        else
            starts.add_bend(bound);
        from = bound;
    }
}

}  // namespace

const FeeCategory* find_category(const FeeTable& table, std::string_view category) noexcept {
    const auto found = table.category_index.find_deepest(category);
    return found ? &table.categories[*found] : nullptr;
}

const FeeSchedule& find_schedule(const FeeTable& table, std::string_view category) noexcept {
    const FeeCategory* found = find_category(table, category);
    return found == nullptr ? table.standard : found->schedule;
}

FeePlan plan_fees(const FeeTable& table, std::string_view category,
                  std::uint32_t options) noexcept {
    FeePlan plan;
    plan.table = &table;
    plan.options = options;
    plan.category = find_category(table, category);
    plan.schedule = plan.category == nullptr ? &table.standard : &plan.category->schedule;
    if (plan.category != nullptr) return plan;
    for (std::size_t i = 0; options >> i != 0; ++i) {
        if ((options >> i & 1U) != 0 && table.options[i].standard)
            plan.schedule = &*table.options[i].standard;
    }
    return plan;
}

std::uint32_t option_bit(const FeeTable& table, std::string_view name) noexcept {
    for (std::size_t i = 0; i < table.options.size(); ++i) {
        if (table.options[i].name == name) return std::uint32_t{1} << i;
    }
    return 0;
}

void compute_fees(const FeePlan& plan, MinorUnits price, MinorUnits shipping_charged,
                  std::vector<FeeLine>& out) {
    assert(plan.table != nullptr && plan.schedule != nullptr);
    assert(price >= 0 && shipping_charged >= 0);
    out.clear();
    MinorUnits base = price + shipping_charged;
    if (plan.sales_tax != 0) base += apply_rate(base, plan.sales_tax);
    for_each_percentage(plan, [&](std::string_view code, const FeeSchedule& schedule) {
        const MinorUnits share = percentage(schedule, base);
        if (share != 0) out.push_back({code, share});
    });
    for_each_fixed(plan, [&](std::string_view code, auto steps) {
        for (const auto& [up_to, amount] : steps) {
            if (base > up_to) continue;
            if (amount != 0) out.push_back({code, amount});
            break;
        }
    });
}

MinorUnits total(const std::vector<FeeLine>& lines) noexcept {
    MinorUnits sum = 0;
    for (const FeeLine& line : lines)
        sum += line.amount;
    return sum;
}

void fee_segments(const FeePlan& plan, std::vector<FeeSegment>& out) {
    out.clear();
    const double factor = tax_factor(plan);
    Starts starts(factor);
    for_each_percentage(
        plan, [&](std::string_view, const FeeSchedule& schedule) { add_starts(schedule, starts); });
    for_each_fixed(plan, [&](std::string_view, auto steps) {
        for (std::size_t i = 0; i + 1 < steps.size(); ++i)
            starts.add_jump(static_cast<double>(steps[i].first));
    });
    starts.finish();
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const double from = starts[i], until = starts[i + 1];
        // Read off in the middle, where no rounding of a bound can put it into the next stretch.
        FeeSegment segment =
            segment_around(plan, until == infinity ? from + 1 : 0.5 * (from + until), factor);
        segment.from = from;
        segment.until = until;
        out.push_back(segment);
    }
}

FeeSegment fee_around(const FeePlan& plan, double price) noexcept {
    return segment_around(plan, price, tax_factor(plan));
}

}  // namespace assay::engine
