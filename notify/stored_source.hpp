// What a shard reads back: bodies rendered from event and result rows, and rows that are due
// (private to notify).
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <deque>
#include <set>
#include <string>

#include "engine/store/database.hpp"
#include "notify/dispatch/transport.hpp"
#include "notify/notifier.hpp"

namespace assay::notify {

// One per shard, on its thread. Keeps the last few bodies, because one event often goes to several
// endpoints with the same settings.
class StoredSource final : public DeliverySource {
  public:
    // `bases` does not change and outlives this. `damaged` counts the delivery rows that were
    // stepped over, each once; may be null.
    StoredSource(engine::Database& database, const ProfileBook& profiles, const ResultsLinks& links,
                 const std::vector<notify_store::LinkBase>& bases,
                 std::atomic<std::uint64_t>* damaged = nullptr)
        : database_(database),
          profiles_(profiles),
          links_(links),
          bases_(bases),
          damaged_(damaged) {}

    Result<Body> body(const Delivery& delivery, const Endpoint& endpoint,
                      const engine::Event* event) override;
    // What a filter looks at: the data of the body that `endpoint` gets, without its products.
    Result<std::string> data(const engine::Event& event, const Endpoint& endpoint,
                             std::string_view wire_type);
    Result<DueRows> due(const EndpointId& endpoint, TimePoint until, std::size_t limit) override;

  private:
    struct Kept {
        std::string key;  // everything a body is a function of
        Body body;
    };
    Result<Body> render_body(const Delivery& delivery, const Endpoint& endpoint,
                             const engine::Event& event);
    std::string_view link_base(EventSeq event) const noexcept;
    // Events without a batch of batch and item types are samples, and so are their results.
    Result<std::string> products(const engine::Event& event, EchoRule echo, std::size_t bytes_max);
    Result<std::string> item(const engine::Event& event, EchoRule echo, std::int64_t index);

    engine::Database& database_;
    const ProfileBook& profiles_;
    const ResultsLinks& links_;
    const std::vector<notify_store::LinkBase>& bases_;
    std::atomic<std::uint64_t>* damaged_;
    std::set<std::int64_t> damaged_rows_;
    std::deque<Kept> kept_;
};

}  // namespace assay::notify
