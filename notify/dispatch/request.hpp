// From a delivery and its body to the signed request: headers, signatures, deadline (private).
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "notify/dispatch/transport.hpp"
#include "notify/endpoint/registry.hpp"
#include "notify/profile/profile.hpp"

namespace assay::notify {

// Prepares signing keys once per endpoint. One per shard, on its thread.
class RequestBuilder {
  public:
    explicit RequestBuilder(const ProfileBook& profiles) : profiles_(profiles) {}
    // `attempt` is the number this request goes out under; `now` is signed where the layout has a
    // time; `probe`: signed so that a receiver that looks at one signature alone sees the new
    // secret's. Errors: invalid_argument (a secret that does not fit its profile).
    Result<SignedRequest> build(const Delivery& delivery,
                                const std::shared_ptr<const Endpoint>& endpoint,
                                std::shared_ptr<const std::string> body, int attempt, TimePoint now,
                                bool probe = false);
    // Lets go of the keys of endpoints that are no longer in `snapshot` as they were.
    void keep_only(const EndpointSnapshot& snapshot);

  private:
    struct Prepared {
        std::shared_ptr<const Endpoint> endpoint;
        const Profile* profile = nullptr;
        std::vector<std::vector<Signer>> schemes;  // each with its signers, the new secret's first
        std::vector<Header> headers;               // that are the same in each request
        std::chrono::milliseconds timeout{};
    };
    Result<Prepared*> prepared(const std::shared_ptr<const Endpoint>& endpoint);

    const ProfileBook& profiles_;
    std::unordered_map<EndpointId, Prepared> prepared_;
};

}  // namespace assay::notify
