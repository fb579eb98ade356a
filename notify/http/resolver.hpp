// Host names to addresses, without ever blocking: one small thread around c-ares.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "notify/endpoint/address.hpp"

namespace assay::notify {

// Thread safety: resolve() from any thread. The answer comes exactly once, from any thread, perhaps
// before resolve() returns; after the resolver's destruction no answer comes any more. It gives all
// addresses of the name, unjudged: whoever dials checks them. Errors: dns_failed.
class NameResolver {
  public:
    using Answer = std::function<void(Result<std::vector<Address>>)>;

    virtual ~NameResolver() = default;
    virtual void resolve(const std::string& host, Answer answer) = 0;
};

struct ResolverOptions {
    std::chrono::milliseconds timeout{5'000};  // of one name; queries under way for it are shared
};

// The real one: /etc/hosts, then the system's name servers. `localhost` is answered here, always
// with the loopback addresses. Errors: internal, when c-ares cannot start.
Result<std::unique_ptr<NameResolver>> make_resolver(const ResolverOptions& options);

}  // namespace assay::notify
