// One pass after the other: reads what is due outside the writer, removes it in small jobs.
// SPDX-License-Identifier: MIT
#include "tools/retention/retention.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <utility>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/batch_store/batch_store.hpp"

namespace assay::tools {
namespace {

namespace batches = engine::batch_store;
namespace deliveries = notify::notify_store;
using engine::Tx;

// A job holds the writer for a millisecond or two (bench/retention): about as long as the commit of
// one chunk of results.
constexpr std::int64_t bytes_per_job = 512 * std::int64_t{1024};
constexpr std::int64_t rows_per_job = 256;
constexpr std::int64_t rows_per_read = 1'000;

TimePoint older_than(TimePoint now, int days) noexcept {
    return now - std::chrono::days(days);
}

struct Member {
    std::string_view name;
    int batches::Retention::*days;
};
constexpr Member members[] = {
    {"results", &batches::Retention::results},
    {"events", &batches::Retention::events},
    {"deliveries", &batches::Retention::deliveries},
    {"dead_letters", &batches::Retention::dead_letters},
};

}  // namespace

Result<void> validate(const RetentionOptions& options) {
    for (const Member& member : members) {
        const int days = options.days.*member.days;
        if (days < 1 || days > limits::retention_days_max)
            return fail(ErrorCode::invalid_argument, "must be from 1 to 3650 days",
                        std::string(member.name));
    }
    if (options.interval < std::chrono::minutes(1))
        return fail(ErrorCode::invalid_argument, "must be at least a minute", "interval");
    return {};
}

Result<batches::Retention> parse_retention(std::string_view text, batches::Retention days) {
    const auto wrong = [](std::string message) {
        return fail(ErrorCode::invalid_argument, std::move(message), {},
                    "write it like results=30,events=30,deliveries=30,dead_letters=90");
    };
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const std::size_t equals = std::min(part.find('='), part.size());
        const auto member =
            std::find_if(std::begin(members), std::end(members),
                         [&](const Member& each) { return each.name == part.substr(0, equals); });
        if (member == std::end(members))
            return wrong("\"" + std::string(part) + "\" is nothing that is kept for days");
        const std::string_view number = part.substr(std::min(equals + 1, part.size()));
        int count = 0;
        const auto [end, fault] =
            std::from_chars(number.data(), number.data() + number.size(), count);
        if (fault != std::errc{} || end != number.data() + number.size() || count < 1 ||
            count > limits::retention_days_max)
            return wrong("\"" + std::string(part) + "\" is no number of days from 1 to 3650");
        days.*member->days = count;
    }
    return days;
}

bool is_past(const deliveries::OldDelivery& delivery, const batches::Retention& days,
             TimePoint now) noexcept {
    if (delivery.status == notify::DeliveryStatus::pending) return false;
    const bool dead = delivery.status == notify::DeliveryStatus::failed;
    return delivery.created_at < older_than(now, dead ? days.dead_letters : days.deliveries);
}

Retention::Retention(engine::Database& database, engine::Writer& writer, Clock& clock,
                     RetentionOptions options)
    : database_(database), writer_(writer), clock_(clock), options_(options) {
    assert(validate(options_).has_value());
}

Retention::~Retention() {
    stop();
}

void Retention::start(std::function<void(const Result<RetentionReport>&)> told) {
    assert(!thread_.joinable());
    thread_ = std::thread([this, told = std::move(told)] { loop(told); });
}

void Retention::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_one();
}

void Retention::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool Retention::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void Retention::loop(const std::function<void(const Result<RetentionReport>&)>& told) {
    while (!stopping()) {
        const Result<RetentionReport> done = run_once();
        if (told) told(done);
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, options_.interval, [this] { return woken_ || stopping_; });
        woken_ = false;
    }
}

Result<RetentionReport> Retention::run_once() {
    now_ = clock_.now();
    report_ = {};
    if (Result<void> loaded = load_tenants(); !loaded) return loaded.error();
    for (const auto pass : {&Retention::pass_batches, &Retention::pass_deliveries,
                            &Retention::pass_events, &Retention::pass_free_pages}) {
        if (Result<void> done = (this->*pass)(); !done) return done.error();
    }
    return report_;
}

Result<void> Retention::load_tenants() {
    auto db = database_.read();
    if (!db) return db.error();
    const auto all = batches::all_tenants(**db);
    if (!all) return all.error();
    tenants_.clear();
    shortest_ = options_.days;
    for (const batches::Tenant& tenant : *all) {
        const batches::Retention days = tenant.retention.over(options_.days);
        tenants_.emplace(tenant.id, days);
        for (const Member& member : members)
            shortest_.*member.days = std::min(shortest_.*member.days, days.*member.days);
    }
    return {};
}

const batches::Retention& Retention::days_of(const TenantId& tenant) const {
    const auto found = tenants_.find(tenant);
    return found != tenants_.end() ? found->second : options_.days;
}

Retention::Step Retention::step_of(std::int64_t count) noexcept {
    if (count == 0) return Step::nothing;
    return count < rows_per_job ? Step::done : Step::more;
}

// A job that finds nothing to do is rolled back, so that an idle store is not written to.
Result<Retention::Step> Retention::run_job(const Job& job) {
    if (stopping()) return Step::nothing;
    Step step = Step::nothing;
    bool idle = false;
    std::chrono::nanoseconds held{0};
    const Result<void> done = writer_.run([&](Tx& tx) -> Result<void> {
        const SteadyTime begin = clock_.steady_now();
        const Result<Step> outcome = job(tx);
        held = clock_.steady_now() - begin;
        if (!outcome) return outcome.error();
        step = *outcome;
        idle = step == Step::nothing;
        if (idle) return fail(ErrorCode::cancelled, "there is nothing to do");
        return {};
    });
    if (idle && !done && done.error().code == ErrorCode::cancelled) return Step::nothing;
    if (!done) return done.error();
    ++report_.jobs;
    report_.longest_job = std::max(report_.longest_job, held);
    return step;
}

Result<void> Retention::run_to_end(const Job& job) {
    for (;;) {
        const Result<Step> step = run_job(job);
        if (!step) return step.error();
        if (*step != Step::more) return {};
    }
}

Result<void> Retention::pass_batches() {
    for (const auto& [id, days] : tenants_) {
        Result<void> done = run_to_end([&, tenant = id, kept = days.results](Tx& tx) {
            const auto count =
                batches::archive_batches(tx, tenant, older_than(now_, kept), now_, rows_per_job);
            if (!count) return Result<Step>(count.error());
            report_.batches += *count;
            return Result<Step>(step_of(*count));
        });
        if (!done) return done;
    }
    Result<void> done = run_to_end([](Tx& tx) -> Result<Step> {
        const auto swept = batches::sweep_chunks(tx, bytes_per_job);
        if (!swept) return swept.error();
        return *swept ? Step::more : Step::nothing;
    });
    if (!done) return done;
    done = run_to_end([&](Tx& tx) -> Result<Step> {
        const auto count =
            batches::forget_batches(tx, now_ - limits::archived_batch_age_max, rows_per_job);
        if (!count) return count.error();
        return step_of(*count);
    });
    if (!done) return done;
    return run_to_end([&](Tx& tx) -> Result<Step> {
        const auto count = batches::forget_idempotency_keys(tx, now_, rows_per_job);
        if (!count) return count.error();
        report_.idempotency_keys += *count;
        return step_of(*count);
    });
}

// In the order of their numbers, which is that of time. Rows of events that the relay has not
// passed tell it what was sent already, so they stay.
Result<void> Retention::pass_deliveries() {
    const TimePoint before =
        older_than(now_, std::min(shortest_.deliveries, shortest_.dead_letters));
    for (std::int64_t from = 0;;) {
        std::vector<std::int64_t> due;
        {
            auto db = database_.read();
            if (!db) return db.error();
            const auto relayed = deliveries::cursor(**db);
            if (!relayed) return relayed.error();
            const auto old = deliveries::old_deliveries(**db, from, before, rows_per_read);
            if (!old) return old.error();
            if (old->empty() || stopping()) return {};
            from = old->back().number + 1;
            for (const deliveries::OldDelivery& each : *old) {
                if (each.event <= *relayed && is_past(each, days_of(each.tenant), now_))
                    due.push_back(each.number);
            }
        }
        for (std::span<const std::int64_t> rest(due); !rest.empty();) {
            const auto step = rest.first(std::min<std::size_t>(rest.size(), rows_per_job));
            rest = rest.subspan(step.size());
            const auto done = run_job([&](Tx& tx) -> Result<Step> {
                if (auto gone = deliveries::remove_deliveries(tx, step); !gone) return gone.error();
                report_.deliveries += static_cast<std::int64_t>(step.size());
                return Step::done;
            });
            if (!done) return done.error();
        }
    }
}

// An event stays while the relay has not passed it, and while a delivery of it waits or is a dead
// letter: their bodies are made from it.
Result<void> Retention::pass_events() {
    const TimePoint before = older_than(now_, shortest_.events);
    for (EventSeq after{};;) {
        std::vector<EventSeq> due;
        {
            auto db = database_.read();
            if (!db) return db.error();
            const auto relayed = deliveries::cursor(**db);
            if (!relayed) return relayed.error();
            const auto old = batches::old_events(**db, after, before, rows_per_read);
            if (!old) return old.error();
            if (old->empty() || stopping()) return {};
            after = old->back().seq;
            for (const batches::OldEvent& event : *old) {
                if (event.seq > *relayed) return {};
                if (event.created_at >= older_than(now_, days_of(event.tenant).events)) continue;
                const auto owed = deliveries::is_owed(**db, event.seq);
                if (!owed) return owed.error();
                if (!*owed) due.push_back(event.seq);
            }
        }
        for (std::span<const EventSeq> rest(due); !rest.empty();) {
            const auto step = rest.first(std::min<std::size_t>(rest.size(), rows_per_job));
            rest = rest.subspan(step.size());
            const auto done = run_job([&](Tx& tx) -> Result<Step> {
                if (auto gone = batches::remove_events(tx, step); !gone) return gone.error();
                report_.events += static_cast<std::int64_t>(step.size());
                return Step::done;
            });
            if (!done) return done.error();
        }
    }
}

Result<void> Retention::pass_free_pages() {
    return run_to_end([&](Tx& tx) -> Result<Step> {
        const auto size = engine::store_size(*tx);
        if (!size) return size.error();
        if (size->free_bytes <= options_.free_bytes_kept) return Step::nothing;
        if (auto given = engine::give_back_pages(*tx); !given) return given.error();
        return Step::more;
    });
}

}  // namespace assay::tools
