// Fees of one sale: exact lines in 128 bits, and the same fee as affine segments for expectations.
// SPDX-License-Identifier: MIT
#include "engine/analysis/fees.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double million = 1'000'000;

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Whether `text` holds `words` as whole words; both lower case.
bool holds(std::string_view text, std::string_view words) noexcept {
    for (std::size_t i = text.find(words); i != std::string_view::npos;
         i = text.find(words, i + 1)) {
        const std::size_t end = i + words.size();
        if ((i == 0 || !is_word(text[i - 1])) && (end == text.size() || !is_word(text[end])))
            return true;
    }
    return false;
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

// The percentage fee as fixed + rate * base, for bases in the stretch that starts at `from`.
struct Affine {
    double fixed = 0, rate = 0;
};

Affine percentage_from(const FeeSchedule& schedule, double from) noexcept {
    if (schedule.steps.empty()) return {};
    const bool whole = schedule.shape == FeeShape::whole;
    double fixed = 0;
    std::size_t i = 0;
    for (; i + 1 < schedule.steps.size(); ++i) {
        const double bound = static_cast<double>(schedule.steps[i].up_to);
        if (whole ? from <= bound : from < bound) break;
        const double rate = static_cast<double>(schedule.steps[i].rate) / million;
        const double next = static_cast<double>(schedule.steps[i + 1].rate) / million;
        if (!whole) fixed += (rate - next) * bound;
    }
    return {fixed, static_cast<double>(schedule.steps[i].rate) / million};
}

double fixed_from(const FeeTable& table, double from) noexcept {
    double sum = 0;
    for (const FixedFee& fee : table.fixed) {
        for (const auto& [up_to, amount] : fee.steps) {
            if (from > static_cast<double>(up_to)) continue;
            sum += static_cast<double>(amount);
            break;
        }
    }
    return sum;
}

// Where stretches begin. Bounded by what parse_channel admits: 16 steps and 4 fixed fees of 8.
class Starts {
  public:
    void add(double at) noexcept {
        assert(count_ < at_.size());
        at_[count_++] = at;
    }
    void finish() noexcept {
        std::sort(at_.begin(), at_.begin() + static_cast<std::ptrdiff_t>(count_));
        const auto end =
            std::unique(at_.begin(), at_.begin() + static_cast<std::ptrdiff_t>(count_));
        count_ = static_cast<std::size_t>(end - at_.begin());
    }
    std::size_t size() const noexcept { return count_; }
    double operator[](std::size_t i) const noexcept { return i < count_ ? at_[i] : infinity; }

  private:
    std::array<double, 64> at_{};
    std::size_t count_ = 0;
};

Starts find_starts(const FeeTable& table, const FeeSchedule& schedule) noexcept {
    Starts starts;
    starts.add(0);
    for (std::size_t i = 0; i + 1 < schedule.steps.size(); ++i) {
        const double bound = static_cast<double>(schedule.steps[i].up_to);
        // A marginal fee bends at its bound; a whole one jumps with the next cent.
        starts.add(schedule.shape == FeeShape::whole ? bound + 1 : bound);
    }
    for (const FixedFee& fee : table.fixed) {
        for (std::size_t i = 0; i + 1 < fee.steps.size(); ++i)
            starts.add(static_cast<double>(fee.steps[i].first) + 1);
    }
    starts.finish();
    return starts;
}

// Cuts [from, until) where the percentage meets its minimum and maximum, and appends the pieces.
void append_clipped(const FeeSchedule& schedule, Affine line, FeeSegment segment,
                    std::vector<FeeSegment>& out) {
    const double minimum = schedule.minimum ? static_cast<double>(*schedule.minimum) : -infinity;
    const double maximum = schedule.maximum ? static_cast<double>(*schedule.maximum) : infinity;
    const auto meets = [&](double amount) {
        if (!(amount > -infinity && amount < infinity)) return amount;
        if (line.rate > 0) return (amount - line.fixed) / line.rate;
        return line.fixed < amount ? infinity : -infinity;
    };
    const double low = std::clamp(meets(minimum), segment.from, segment.until);
    const double high = std::clamp(meets(maximum), low, segment.until);
    const auto piece = [&](double from, double until, Affine fee) {
        if (!(from < until)) return;
        out.push_back({from, until, fee.fixed + segment.kept, fee.rate, segment.kept});
    };
    piece(segment.from, low, {minimum, 0});
    piece(low, high, line);
    piece(high, segment.until, {maximum, 0});
}

}  // namespace

const FeeSchedule& find_schedule(const FeeTable& table, std::string_view category) noexcept {
    if (table.categories.empty()) return table.standard;
    std::array<char, 128> folded;  // of one part; whatever stands behind that names no category
    while (!category.empty()) {
        const std::size_t cut = category.rfind('>');
        const std::string_view part =
            cut == std::string_view::npos ? category : category.substr(cut + 1);
        const std::size_t size = std::min(part.size(), folded.size());
        std::transform(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size),
                       folded.begin(), to_lower);
        for (const FeeCategory& candidate : table.categories) {
            for (const std::string& words : candidate.matches) {
                if (holds({folded.data(), size}, words)) return candidate.schedule;
            }
        }
        if (cut == std::string_view::npos) break;
        category = category.substr(0, cut);
    }
    return table.standard;
}

void compute_fees(const FeeTable& table, const FeeSchedule& schedule, MinorUnits price,
                  MinorUnits shipping_charged, std::vector<FeeLine>& out) {
    assert(price >= 0 && shipping_charged >= 0);
    out.clear();
    const MinorUnits base = price + shipping_charged;
    const MinorUnits share = percentage(schedule, base);
    if (share != 0) out.push_back({table.percentage_code, share});
    for (const FixedFee& fee : table.fixed) {
        for (const auto& [up_to, amount] : fee.steps) {
            if (base > up_to) continue;
            if (amount != 0) out.push_back({fee.code, amount});
            break;
        }
    }
}

void compute_fees(const FeeTable& table, std::string_view category, MinorUnits price,
                  MinorUnits shipping_charged, std::vector<FeeLine>& out) {
    compute_fees(table, find_schedule(table, category), price, shipping_charged, out);
}

MinorUnits total(const std::vector<FeeLine>& lines) noexcept {
    MinorUnits sum = 0;
    for (const FeeLine& line : lines)
        sum += line.amount;
    return sum;
}

void fee_segments(const FeeTable& table, const FeeSchedule& schedule, MinorUnits shipping_charged,
                  std::vector<FeeSegment>& out) {
    out.clear();
    const Starts starts = find_starts(table, schedule);
    for (std::size_t i = 0; i < starts.size(); ++i) {
        FeeSegment segment;
        segment.from = starts[i];
        segment.until = starts[i + 1];
        segment.kept = fixed_from(table, segment.from);
        append_clipped(schedule, percentage_from(schedule, segment.from), segment, out);
    }
    if (shipping_charged == 0) return;
    // From the order's total to the item's price.
    const double shipping = static_cast<double>(shipping_charged);
    std::erase_if(out, [&](const FeeSegment& segment) { return segment.until <= shipping; });
    for (FeeSegment& segment : out) {
        segment.from = std::max(0.0, segment.from - shipping);
        segment.until -= shipping;
        segment.fixed += segment.rate * shipping;
    }
}

FeeSegment fee_around(const FeeTable& table, const FeeSchedule& schedule, double price) noexcept {
    Affine fee = percentage_from(schedule, price);
    const double amount = fee.fixed + fee.rate * price;
    if (schedule.minimum && amount < static_cast<double>(*schedule.minimum))
        fee = {static_cast<double>(*schedule.minimum), 0};
    if (schedule.maximum && amount > static_cast<double>(*schedule.maximum))
        fee = {static_cast<double>(*schedule.maximum), 0};
    const double kept = fixed_from(table, price);
    return {price, price, fee.fixed + kept, fee.rate, kept};
}

void fee_segments(const FeeTable& table, std::string_view category, MinorUnits shipping_charged,
                  std::vector<FeeSegment>& out) {
    fee_segments(table, find_schedule(table, category), shipping_charged, out);
}

}  // namespace assay::engine
