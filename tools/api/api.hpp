// The HTTP API: routes requests to the resources, checks keys, and answers errors as problems.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/random.hpp"
#include "engine/base/result.hpp"
#include "engine/engine.hpp"
#include "notify/notifier.hpp"
#include "tools/api/http_message.hpp"
#include "tools/api/key_store.hpp"
#include "tools/api/log.hpp"
#include "tools/api/query.hpp"
#include "tools/api/rate_limit.hpp"
#include "tools/api/tenant_book.hpp"
#include "tools/retention/retention.hpp"

namespace assay::tools {

// What the resources work with. Everything outlives the API.
struct ApiServices {
    engine::Database& database;
    engine::Writer& writer;
    engine::Engine& engine;
    notify::Notifier& notifier;
    const notify::ResultsLinks& links;
    KeyStore& keys;
    TenantBook& tenants;
    Retention& retention;
    Clock& clock;
    Random& random;
    Log& log;
};

struct ApiLimits {
    // Per key, for every request; per client address, for requests with a key that is not valid.
    RateLimit requests{2'000, 4'000};
    RateLimit refusals{5, 50};
};

// Counts for /metrics.
struct ApiCounters {
    std::array<std::atomic<std::uint64_t>, 6> answers_by_class{};  // [2]: 2xx
    std::atomic<std::uint64_t> bytes_in{0}, bytes_out{0};
};

// One request on its way into a resource.
struct ApiCall {
    const HttpRequest& request;
    ApiServices& services;
    const ApiCounters& counters;
    std::shared_ptr<const ApiKey> key;  // none on open routes, and with a results link
    std::vector<std::string> captures;  // of the path's {}
    Query query;
    std::string body;  // for resources that take a JSON document

    const TenantId& tenant() const { return key->tenant; }
};

// Who may come in: anybody; a key with the scope; the same or whoever holds a results link; an
// admin key of the operator's own tenant.
enum class Access : std::uint8_t { open, submit, read, manage, admin, read_or_link, operator_only };

// One route, for the API's document and for tests. In `path`, {} stands for one segment.
struct RouteInfo {
    std::string_view method, path;
    Access access = Access::open;
};
std::vector<RouteInfo> api_routes();

// Thread safety: begin() from several workers at once.
class Api final : public HttpHandler {
  public:
    explicit Api(ApiServices services, ApiLimits limits = {});
    ~Api() override;

    Begin begin(const HttpRequest& request) override;
    HttpResponse refuse(const HttpRefusal& refusal) override;
    void finished(const HttpExchange& exchange) override;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::tools
