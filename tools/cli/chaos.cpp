// Reads chaos plans and plays them.
// SPDX-License-Identifier: MIT
#include "tools/cli/chaos.hpp"

#include <charconv>
#include <utility>

#include "engine/base/limits.hpp"

namespace assay::tools {
namespace {

constexpr std::chrono::milliseconds drip_interval{500};
constexpr std::size_t drip_bytes = 240;  // two minutes: longer than any profile waits
constexpr std::size_t huge_bytes = 1'024 * limits::mebibyte;
constexpr std::string_view choices =
    "status=CODE, delay=MS, drip, reset, redirect=URL, huge-body, wrong-tls, every=N";

Error bad(std::string message) {
    return fail(ErrorCode::invalid_argument, std::move(message), "--chaos",
                "parts are " + std::string(choices));
}

Result<std::int64_t> number_of(std::string_view name, std::string_view text, std::int64_t low,
                               std::int64_t high) {
    std::int64_t number = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end || number < low || number > high) {
        return bad(std::string(name) + " takes a number from " + std::to_string(low) + " to " +
                   std::to_string(high) + ", not \"" + std::string(text) + "\"");
    }
    return number;
}

Result<void> take_flag(std::string_view name, ChaosPlan& plan) {
    const std::pair<std::string_view, bool*> flags[] = {{"drip", &plan.drip},
                                                        {"reset", &plan.reset},
                                                        {"huge-body", &plan.huge_body},
                                                        {"wrong-tls", &plan.wrong_tls}};
    for (const auto& [flag, value] : flags) {
        if (flag == name) return *value = true, Result<void>();
    }
    return bad("there is no \"" + std::string(name) + "\"");
}

Result<void> take(std::string_view part, ChaosPlan& plan) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return take_flag(part, plan);
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    if (name == "redirect") {
        if (!value.starts_with("http://") && !value.starts_with("https://")) {
            return bad("redirect takes a URL");
        }
        plan.redirect = value;
        return {};
    }
    const bool is_status = name == "status", is_delay = name == "delay";
    if (!is_status && !is_delay && name != "every") {
        return bad("there is no \"" + std::string(name) + "\" with a value");
    }
    const auto number = is_status  ? number_of(name, value, 200, 599)
                        : is_delay ? number_of(name, value, 0, 600'000)
                                   : number_of(name, value, 1, 1'000'000);
    if (!number) return number.error();
    if (is_status) plan.status = static_cast<int>(*number);
    if (is_delay) plan.delay = std::chrono::milliseconds(*number);
    if (!is_status && !is_delay) plan.every = *number;
    return {};
}

class Drip final : public BodySource {
  public:
    explicit Drip(std::function<bool(std::chrono::milliseconds)> wait) : wait_(std::move(wait)) {}
    Piece next() override {
        if (!wait_(drip_interval)) return {{}, State::broken};
        return {".", ++sent_ == drip_bytes ? State::ended : State::more};
    }

  private:
    std::function<bool(std::chrono::milliseconds)> wait_;
    std::size_t sent_ = 0;
};

class Cut final : public BodySource {
  public:
    Piece next() override { return {{}, State::broken}; }
};

class Flood final : public BodySource {
  public:
    explicit Flood(std::function<bool(std::chrono::milliseconds)> wait) : wait_(std::move(wait)) {}
    Piece next() override {
        if (!wait_(std::chrono::milliseconds(0))) return {{}, State::broken};
        sent_ += 64 * limits::kibibyte;
        return {std::string(64 * limits::kibibyte, 'x'),
                sent_ >= huge_bytes ? State::ended : State::more};
    }

  private:
    std::function<bool(std::chrono::milliseconds)> wait_;
    std::size_t sent_ = 0;
};

}  // namespace

Result<ChaosPlan> parse_chaos(std::string_view text) {
    ChaosPlan plan;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (const auto taken = take(text.substr(0, comma), plan); !taken) return taken.error();
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    const int answers =
        (plan.status != 0) + !plan.redirect.empty() + plan.drip + plan.reset + plan.huge_body;
    if (answers > 1) {
        return bad("status, redirect, drip, reset and huge-body are answers: choose one of them");
    }
    if (plan.wrong_tls && plan.every != 1) {
        return bad("wrong-tls is for all deliveries: leave out every");
    }
    if (plan == ChaosPlan{}) return bad("nothing is asked for");
    return plan;
}

bool strikes(const ChaosPlan& plan, std::int64_t number) noexcept {
    return number % plan.every == 0;
}

HttpResponse chaos_answer(const ChaosPlan& plan,
                          std::function<bool(std::chrono::milliseconds)> wait) {
    HttpResponse response;
    response.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
    if (plan.status != 0) {
        response.status = plan.status;
        response.body = "chaos";
    } else if (!plan.redirect.empty()) {
        response.status = 307;
        response.fields.push_back({"Location", plan.redirect});
    } else if (plan.drip) {
        response.stream = std::make_unique<Drip>(std::move(wait));
    } else if (plan.huge_body) {
        response.stream = std::make_unique<Flood>(std::move(wait));
    } else {
        response.stream = std::make_unique<Cut>();
    }
    return response;
}

}  // namespace assay::tools
