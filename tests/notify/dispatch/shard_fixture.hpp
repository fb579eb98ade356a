// A shard's core with time moved by hand and outcomes as the test says.
// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "notify/dispatch/shard_core.hpp"
#include "tests/support/manual_clock.hpp"

namespace assay::notify {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ShardCoreTest : public ::testing::Test {
  protected:
    ShardCoreTest() { limits_.endpoint_in_flight = 4; }

    ShardCore& core() {
        if (!core_) core_ = std::make_unique<ShardCore>(limits_);
        return *core_;
    }
    Now now() const { return {clock_.now(), clock_.steady_now()}; }

    void endpoint(const std::string& id, RetrySchedule retry = {{seconds(5), seconds(300)}, 0},
                  bool active = true) {
        Endpoint made;
        made.id = EndpointId(id);
        made.tenant = TenantId("default");
        made.url = "https://" + id + ".example/";
        made.active = active;
        made.overrides.retry = std::move(retry);
        registry_.put(std::move(made));
        tell();
    }
    void tell() {
        core().set_endpoints(registry_.snapshot(), now(), out_);
        step();
    }
    Delivery delivery(const std::string& endpoint, int number) const {
        Delivery made;
        made.id = DeliveryId("dlv_" + endpoint + "_" + std::to_string(number));
        made.endpoint = EndpointId(endpoint);
        made.tenant = TenantId("default");
        made.event = EventSeq{number};
        made.created_at = made.due = clock_.now();
        return made;
    }
    void push(const std::string& endpoint, int from, int count) {
        for (int i = from; i < from + count; ++i) {
            core().add(delivery(endpoint, i), nullptr, now(), out_);
        }
        step();
    }
    // Performs what the core wants: sends are noted, log entries too (and recorded if `record_`).
    void step() {
        for (;;) {
            core().poll(now(), out_);
            if (out_.empty()) return;
            ShardCore::Actions doing;
            doing.swap(out_);
            for (ShardCore::Action& action : doing) {
                if (auto* send = std::get_if<ShardCore::Send>(&action)) {
                    under_way_.push_back(send->job);
                    order_.push_back(send->endpoint->id.text());
                } else if (auto* entry = std::get_if<LogEntry>(&action)) {
                    log_.push_back(*entry);
                    if (entry->status == DeliveryStatus::pending) {
                        rows_[entry->delivery.id] = entry->delivery;
                    } else {
                        rows_.erase(entry->delivery.id);
                    }
                    if (record_) core().recorded(entry->delivery.id, now(), out_);
                } else if (auto* load = std::get_if<ShardCore::Load>(&action)) {
                    ++loads_;
                    core().loaded(load->endpoint, due_rows(*load), now());
                } else {
                    ++forgotten_;
                }
            }
        }
    }
    DeliverySource::DueRows due_rows(const ShardCore::Load& load) const {
        DeliverySource::DueRows due;
        std::optional<TimePoint> later;
        for (const auto& [id, row] : rows_) {
            if (row.endpoint != load.endpoint) continue;
            if (row.due <= load.until && due.rows.size() < load.limit) {
                due.rows.push_back(row);
            } else if (!later || row.due < *later) {
                later = row.due;
            }
        }
        due.next = later;
        return due;
    }
    void answer(std::size_t index, int status, ShardCore::SentBody body = {42}) {
        Outcome outcome;
        outcome.kind = status == 0 ? OutcomeKind::timeout : OutcomeKind::response;
        outcome.status = status;
        outcome.started = outcome.ended = clock_.now();
        ShardCore::Job* const job = under_way_.at(index);
        under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(index));
        job->body = body;
        core().answered(*job, outcome, now(), out_);
        step();
    }
    void advance(milliseconds by) {
        clock_.advance(by);
        step();
    }

    testing::ManualClock clock_;
    EndpointRegistry registry_;
    ShardLimits limits_;
    std::unique_ptr<ShardCore> core_;
    ShardCore::Actions out_;
    std::vector<ShardCore::Job*> under_way_;
    std::vector<std::string> order_;
    std::vector<LogEntry> log_;
    std::map<DeliveryId, Delivery> rows_;
    bool record_ = true;
    int loads_ = 0;
    int forgotten_ = 0;
};

}  // namespace assay::notify
