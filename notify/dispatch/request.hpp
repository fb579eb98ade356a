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

// Prepares keys and what all requests share once per endpoint, and signs what is begun together at
// once. One per shard, on its thread. A round: begin() for each while has_room(), sign() once,
// finish() in the same order. Allocates nothing for an endpoint that it knows.
class RequestBuilder {
    struct Prepared;

  public:
    // What the signatures need. Keeps the keys alive; borrows the delivery until finish().
    struct Begun {
        std::shared_ptr<const Prepared> keys;
        const Delivery* delivery = nullptr;
        std::shared_ptr<const std::string> body;
        int attempt = 1;
        std::int64_t timestamp = 0;  // unix seconds
        bool both_secrets = false;
        bool old_last = false;
    };

    explicit RequestBuilder(const ProfileBook& profiles) : profiles_(profiles) {}
    // Whether another request's texts fit beside those that are begun.
    bool has_room() const noexcept;
    // `attempt` is the number this request goes out under; `now` is signed where the layout has a
    // time; `probe`: signed so that a receiver that looks at one signature alone sees the new
    // secret's. Errors: invalid_argument (a secret that does not fit its profile).
    Result<Begun> begin(const Delivery& delivery, const std::shared_ptr<const Endpoint>& endpoint,
                        std::shared_ptr<const std::string> body, int attempt, TimePoint now,
                        bool probe = false);
    void sign() noexcept;
    // Good until the next finish(): the buffers of one request serve all.
    const SignedRequest& finish(Begun& begun);
    // Lets go of the body of the last one.
    void let_go() noexcept { request_.body.reset(); }
    // Lets go of the keys of endpoints that are no longer in `snapshot` as they were.
    void keep_only(const EndpointSnapshot& snapshot);

  private:
    struct Prepared {
        std::shared_ptr<const Endpoint> endpoint;
        const Profile* profile = nullptr;
        std::vector<std::vector<Signer>> schemes;  // each with its signers, see signers_of()
        std::shared_ptr<const Destination> to;
    };
    Result<std::shared_ptr<const Prepared>> prepared(
        const std::shared_ptr<const Endpoint>& endpoint);

    const ProfileBook& profiles_;
    // An edited endpoint is another object, and what is prepared keeps the one it was made for.
    std::unordered_map<const Endpoint*, std::shared_ptr<const Prepared>> prepared_;
    HmacBatch batch_;
    SignedRequest request_;
    std::size_t next_digest_ = 0;  // that finish() takes
};

}  // namespace assay::notify
